/** Faults in replication, in commitment and in how much of the log counts as durable (§5.3, §5.4.2). */
import type { Mutant } from "../mutant.js";

const appending = "src/raft/append-entries.ts";
const TRUNCATE =
  "if (firstNew !== undefined && firstNew.index <= log.lastIndex) log.truncateFrom(firstNew.index);";

export const REPLICATION: readonly Mutant[] = [
  {
    name: "append-acknowledged-before-durable",
    breaks: "A follower acknowledges entries that are not on its disk yet (figure 2; PITFALLS 1, 13).",
    edits: [
      {
        file: appending,
        find: "matchIndex: number): void {\n  raft.sendWhenDurable({",
        replace: "matchIndex: number): void {\n  raft.send({",
      },
    ],
  },
  {
    name: "leader-counts-itself-before-durable",
    breaks: "A leader counts its own copy of an entry before that is on disk (thesis §10.2.1, PITFALLS 14).",
    edits: [
      { file: "src/raft/acknowledgement.ts", find: "log.marks.durableIndex", replace: "log.lastIndex" },
    ],
  },
  {
    name: "write-vouches-for-rewritten-entries",
    breaks:
      "A write that is under way counts for entries that were truncated and replaced since (PITFALLS 13).",
    edits: [
      {
        file: "src/raft/write-marks.ts",
        find: "    this.#writingIndex = Math.min(this.#writingIndex, index - 1);\n",
        replace: "",
      },
    ],
  },
  {
    name: "older-term-committed-by-counting",
    breaks: "An entry of an earlier term is committed because a majority holds it (figure 8, PITFALLS 3).",
    edits: [
      {
        file: "src/raft/commit-rule.ts",
        find: " && log.termAt(index) === leader.currentTerm ?",
        replace: " ?",
      },
    ],
  },
  {
    name: "no-noop",
    breaks: "A leader appends nothing of its own, and cannot commit what it inherited (§8, PITFALLS 27).",
    edits: [
      {
        file: "src/raft/raft.ts",
        find: '    this.log.append({ kind: "noop", index: this.log.lastIndex + 1, term: this.currentTerm });\n',
        replace: "",
      },
    ],
  },
  {
    name: "commit-past-what-is-verified",
    breaks:
      "A follower commits entries of its own past those that the message verified (figure 2, PITFALLS 11).",
    edits: [
      {
        file: appending,
        find: "Math.min(message.leaderCommit, matchIndex)",
        replace: "Math.min(message.leaderCommit, log.lastIndex)",
      },
      // By itself harmless: a leader that backs up further than it must. Where it never does, the first entry that it
      // sends is where the logs part, and nothing of the follower's own is left past it.
      {
        file: "src/raft/replication.ts",
        find: "peer.becomeProbe(Math.min(backUp(raft.log, message), message.prevLogIndex));",
        replace:
          "const parting = Math.min(backUp(raft.log, message), message.prevLogIndex);\n" +
          "    const isHeld = parting > raft.log.firstIndex;\n" +
          "    peer.becomeProbe(isHeld ? Math.max(raft.log.firstIndex, parting - 5) : parting);",
      },
    ],
  },
  {
    name: "heartbeat-commits-past-what-is-verified",
    breaks: "A heartbeat tells a follower to commit what it has not acknowledged (figure 2, PITFALLS 11).",
    edits: [
      {
        file: "src/raft/heartbeat.ts",
        find: "Math.min(raft.log.commitIndex, peer.matchIndex)",
        replace: "raft.log.commitIndex",
      },
    ],
  },
  {
    name: "previous-term-not-checked",
    breaks: "A follower appends after an entry of another term than the leader's (§5.3, log matching).",
    edits: [
      {
        file: appending,
        find: "if (log.termAt(prevLogIndex) !== prevLogTerm) {",
        replace: "if (log.termAt(prevLogIndex) === undefined) {",
      },
    ],
  },
  {
    name: "stale-append-truncates",
    breaks: "A delayed, shorter AppendEntries removes what follows its entries (figure 2; PITFALLS 9).",
    edits: [
      {
        file: appending,
        find: TRUNCATE,
        replace:
          "const end = firstNew?.index ?? message.prevLogIndex + entries.length + 1;\n" +
          "  if (end <= log.lastIndex) log.truncateFrom(end);",
      },
    ],
  },
  {
    name: "conflict-never-truncated",
    breaks:
      "A follower keeps entries that conflict with the leader's and acknowledges them (figure 2, rule 3).",
    edits: [
      {
        file: appending,
        find: TRUNCATE,
        replace: "while (next < entries.length && (entries[next]?.index ?? 0) <= log.lastIndex) next++;",
      },
    ],
  },
  {
    name: "rejection-counted-as-acknowledgement",
    breaks: "A leader takes a refused AppendEntries for an accepted one (figure 2, leaders).",
    edits: [
      {
        file: "src/raft/replication.ts",
        find:
          "if (message.accepted) {\n" +
          "    if (message.matchIndex <= raft.log.lastIndex) acknowledge(raft, leadership, peer, message.matchIndex);",
        replace:
          "const held = message.accepted ? message.matchIndex : message.prevLogIndex;\n" +
          "  if (held > 0) {\n" +
          "    if (held <= raft.log.lastIndex) acknowledge(raft, leadership, peer, held);",
      },
    ],
  },
  {
    name: "sent-counted-as-acknowledged",
    breaks: "A leader takes what it has sent for what the follower holds (figure 2, matchIndex).",
    edits: [
      {
        file: "src/raft/progress.ts",
        find: "this.#nextIndex = entries.lastIndex + 1;",
        replace: "this.#nextIndex = entries.lastIndex + 1;\n    this.#matchIndex = entries.lastIndex;",
      },
    ],
  },
  {
    name: "match-index-falls",
    breaks: "A reordered acknowledgement takes matchIndex back, and with it what is sent (PITFALLS 12).",
    edits: [
      {
        file: "src/raft/progress.ts",
        find: "if (matchIndex <= this.#matchIndex) return false;",
        replace: "if (matchIndex === this.#matchIndex) return false;",
      },
      {
        file: "src/raft/progress.ts",
        find: "this.#nextIndex = Math.max(this.#nextIndex, matchIndex + 1);",
        replace: "this.#nextIndex = matchIndex + 1;",
      },
    ],
  },
  {
    name: "lost-append-never-sent-again",
    breaks: "Nothing is sent again to a follower that lost an AppendEntries but answers heartbeats (§5.3).",
    edits: [
      {
        file: "src/raft/replication.ts",
        find: "peer.nudgeDue = peer.matchIndex < raft.log.lastIndex;",
        replace: "peer.nudgeDue = false;",
      },
    ],
  },
  {
    name: "uncommitted-unbounded",
    breaks: "A leader that cannot commit takes any number of proposals (PITFALLS 15).",
    edits: [{ file: "src/raft/raw-node.ts", find: "if (isFull) return OVERLOADED;", replace: "" }],
  },
  {
    name: "in-flight-bytes-unbounded",
    breaks: "A slow follower is sent any number of bytes before it has acknowledged some (PITFALLS 55).",
    edits: [{ file: "src/raft/inflights.ts", find: " || this.#bytes >= this.#bytesMax", replace: "" }],
  },
  {
    name: "boots-with-everything-committed",
    breaks: "A restarted member takes its whole log for committed (figure 2, commitIndex).",
    edits: [
      {
        file: "src/raft/persistent-state.ts",
        find: "Math.max(hardState.commitIndex, snapshot.lastIncludedIndex);",
        replace: "this.log.lastIndex;",
      },
    ],
  },
];
