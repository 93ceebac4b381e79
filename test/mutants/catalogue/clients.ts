/** Faults in answering clients, in their sessions and in the Clerk (thesis §6.3). */
import type { Mutant } from "../mutant.js";

const service = "src/server/client-service.ts";
const machine = "src/kv/state-machine.ts";
const sessions = "src/kv/sessions.ts";

export const CLIENTS: readonly Mutant[] = [
  {
    name: "reply-before-commit",
    breaks: "A write is answered as soon as it is in the leader's log (§8).",
    edits: [
      {
        file: service,
        find: "this.#waiters.add({ index, term, requestId, reply, command, deadlineTick });",
        replace: 'reply({ kind: "result", requestId, result: { status: "done", index } });',
      },
    ],
  },
  {
    name: "result-of-another-entry",
    breaks: "A caller gets the result of the entry that took the place of its own (PITFALLS 39, 40).",
    edits: [
      {
        file: service,
        find: "waiter !== undefined && waiter.term === entry.term;",
        replace: "waiter !== undefined && waiter.term > 0;",
      },
      // Whoever steps down releases its callers before another's entry can be committed in their place: that alone
      // would keep this from showing.
      { file: "src/server/replica.ts", find: "    this.#clients.release(leadingTerm);\n", replace: "" },
    ],
  },
  {
    name: "callers-not-released",
    breaks: "The callers of a deposed leader wait on, in the way of those of its next term (PITFALLS 40).",
    edits: [
      { file: "src/server/replica.ts", find: "    this.#clients.release(leadingTerm);\n", replace: "" },
    ],
  },
  {
    name: "unknown-called-not-done",
    breaks: "The callers of a deposed leader are told that nothing happened, and it may have (PITFALLS 36).",
    edits: [
      {
        file: service,
        find: 'reply(this.#refuse(requestId, "outcome-unknown", message));',
        replace: 'reply(this.#refuse(requestId, "not-leader", message));',
      },
    ],
  },
  {
    name: "local-clock-applied",
    breaks: "Sessions expire by each member's own clock instead of the log's (PITFALLS 34).",
    edits: [
      {
        file: service,
        find: "const result = state.apply(entry, mine ? waiter.command : decodeCommand(entry.data));",
        replace:
          "const logged = mine ? waiter.command : decodeCommand(entry.data);\n" +
          '      const local = { kind: "clock", timeMs: this.#options.wallClockMs() } as const;\n' +
          '      const result = state.apply(entry, logged.kind === "clock" ? local : logged);',
      },
    ],
  },
  {
    name: "activity-depends-on-clones",
    breaks: "Which session is evicted depends on when a member took its snapshots (PITFALLS 34).",
    edits: [
      {
        file: sessions,
        find: "known.era.clockMs !== this.clockMs ||",
        replace: "known.era !== this.#era ||",
      },
    ],
  },
  {
    name: "clone-shares-sessions",
    breaks: "A snapshot's clone sees what is applied after it (PITFALLS 24).",
    edits: [
      {
        file: sessions,
        find: "known.era === this.#era ? known : this.#own(clientId, known)",
        replace: "known",
      },
    ],
  },
  {
    name: "duplicate-runs-again",
    breaks: "A retry takes effect a second time (thesis §6.3, PITFALLS 32).",
    edits: [
      {
        file: machine,
        find: "const known = session.find(sequence);",
        replace: "const known = session.find(0.5);",
      },
    ],
  },
  {
    name: "duplicate-answered-wrongly",
    breaks: "A retry of a delete that found nothing is told that it deleted (thesis §6.3, PITFALLS 38).",
    edits: [
      { file: machine, find: "return known;", replace: 'return { status: "done", index: known.index };' },
    ],
  },
  {
    name: "duplicate-answered-with-its-own-index",
    breaks: "A retry is answered with another index than the first attempt (PITFALLS 38).",
    edits: [{ file: machine, find: "return known;", replace: "return { status: known.status, index };" }],
  },
  {
    name: "acknowledged-sequence-runs-again",
    breaks: "A repeated command whose result the client has acknowledged runs a second time (PITFALLS 33).",
    edits: [
      {
        file: machine,
        find: 'if (sequence < session.acknowledgedBelow) return { status: "stale-sequence", index };',
        replace:
          "if (sequence < session.acknowledgedBelow) return { status: this.#run(command.operation), index };",
      },
    ],
  },
  {
    name: "expired-session-runs",
    breaks: "A command whose session is gone runs as if it were its first attempt (PITFALLS 35).",
    edits: [
      {
        file: machine,
        find: 'return { status: "session-expired", index };',
        replace: "return { status: this.#run(command.operation), index };",
      },
    ],
  },
  {
    name: "clerk-retries-with-new-sequence",
    breaks: "A Clerk numbers each attempt anew, so a retry is no duplicate (thesis §6.3, PITFALLS 38).",
    edits: [
      {
        file: "src/clerk/call.ts",
        find: 'if (this.purpose.kind === "write") this.mayHaveRun = true;',
        replace:
          'if (this.purpose.kind !== "write") return;\n' +
          "    this.mayHaveRun = true;\n" +
          "    if (this.session?.hasRoom === true) this.sequence = this.session.take();",
      },
    ],
  },
  {
    name: "clerk-never-retries",
    breaks: "A Clerk whose connection breaks lets its calls run out of time instead of asking again.",
    edits: [
      {
        file: "src/clerk/router.ts",
        find: "call.lose();\n      this.route(call);\n    }\n    this.#options.onDown",
        replace: "call.lose();\n    }\n    this.#options.onDown",
      },
    ],
  },
  {
    name: "clerk-follows-no-leader",
    breaks: "A Clerk gives up what a member that does not lead turned away.",
    edits: [
      {
        file: "src/clerk/router.ts",
        find: "call.notBeforeMs = member.heardMs + POLL_MS;\n        }\n        this.route(call);",
        replace: "call.notBeforeMs = member.heardMs + POLL_MS;\n        }",
      },
    ],
  },
  {
    name: "clerk-forgets-lost-attempt",
    breaks:
      "A Clerk says that a write is definitely not done although an attempt of it was lost (PITFALLS 36).",
    edits: [
      {
        file: "src/clerk/call.ts",
        find: 'if (this.purpose.kind === "write") this.mayHaveRun = true;',
        replace: "",
      },
    ],
  },
  {
    name: "clerk-acknowledges-unanswered",
    breaks: "A Clerk gives up the results of earlier writes that it has no answer to yet (thesis §6.3).",
    edits: [
      {
        file: "src/clerk/call.ts",
        find: "acknowledgedBelow: session?.acknowledgedBelow ?? 0,",
        replace: "acknowledgedBelow: sequence,",
      },
    ],
  },
  {
    name: "clerk-takes-stale-for-linearizable",
    breaks: "A Clerk asks for stale values where it promises linearizable ones (client.proto, Consistency).",
    edits: [
      {
        file: "src/clerk/clerk-core.ts",
        find: 'consistency: "linearizable", done: valueDone',
        replace: 'consistency: "stale", done: valueDone',
      },
    ],
  },
];
