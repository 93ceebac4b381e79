/** Faults in the write-ahead log and in what is made of it after a crash. */
import type { Mutant } from "../mutant.js";

const log = "src/storage/write-ahead-log.ts";

export const DISK: readonly Mutant[] = [
  {
    name: "record-acknowledged-at-write",
    breaks: "A record counts as durable once it is handed to the disk (figure 2; PITFALLS 1, 14).",
    edits: [
      {
        file: log,
        find: "target.segment.file.write(bytes, target.end, this.#onWritten);",
        replace:
          "target.segment.file.write(bytes.slice(), target.end, () => {});\n" +
          "    queueMicrotask(() => this.#onWritten(null));",
      },
    ],
  },
  {
    name: "failed-write-ignored",
    breaks: "A member goes on after a write to its log has failed (PITFALLS 45).",
    edits: [{ file: log, find: "if (error !== null) this.#fail(error);", replace: "" }],
  },
  {
    name: "new-segment-without-hard-state",
    breaks:
      "A new segment does not restate term and vote, and the old one that holds them goes (PITFALLS 17).",
    edits: [
      {
        file: log,
        find: "this.#waiting = encodeLogRecord({\n        hardState: this.#hardState,",
        replace:
          "this.#waiting = encodeLogRecord({\n        hardState: { ...this.#hardState, votedFor: null },",
      },
    ],
  },
  {
    name: "installed-snapshot-not-marked",
    breaks: "The log on disk does not say that it begins anew after an installed snapshot (PITFALLS 17).",
    edits: [
      {
        file: "src/raft/persistent-state.ts",
        find: "snapshot: this.#foundation,",
        replace: "snapshot: null,",
      },
    ],
  },
  {
    name: "segment-directory-not-synced",
    breaks: "A crash takes the name of a new segment, and the acknowledged records in it (PITFALLS 23).",
    edits: [
      { file: "src/storage/segment.ts", find: "  await disk.syncDirectory(directory);\n", replace: "" },
    ],
  },
  {
    name: "segment-deletions-not-synced",
    breaks: "A crash brings an old segment back without the one after it (PITFALLS 42).",
    edits: [
      {
        file: "src/storage/segment-keeper.ts",
        find: "    await disk.syncDirectory(directory);\n",
        replace: "",
      },
    ],
  },
  {
    name: "segment-deleted-too-early",
    breaks: "A segment goes whose last entry the snapshot does not cover (PITFALLS 17).",
    edits: [
      {
        file: "src/storage/segment-keeper.ts",
        find: "Math.max(1, this.#compactIndex)",
        replace: "Math.max(1, this.#compactIndex + 2)",
      },
    ],
  },
  {
    name: "segment-of-last-covered-entry-deleted",
    breaks:
      "The entry goes by which a restart knows that what follows it conflicts with a snapshot (PITFALLS 17).",
    edits: [
      {
        file: "src/storage/segment-keeper.ts",
        find: "Math.max(1, this.#compactIndex)",
        replace: "Math.max(1, this.#compactIndex + 1)",
      },
    ],
  },
  {
    name: "segment-not-zeroed",
    breaks: "A segment's space is not filled with zeros before it is used (PITFALLS 43).",
    edits: [
      {
        file: "src/storage/segment.ts",
        find: "{ from: header.length, to: sizeBytes }",
        replace: "{ from: header.length, to: header.length }",
      },
    ],
  },
  {
    name: "torn-tail-not-erased",
    breaks: "What a torn write left stays behind the records that are written over it (PITFALLS 43).",
    edits: [
      {
        file: "src/storage/log-repair.ts",
        find: "    await writeZeros(segment.file, { from: last.end, to: last.tail.to });\n",
        replace: "",
      },
    ],
  },
  {
    name: "record-checksum-ignored",
    breaks: "A record of which only some sectors were written passes for whole (PITFALLS 41, 43).",
    edits: [
      {
        file: "src/storage/log-record.ts",
        find: "if (crc32(rest, headerSeed) !== segment.readUInt32LE(offset + 24)) return null;",
        replace: "",
      },
    ],
  },
  {
    name: "torn-record-refused",
    breaks: "A torn last record is taken for rot, and the member never starts again (PITFALLS 42).",
    edits: [
      {
        file: "src/storage/segment-scan.ts",
        find: "if (!unwritten)\n",
        replace: "if (unwritten || !unwritten)\n",
      },
    ],
  },
  {
    name: "log-ends-at-first-gap",
    breaks: "A record that is gone is taken for the end, although acknowledged ones follow it (PITFALLS 42).",
    edits: [
      {
        file: "src/storage/segment-scan.ts",
        find: "if (readRecordHeader(segment.bytes, at, segment.seed) !== null) {",
        replace: "if (segment.bytes.length < 0) {",
      },
    ],
  },
  {
    name: "snapshot-checksum-ignored",
    breaks: "A damaged block of a snapshot is loaded (PITFALLS 24).",
    edits: [
      {
        file: "src/storage/snapshot-file.ts",
        find: "if (checksum !== header.readUInt32LE(8)) throw",
        replace: "if (checksum < 0) throw",
      },
    ],
  },
  {
    name: "conflict-stays-on-disk",
    breaks: "Entries that were replaced and not rewritten come back with a restart (PITFALLS 49).",
    edits: [
      {
        file: "src/storage/log-fold.ts",
        find: "this.#entries.length = first - this.#firstIndex;\n    for (const entry of entries) this.#entries.push(entry);",
        replace: "for (const entry of entries) this.#entries[entry.index - this.#firstIndex] = entry;",
      },
    ],
  },
  {
    name: "conflict-stays-behind-snapshot-on-disk",
    breaks:
      "After a restart entries follow a snapshot that they conflict with (figure 13, rule 7; PITFALLS 17).",
    edits: [
      {
        file: "src/storage/log-fold.ts",
        find: "return this.#termAt(lastIncludedIndex) === lastIncludedTerm;",
        replace: "return this.#termAt(lastIncludedIndex) !== undefined;",
      },
    ],
  },
];
