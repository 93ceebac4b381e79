/** Faults in terms, and in how long a leader leads (§5.1, §5.2; thesis §6.2, §9.6). */
import type { Mutant } from "../mutant.js";

const tick = "src/raft/tick.ts";

export const LEADERSHIP: readonly Mutant[] = [
  {
    name: "leader-ignores-later-term",
    breaks: "A leader that hears of a later term goes on leading its own (§5.1, PITFALLS 5).",
    edits: [
      {
        file: "src/raft/step.ts",
        find: "message.term > raft.currentTerm && isOfLaterTerm(message)",
        replace: 'message.term > raft.currentTerm && raft.role !== "leader" && isOfLaterTerm(message)',
      },
    ],
  },
  {
    name: "stale-messages-acted-on",
    breaks: "Messages of earlier terms are dealt with as if they were of this one (§5.1, PITFALLS 5).",
    edits: [
      {
        file: "src/raft/step.ts",
        find: "if (message.term < raft.currentTerm) {",
        replace: "if (message.term < 0) {",
      },
    ],
  },
  {
    name: "no-pre-vote",
    breaks:
      "Whoever times out stands at once, and inflates its term while it is cut off (thesis §9.6, PITFALLS 6).",
    edits: [
      {
        file: tick,
        find: "askForPreVotes(raft, reason);",
        replace:
          'askForPreVotes(raft, reason), raft.role === "pre-candidate" && stand(raft, { leadershipTransfer: false });',
      },
      {
        file: tick,
        find: "import { askForPreVotes, mayStand }",
        replace: "import { askForPreVotes, mayStand, stand }",
      },
    ],
  },
  {
    name: "pre-vote-against-living-leader",
    breaks:
      "Pre-votes and votes are given while the leader is heard, which deposes it for nothing (thesis §6.2, §9.6).",
    edits: [
      {
        file: "src/raft/election.ts",
        find: 'return raft.role === "leader" || raft.electionElapsedTicks < raft.electionTimeoutTicks;',
        replace: "return false;",
      },
    ],
  },
  {
    name: "pre-candidate-believes-in-its-leader",
    breaks: "A pre-candidate still protects the leader that it gave up, so nobody is elected (PITFALLS 6).",
    edits: [
      {
        file: "src/raft/raft.ts",
        find: 'this.#enter("pre-candidate", null);',
        replace: 'this.#enter("pre-candidate", this.#leaderId);',
      },
    ],
  },
  {
    name: "election-timer-not-reset",
    breaks:
      "The leader's messages do not reset the election timer, so every leader is challenged at once (§5.2).",
    edits: [
      {
        file: "src/raft/step-follower.ts",
        find: "  raft.electionElapsedTicks = 0;\n",
        replace: "",
      },
    ],
  },
  {
    name: "no-check-quorum",
    breaks: "A leader that hears from nobody goes on leading whoever hears it (thesis §6.2, PITFALLS 8).",
    edits: [
      {
        file: tick,
        find: "if (ticksWithoutQuorum >= raft.electionTimeoutTicks) {",
        replace: "if (ticksWithoutQuorum >= Number.POSITIVE_INFINITY) {",
      },
    ],
  },
];
