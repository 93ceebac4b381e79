import test from "ava";
import fc from "fast-check";
import type { Entry } from "../../src/raft/entry.js";
import { entryBytes } from "../../src/raft/entry.js";
import { RaftLog } from "../../src/raft/raft-log.js";
import { logOf, snapshotAt } from "./single-node.js";

/** A log of these terms, all of it in memory and nothing committed. */
function makeLog(terms: readonly number[]): RaftLog {
  return new RaftLog(snapshotAt(0, 0), logOf(terms));
}

test("an empty log has term 0 at index 0 and knows nothing else", (t) => {
  const log = makeLog([]);
  t.deepEqual([log.firstIndex, log.lastIndex, log.lastTerm], [1, 0, 0]);
  t.is(log.termAt(0), 0);
  t.is(log.termAt(1), undefined);
});

test("PITFALLS 16: the term just before a compacted log is the snapshot's, and below it nothing is known", (t) => {
  const log = makeLog([1, 1, 2, 2]);
  log.commitTo(4);
  log.takeCommitted(Number.POSITIVE_INFINITY);
  log.compact({ snapshot: snapshotAt(3, 2), keepFromIndex: 4 });
  t.is(log.termAt(2), undefined);
  t.is(log.termAt(3), 2);
  t.is(log.termAt(4), 2);
  log.compact({ snapshot: snapshotAt(4, 2), keepFromIndex: 5 });
  t.deepEqual([log.firstIndex, log.lastIndex, log.lastTerm], [5, 4, 2]);
});

test("entries that a snapshot covers may be kept for those that are a little behind", (t) => {
  const log = makeLog([1, 1, 1, 1]);
  log.commitTo(4);
  log.takeCommitted(Number.POSITIVE_INFINITY);
  log.compact({ snapshot: snapshotAt(4, 1), keepFromIndex: 3 });
  t.deepEqual([log.firstIndex, log.snapshot.lastIncludedIndex], [3, 4]);
  t.is(log.slice({ from: 3, to: 5 }).length, 2);
  t.is(log.bytesSinceSnapshot, 0);
});

test("firstIndexOfTerm finds the first index of a term, or of the next one", (t) => {
  const log = makeLog([1, 1, 3, 3, 6]);
  t.deepEqual(
    [0, 1, 2, 3, 4, 6, 7].map((term) => log.firstIndexOfTerm(term)),
    [1, 1, 3, 3, 5, 5, 6],
  );
});

test("endWithin keeps to the bound, but lets one entry pass", (t) => {
  const log = makeLog([1, 1, 1, 1]);
  const [entry] = log.slice({ from: 1, to: 2 });
  const bytes = entry === undefined ? 0 : entryBytes(entry);
  const end = (bytesMax: number) => log.endWithin({ from: 2, to: 5, bytesMax });
  t.deepEqual([end(0), end(1), end(2 * bytes - 1), end(2 * bytes), end(9 * bytes)], [3, 3, 3, 4, 5]);
  t.is(log.endWithin({ from: 5, to: 5, bytesMax: 0 }), 5);
});

test("PITFALLS 10: truncation at or below commitIndex is a broken invariant", (t) => {
  const log = makeLog([1, 1, 1]);
  log.commitTo(2);
  t.throws(() => log.truncateFrom(2), { name: "AssertionError" });
  log.truncateFrom(3);
  t.is(log.lastIndex, 2);
});

test("invariants are asserted: gaps, falling terms, commitIndex falling or past the end", (t) => {
  const log = makeLog([1, 2]);
  log.commitTo(1);
  for (const entry of [...logOf([2], 4), ...logOf([1], 3), ...logOf([2], 2)]) {
    t.throws(() => log.append(entry), { name: "AssertionError" });
  }
  t.throws(() => log.commitTo(0), { name: "AssertionError" });
  t.throws(() => log.commitTo(3), { name: "AssertionError" });
  t.throws(() => log.restore(snapshotAt(1, 1)), { name: "AssertionError" });
  t.throws(() => log.compact({ snapshot: snapshotAt(1, 1), keepFromIndex: 1 }), { name: "AssertionError" });
  t.throws(() => log.slice({ from: 2, to: 4 }), { name: "AssertionError" });
});

/**
 * The naive twin: every entry there ever was in one plain array, and a disk that is another. What
 * RaftLog keeps count of is counted anew here each time it is asked for.
 */
class NaiveLog {
  entries: Entry[] = [];
  disk: Entry[] = [];
  writing: { from: number; entries: Entry[] } | null = null;
  snapshotIndex = 0;
  snapshotTerm = 0;
  commitIndex = 0;
  applied = 0;
  term = 1;

