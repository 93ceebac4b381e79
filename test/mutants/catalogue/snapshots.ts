/** Faults in taking, sending and installing snapshots (§7). */
import type { Mutant } from "../mutant.js";

const content = "src/server/snapshot-content.ts";
const maker = "src/server/snapshot-maker.ts";
const store = "src/storage/snapshot-store.ts";
const kvStore = "src/kv/store.ts";
const slabs = "src/kv/slabs.ts";

export const SNAPSHOTS: readonly Mutant[] = [
  {
    name: "snapshot-without-sessions",
    breaks: "Whoever starts from a snapshot runs retries again (thesis §6.3, PITFALLS 24).",
    edits: [
      {
        file: content,
        find: "if (sessions.length > 0) yield",
        replace: "if (sessions.length > 1_000_000) yield",
      },
    ],
  },
  {
    name: "snapshot-without-last-key",
    breaks: "A snapshot lacks the last pair of the key space (§7, PITFALLS 24).",
    edits: [
      {
        file: content,
        find: "if (pairs.length > 0) yield encodeSnapshotBlock({ header: null, pairs, sessions: [] });",
        replace:
          "if (pairs.length > 1) yield encodeSnapshotBlock({ header: null, pairs: pairs.slice(0, -1), sessions: [] });",
      },
    ],
  },
  {
    name: "snapshot-without-clock",
    breaks: "Sessions live longer on a member that starts from a snapshot than on the others (PITFALLS 34).",
    edits: [
      {
        file: content,
        find: "header: state.header, pairs",
        replace: "header: { ...state.header, clockMs: 0 }, pairs",
      },
    ],
  },
  {
    name: "snapshot-without-append-counts",
    breaks: "Members that start from a snapshot tell of keys what the others do not.",
    edits: [
      {
        file: content,
        find: "pairs.push(pair);",
        replace: "pairs.push({ ...pair, metadata: { ...pair.metadata, appends: 0 } });",
      },
    ],
  },
  {
    name: "snapshot-without-terms",
    breaks: "Keys in a snapshot bear indexes whose terms it does not tell, and nobody can load it.",
    edits: [
      {
        file: content,
        find: "header: state.header, pairs",
        replace: "header: { ...state.header, termStarts: [] }, pairs",
      },
    ],
  },
  {
    name: "snapshot-loaded-without-sessions",
    breaks: "An installed snapshot leaves the session table empty (thesis §6.3, PITFALLS 24).",
    edits: [
      {
        file: content,
        find: "for (const session of block.sessions) {",
        replace: "for (const session of block.sessions.slice(block.sessions.length)) {",
      },
    ],
  },
  {
    name: "snapshot-named-too-early",
    breaks: "A snapshot holds one entry more than it says, which is applied again after a restart (§7).",
    edits: [
      {
        file: maker,
        find: "const lastIncludedIndex = this.#raft.lastApplied;",
        replace:
          "const lastIncludedIndex = Math.max(\n" +
          "      this.#raft.snapshotMetadata.lastIncludedIndex,\n" +
          "      this.#raft.lastApplied - 1,\n" +
          "    );",
      },
    ],
  },
  {
    name: "snapshot-of-the-live-state",
    breaks: "A snapshot is written from the live state, which goes on changing meanwhile (PITFALLS 25).",
    edits: [
      {
        file: kvStore,
        find: "new StoreView(this.tree.clone(), this.slabs",
        replace: "new StoreView(this.tree, this.slabs",
      },
      {
        file: "src/kv/state-machine.ts",
        find: "new StateView(this.store.view(), this.table.clone())",
        replace: "new StateView(this.store.view(), this.table)",
      },
    ],
  },
  {
    name: "value-freed-under-a-snapshot",
    breaks:
      "The room of a replaced value is used again while a snapshot is still to be written from it (PITFALLS 25).",
    edits: [
      {
        file: slabs,
        find: "if (this.#views > 0) this.#deferred.push(slot);\n    else this.#release(slot);",
        replace: "this.#release(slot);",
      },
    ],
  },
  {
    name: "value-overwritten-under-a-snapshot",
    breaks:
      "A value is overwritten in its place while a snapshot is still to be written from it (PITFALLS 25).",
    edits: [
      {
        file: slabs,
        find: "this.#views === 0 && slab.slotGranules === slotGranulesFor(value)",
        replace: "slab.slotGranules === slotGranulesFor(value)",
      },
    ],
  },
  {
    name: "packed-entry-of-an-earlier-term",
    breaks: "An entry that was packed comes back with the term of those before it.",
    edits: [
      {
        file: "src/raft/packed-entries.ts",
        find: "if (this.#runs.at(-1)?.term !== term)",
        replace: "if (this.#runs.length === 0)",
      },
    ],
  },
  {
    name: "log-dropped-before-snapshot-is-durable",
    breaks: "Segments go while the snapshot that covers them is still being written (PITFALLS 23).",
    edits: [
      {
        file: maker,
        find: "this.#writing = true;",
        replace: "this.#writing = true;\n    this.#log.compact(metadata.lastIncludedIndex);",
      },
    ],
  },
  {
    name: "snapshot-renamed-before-written",
    breaks: "A snapshot becomes the newest before all of it is on disk (PITFALLS 23).",
    edits: [
      {
        file: store,
        find: "await draft.writer.finish();\n        await this.#switchTo(draft);",
        replace: "await this.#switchTo(draft);\n        await draft.writer.finish();",
      },
    ],
  },
  {
    name: "snapshot-directory-not-synced",
    breaks: "The old snapshot may be gone after a crash, and the new one not yet there (PITFALLS 23).",
    edits: [{ file: store, find: "      await this.#disk.syncDirectory(this.#directory);\n", replace: "" }],
  },
  {
    name: "snapshot-acknowledged-before-durable",
    breaks: "A follower acknowledges a snapshot before its log on disk starts from it (PITFALLS 17).",
    edits: [
      {
        file: "src/raft/snapshot-receiving.ts",
        find: "raft.sendWhenDurable({",
        replace: "raft.send({",
      },
    ],
  },
  {
    name: "stale-snapshot-installed",
    breaks: "A snapshot that is older than the state takes it back (figure 13, PITFALLS 18).",
    edits: [
      {
        file: "src/raft/snapshot-receiving.ts",
        find: "const isNewer = metadata.lastIncludedIndex > raft.log.commitIndex;",
        replace: "const isNewer = true;",
      },
    ],
  },
  {
    name: "snapshot-keeps-conflicting-log",
    breaks: "Entries stay behind an installed snapshot although they do not follow it (figure 13, rule 7).",
    edits: [
      {
        file: "src/raft/raft-log.ts",
        find: "const matches = this.termAt(lastIncludedIndex) === lastIncludedTerm;",
        replace: "const matches = this.termAt(lastIncludedIndex) !== undefined;",
      },
    ],
  },
  {
    name: "snapshot-discards-matching-log",
    breaks:
      "Acknowledged entries that follow an installed snapshot are thrown away (figure 13, PITFALLS 19).",
    edits: [
      {
        file: "src/raft/raft-log.ts",
        find: "const matches = this.termAt(lastIncludedIndex) === lastIncludedTerm;",
        replace: "const matches = lastIncludedTerm < 0;",
      },
    ],
  },
  {
    name: "snapshot-installed-without-state",
    breaks:
      "The log moves to an installed snapshot, and the state machine stays where it was (figure 13, rule 8).",
    edits: [
      {
        file: "src/server/snapshot-installer.ts",
        find: "if (restored) this.#switchState(state);",
        replace: "",
      },
    ],
  },
  {
    name: "entries-dropped-before-durable",
    breaks: "Entries leave memory when they are applied, before they are on disk.",
    edits: [
      {
        file: "src/raft/trim.ts",
        find: "Math.min(log.lastApplied, log.marks.durableIndex)",
        replace: "log.lastApplied",
      },
      {
        file: "src/raft/raft-log.ts",
        find: "lastIndex <= Math.min(this.#lastApplied, this.#marks.durableIndex)",
        replace: "lastIndex <= this.#lastApplied",
      },
    ],
  },
  {
    name: "snapshot-before-trimmed-log",
    breaks:
      "A follower is sent a snapshot that ends before the leader's log in memory begins, again and again.",
    edits: [
      {
        file: "src/server/snapshot-sender.ts",
        find: "if (endIndex + 1 >= this.#raft.firstIndex) return newest;",
        replace: "if (endIndex >= 0) return newest;",
      },
    ],
  },
  {
    name: "snapshot-never-sent",
    breaks: "A follower that needs compacted entries gets nothing (§7, PITFALLS 16).",
    edits: [
      {
        file: "src/server/snapshot-sender.ts",
        find: "else this.#read(request).catch((error: Error) => this.#host.fatal(error));",
        replace: "",
      },
    ],
  },
  {
    name: "lost-chunk-never-asked-for-again",
    breaks: "A transfer of which one chunk was lost stands still for ever (PITFALLS 22).",
    edits: [
      {
        file: "src/raft/replication.ts",
        find: 'if (peer.state === "snapshot") askForChunkAgain(raft, peer);',
        replace: "",
      },
    ],
  },
  {
    name: "snapshot-never-due",
    breaks: "No snapshot is taken, and the log grows without end (§7, PITFALLS 26).",
    edits: [
      {
        file: maker,
        find: "this.#raft.logBytes < this.#logBytesMax * DUE_AT",
        replace: "this.#raft.logBytes < Number.POSITIVE_INFINITY",
      },
    ],
  },
];
