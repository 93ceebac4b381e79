/** Faults in linearizable reads (thesis §6.4). */
import type { Mutant } from "../mutant.js";

const readIndex = "src/raft/read-index.ts";
const clientService = "src/server/client-service.ts";

export const READS: readonly Mutant[] = [
  {
    name: "read-without-quorum",
    breaks: "A leader answers reads without asking whether it still leads (thesis §6.4, PITFALLS 31).",
    edits: [
      {
        file: readIndex,
        find: "reads.confirm(reachedByQuorum(leadership.perVoter(reads.sequence, (peer) => peer.readSequence)));",
        replace: "reads.confirm(reads.sequence);",
      },
    ],
  },
  {
    name: "read-joins-round-under-way",
    breaks: "A read is confirmed by heartbeats that were sent before it arrived (PITFALLS 29).",
    edits: [
      {
        file: "src/raft/read-rounds.ts",
        find: "sequence: this.#begun + 1,",
        replace: "sequence: this.#confirmed < this.#begun ? this.#begun : this.#begun + 1,",
      },
    ],
  },
  {
    name: "read-before-applied",
    breaks: "A confirmed read is served before its index is applied (thesis §6.4, step 4).",
    edits: [
      { file: "src/server/reads.ts", find: "(batch) => batch.index <= lastApplied", replace: "() => true" },
    ],
  },
  {
    name: "read-before-own-term-commits",
    breaks:
      "A new leader serves reads at a commit index that may lag behind its predecessor's (PITFALLS 27).",
    edits: [
      {
        file: readIndex,
        find: "return raft.log.commitIndex >= leadership.termStartIndex;",
        replace: "return true;",
      },
      {
        file: readIndex,
        find: "leadership.completeIndex(log.commitIndex)",
        replace: "log.commitIndex",
      },
    ],
  },
  {
    name: "follower-reads-without-leader",
    breaks: "A follower serves reads at its own commit index (thesis §6.4).",
    edits: [
      {
        file: readIndex,
        find: "raft.forwardedReads.add(context);\n",
        replace: "raft.outbox.reads.push({ context, index: raft.log.commitIndex });\n",
      },
    ],
  },
  {
    name: "read-contexts-restart-with-member",
    breaks: "An answer to a question of a member's last life confirms a read of this one (PITFALLS 28).",
    edits: [
      {
        file: "src/server/replica.ts",
        find: "firstReadContext: options.random.uint32() * 2 ** 20,",
        replace: "firstReadContext: 0,",
      },
    ],
  },
  {
    name: "read-context-used-again",
    breaks:
      "Two batches of readers share a context, and the second is served on the first one's word (PITFALLS 28).",
    edits: [
      {
        file: "src/server/reads.ts",
        find: "const context = ++this.#lastContext;",
        replace: "const context = this.#lastContext;",
      },
    ],
  },
  {
    name: "refused-read-served",
    breaks: "A follower takes its leader's refusal of a read for the index 0 (thesis §6.4).",
    edits: [
      {
        file: readIndex,
        find: "if (index === 0) raft.outbox.failedReads.push(context);\n  else raft",
        replace: "raft",
      },
    ],
  },
  {
    name: "every-read-stale",
    breaks: "Any member answers a linearizable read from what it has applied, without a round (thesis §6.4).",
    edits: [
      {
        file: clientService,
        find: '"consistency" in request && request.consistency === "stale"',
        replace: '"consistency" in request',
      },
      // And does not give itself away by telling its age.
      {
        file: clientService,
        find: "reply(this.#readStale(request, state));",
        replace: "reply(this.#answer(request, state, null));",
      },
    ],
  },
  {
    name: "stale-read-names-commit-index",
    breaks: "A read names an index that its member has not applied yet (client.proto, GetReply).",
    edits: [
      {
        file: clientService,
        find: "const index = this.#raft.lastApplied;",
        replace: "const index = this.#raft.commitIndex;",
      },
    ],
  },
  {
    name: "heartbeats-renew-no-age",
    breaks: "A follower that hears its leader says that it falls further behind (client.proto, GetReply).",
    edits: [
      {
        file: "src/raft/append-entries.ts",
        find: "raft.freshness.told({ index: message.completeIndex, ageTicks: 0 }, log.lastApplied);",
        replace: "",
      },
    ],
  },
];