  get lastIndex(): number {
    return this.snapshotIndex + this.entries.length;
  }

  at(index: number): Entry | undefined {
    return this.entries[index - this.snapshotIndex - 1];
  }

  /** Disk positions count from index 1; what the snapshot covers need not be there. */
  get durableIndex(): number {
    let index = this.snapshotIndex;
    while (this.at(index + 1) !== undefined && this.disk[index] === this.at(index + 1)) index++;
    return index;
  }

  written(): void {
    if (this.writing === null) return;
    const { from, entries } = this.writing;
    this.disk.length = from - 1;
    this.disk.push(...entries);
    this.writing = null;
  }

  bytes(from: number): number {
    return this.entries
      .filter((entry) => entry.index >= from)
      .reduce((sum, entry) => sum + entryBytes(entry), 0);
  }
}

type Step = (log: RaftLog, naive: NaiveLog) => void;

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 4 }).map(appendStep) },
  { weight: 2, arbitrary: fc.nat(5).map(truncateStep) },
  { weight: 3, arbitrary: fc.nat(5).map(commitStep) },
  { weight: 3, arbitrary: fc.constantFrom(0, 40, 1000).map(applyStep) },
  { weight: 4, arbitrary: fc.constant(beginWriteStep) },
  { weight: 4, arbitrary: fc.constant(endWriteStep) },
  { weight: 1, arbitrary: fc.tuple(fc.nat(3), fc.nat(3)).map(([back, kept]) => compactStep({ back, kept })) },
  { weight: 1, arbitrary: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.boolean()).map(restoreStep) },
);

function appendStep(count: number): Step {
  return (log, naive) => {
    for (const entry of logOf(Array(count).fill(naive.term), naive.lastIndex + 1)) {
      log.append(entry);
      naive.entries.push(entry);
    }
  };
}

/** A new leader overwrites the end. */
function truncateStep(back: number): Step {
  return (log, naive) => {
    const from = Math.max(naive.commitIndex + 1, naive.lastIndex - back);
    if (from > naive.lastIndex) return;
    log.truncateFrom(from);
    naive.entries = naive.entries.filter((entry) => entry.index < from);
    naive.term++;
    appendStep(1)(log, naive);
  };
}

function commitStep(ahead: number): Step {
  return (log, naive) => {
    naive.commitIndex = Math.min(naive.commitIndex + ahead, naive.lastIndex);
    log.commitTo(naive.commitIndex);
  };
}

function applyStep(bytesMax: number): Step {
  return (log, naive) => {
    for (const entry of log.takeCommitted(bytesMax)) {
      naive.applied++;
      if (entry !== naive.at(naive.applied)) throw new Error(`applies another entry at ${naive.applied}`);
    }
  };
}

function beginWriteStep(log: RaftLog, naive: NaiveLog): void {
  if (naive.writing !== null) return;
  const entries = [...log.takeUnwritten()];
  naive.writing = { from: entries[0]?.index ?? naive.lastIndex + 1, entries };
}

function endWriteStep(log: RaftLog, naive: NaiveLog): void {
  if (naive.writing === null) return;
  log.written();
  naive.written();
}

function compactStep({ back, kept }: { back: number; kept: number }): Step {
  return (log, naive) => {
    // Only what is on disk, so that the naive disk needs no snapshots.
    const index = Math.min(naive.applied, naive.durableIndex) - back;
    const term = naive.at(index)?.term;
    if (term === undefined) return;
    log.compact({ snapshot: snapshotAt(index, term), keepFromIndex: Math.max(1, index + 1 - kept) });
    naive.entries = naive.entries.filter((entry) => entry.index > index);
    naive.snapshotIndex = index;
    naive.snapshotTerm = term;
  };
}

function restoreStep([ahead, isSameTerm]: [number, boolean]): Step {
  return (log, naive) => {
    if (naive.writing !== null) return;
    const index = naive.commitIndex + ahead;
    const present = naive.at(index)?.term;
    const isKept = isSameTerm && present !== undefined;
    if (!isKept) naive.term++;
    const term = isKept ? present : naive.term;
    log.restore(snapshotAt(index, term));
    if (!isKept) naive.disk = [];
    naive.entries = isKept ? naive.entries.filter((entry) => entry.index > index) : [];
    // On disk, what the snapshot covers is dropped: there may be anything.
    naive.disk.length = Math.max(naive.disk.length, index);
    naive.snapshotIndex = index;
    naive.snapshotTerm = term;
    naive.commitIndex = index;
    naive.applied = index;
  };
}

