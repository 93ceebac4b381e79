/** Faults in votes: who gets them, how many are enough, and what has to be durable for them (§5.2, §5.4.1). */
import type { Mutant } from "../mutant.js";

const election = "src/raft/election.ts";
const persistent = "src/raft/persistent-state.ts";

export const ELECTIONS: readonly Mutant[] = [
  {
    name: "vote-sent-before-durable",
    breaks: "A granted vote leaves before it is on disk, and a crash lets it be given again (PITFALLS 1).",
    edits: [
      {
        file: election,
        find: 'raft.sendWhenDurable({ type: "requestVoteReply"',
        replace: 'raft.send({ type: "requestVoteReply"',
      },
    ],
  },
  {
    name: "candidacy-sent-before-durable",
    breaks: "A candidate asks for votes before its own term and vote are on disk (PITFALLS 1).",
    edits: [
      {
        file: election,
        find: 'raft.sendWhenDurable({\n      type: "requestVote",',
        replace: 'raft.send({\n      type: "requestVote",',
      },
    ],
  },
  {
    name: "hard-state-never-written",
    breaks: "Records carry entries but neither term nor vote (figure 2, persistent state; PITFALLS 1).",
    edits: [
      { file: persistent, find: "hardState: isUnchanged ? null : hardState,", replace: "hardState: null," },
    ],
  },
  {
    name: "vote-alone-not-written",
    breaks: "A vote in the term that is on disk already counts as written (PITFALLS 1).",
    edits: [{ file: persistent, find: " || this.#written.votedFor !== this.#votedFor", replace: "" }],
  },
  {
    name: "vote-forgotten-at-restart",
    breaks: "A restarted member has its term but not its vote, and votes again (figure 2, persistent state).",
    edits: [
      {
        file: persistent,
        find: "this.#votedFor = isTermKnown ? hardState.votedFor : null;",
        replace: "this.#votedFor = null;",
      },
    ],
  },
  {
    name: "vote-cleared-by-leader",
    breaks: "Following a leader clears the vote within the term, which may then be given again (PITFALLS 2).",
    edits: [
      {
        file: "src/raft/raft.ts",
        find: "if (term !== this.currentTerm) this.persistent.adoptTerm(term);",
        replace: "this.persistent.adoptTerm(term);",
      },
      {
        file: persistent,
        find: "assert(term > this.#currentTerm,",
        replace: "assert(term >= this.#currentTerm,",
      },
      {
        file: election,
        find: "votedFor === null ? raft.leaderId === null : votedFor === candidate",
        replace: "votedFor === null || votedFor === candidate",
      },
    ],
  },
  {
    name: "lost-leader-without-pre-vote",
    breaks:
      "Whose connection to the leader broke stands at once, and unseats a leader that all others hear (thesis §9.6).",
    edits: [
      {
        file: "src/raft/tick.ts",
        find: "  if (!mayStand(raft)) return;",
        replace:
          "  if (!mayStand(raft)) return;\n  if (raft.lostLeaderTicks === 0) {\n    stand(raft, { leadershipTransfer: false });\n    return;\n  }",
      },
      {
        file: "src/raft/tick.ts",
        find: "import { askForPreVotes, mayStand }",
        replace: "import { askForPreVotes, mayStand, stand }",
      },
    ],
  },
  {
    name: "vote-kept-across-terms",
    breaks: "A vote of an earlier term is taken for one of the new term (figure 2, votedFor).",
    edits: [
      {
        file: persistent,
        find: "this.#votedFor = null;\n    this.#afterNextWrite.clear();",
        replace: "this.#afterNextWrite.clear();",
      },
    ],
  },
  {
    name: "two-votes-a-term",
    breaks: "Whoever asks gets a vote, first come or not, so a term has two leaders (§5.2).",
    edits: [
      {
        file: election,
        find: "return votedFor === null ? raft.leaderId === null : votedFor === candidate;",
        replace: "return true;",
      },
      {
        file: persistent,
        find: "assert(this.#votedFor === null || this.#votedFor === id,",
        replace: "assert(true,",
      },
    ],
  },
  {
    name: "shorter-log-elected",
    breaks:
      "Between logs of one last term the length does not count, and a leader lacks committed entries (§5.4.1).",
    edits: [{ file: election, find: "return candidate.lastLogIndex >= lastIndex;", replace: "return true;" }],
  },
  {
    name: "older-log-elected",
    breaks:
      "A candidate with an earlier last term gets votes, and a leader lacks committed entries (§5.4.1).",
    edits: [{ file: election, find: "return candidate.lastLogTerm > lastTerm;", replace: "return true;" }],
  },
  {
    name: "logs-compared-by-length",
    breaks: "The longer log wins whatever its terms (§5.4.1, PITFALLS 4).",
    edits: [
      {
        file: election,
        find: "if (candidate.lastLogTerm !== lastTerm) return candidate.lastLogTerm > lastTerm;",
        replace: "",
      },
    ],
  },
  {
    name: "quorum-of-half-of-odd",
    breaks: "One of three, two of five are a majority, so two leaders share a term (§5.2).",
    edits: [
      {
        file: "src/raft/quorum.ts",
        find: "Math.floor(voters / 2) + 1",
        replace: "Math.max(1, Math.floor(voters / 2))",
      },
    ],
  },
  {
    name: "quorum-of-half-of-even",
    breaks: "Two of four are a majority, and so are the other two (§5.2).",
    edits: [
      { file: "src/raft/quorum.ts", find: "Math.floor(voters / 2) + 1", replace: "Math.ceil(voters / 2)" },
    ],
  },
  {
    name: "commit-quorum-of-half",
    breaks:
      "An entry counts as committed when one member fewer than a majority holds it (figure 2, leaders).",
    edits: [
      {
        file: "src/raft/quorum.ts",
        find: "values[quorumSize(values.length) - 1]",
        replace: "values[Math.max(0, quorumSize(values.length) - 2)]",
      },
    ],
  },
];