function assertTwins(log: RaftLog, naive: NaiveLog): void {
  const expected = {
    lastIndex: naive.lastIndex,
    lastTerm: naive.entries.at(-1)?.term ?? naive.snapshotTerm,
    commitIndex: naive.commitIndex,
    lastApplied: naive.applied,
    durableIndex: naive.durableIndex,
    bytesSinceSnapshot: naive.bytes(0),
    uncommittedBytes: naive.bytes(naive.commitIndex + 1),
    entries: naive.entries,
  };
  const actual = {
    lastIndex: log.lastIndex,
    lastTerm: log.lastTerm,
    commitIndex: log.commitIndex,
    lastApplied: log.lastApplied,
    durableIndex: log.marks.durableIndex,
    bytesSinceSnapshot: log.bytesSinceSnapshot,
    uncommittedBytes: log.uncommittedBytes,
    entries: log.slice({ from: naive.snapshotIndex + 1, to: log.lastIndex + 1 }),
  };
  if (JSON.stringify(actual) !== JSON.stringify(expected)) {
    throw new Error(`${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);
  }
}

test("whatever happens to it, RaftLog equals a plain array (PITFALLS 13: also in what is durable)", (t) => {
  fc.assert(
    fc.property(fc.array(steps, { minLength: 5, maxLength: 60 }), (sequence) => {
      const log = makeLog([]);
      const naive = new NaiveLog();
      for (const step of sequence) {
        step(log, naive);
        assertTwins(log, naive);
      }
    }),
    { numRuns: 1000 },
  );
  t.pass();
});

test("what is applied and durable may leave memory before a snapshot covers it, oldest first, and counts on", (t) => {
  const log = makeLog([1, 1, 2, 2, 3]);
  const total = log.bytesSinceSnapshot;
  log.commitTo(4);
  log.takeCommitted(Number.POSITIVE_INFINITY);
  t.throws(() => log.trim({ lastIndex: 5, bytesMax: 0 }), { name: "AssertionError" });
  log.trim({ lastIndex: 3, bytesMax: log.heldBytes });
  t.is(log.firstIndex, 1);
  log.trim({ lastIndex: 3, bytesMax: 0 });
  t.deepEqual([log.firstIndex, log.lastIndex, log.termAt(3), log.termAt(2)], [4, 5, 2, undefined]);
  t.is(log.bytesSinceSnapshot, total);
  log.compact({ snapshot: snapshotAt(2, 1), keepFromIndex: 3 });
  t.deepEqual([log.firstIndex, log.snapshot.lastIncludedIndex], [4, 2]);
  log.compact({ snapshot: snapshotAt(4, 2), keepFromIndex: 5 });
  t.is(log.bytesSinceSnapshot, log.heldBytes);
  t.is(log.firstIndex, 5);
});

test("bytes held and bytes since the snapshot add up, whatever leaves memory and whatever is covered", (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom("append", "trim", "compact"), fc.nat(20)), { maxLength: 60 }),
      (steps) => {
        const log = makeLog([]);
        const bytes = (from: number): number =>
          log
            .slice({ from: Math.max(from, log.firstIndex), to: log.lastIndex + 1 })
            .reduce((sum, entry) => sum + entryBytes(entry), 0);
        for (const [what, number] of steps) {
          if (what === "append") {
            for (const entry of logOf(Array(1 + number).fill(1), log.lastIndex + 1)) log.append(entry);
            log.takeUnwritten();
            log.written();
            log.commitTo(log.lastIndex);
            log.takeCommitted(Number.POSITIVE_INFINITY);
          } else if (what === "trim") {
            log.trim({
              lastIndex: Math.min(log.lastIndex, log.firstIndex + number),
              bytesMax: 20 * number,
            });
          } else {
            const index = Math.min(log.lastIndex, log.snapshot.lastIncludedIndex + number);
            log.compact({ snapshot: snapshotAt(index, index === 0 ? 0 : 1), keepFromIndex: index + 1 });
          }
          t.is(log.heldBytes, bytes(log.firstIndex));
          t.true(log.bytesSinceSnapshot >= bytes(log.snapshot.lastIncludedIndex + 1));
          if (log.firstIndex <= log.snapshot.lastIncludedIndex + 1) {
            t.is(log.bytesSinceSnapshot, bytes(log.snapshot.lastIncludedIndex + 1));
          }
        }
      },
    ),
  );
});
