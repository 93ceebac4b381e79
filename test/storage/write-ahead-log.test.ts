import test from "ava";
import type { StorageError } from "../../src/storage/storage-error.js";
import { WriteAheadLog } from "../../src/storage/write-ahead-log.js";
import { command, commands, hardState, metadata, SEGMENT_BYTES } from "./driver.js";
import {
  emptyDisk,
  LOG_DIRECTORY,
  NO_SNAPSHOT,
  openLog,
  persist,
  reopen,
  segment,
  writeLog,
} from "./log-fixture.js";

test("a new log holds nothing, and says so again after a restart", async (t) => {
  const disk = await emptyDisk();
  for (let start = 0; start < 2; start++) {
    const { recovered, notes } = await reopen(disk);
    t.deepEqual(recovered, { hardState: hardState(0), entries: [] });
    t.deepEqual(notes, []);
  }
});

test("entries of every kind and the hard state come back as they were", async (t) => {
  const disk = await emptyDisk();
  const configuration = {
    voters: [
      { id: "a", peerAddress: "h:1" },
      { id: "b", peerAddress: "h:2" },
    ],
  };
  const entries = [
    command(1, 1, new Uint8Array(0)),
    { kind: "noop", index: 2, term: 1 },
    { kind: "configuration", index: 3, term: 2, configuration },
    command(4, 3, new Uint8Array(2000)),
  ] as const;
  await writeLog(disk, { hardState: hardState(3, "b", 2), entries });
  const { recovered } = await reopen(disk);
  t.deepEqual(recovered.hardState, hardState(3, "b", 2));
  const plain = recovered.entries.map((entry) =>
    entry.kind === "command" ? { ...entry, data: new Uint8Array(entry.data) } : entry,
  );
  t.deepEqual(plain, [...entries]);
});

test("PITFALLS 49: conflicting entries past an append are gone after a restart", async (t) => {
  const disk = await emptyDisk();
  await writeLog(
    disk,
    { hardState: hardState(1), entries: commands(1, 10, 1) },
    { hardState: hardState(2), entries: commands(4, 6, 2) },
  );
  const { recovered } = await reopen(disk);
  t.deepEqual(
    recovered.entries.map(({ index, term }) => [index, term]),
    [
      [1, 1],
      [2, 1],
      [3, 1],
      [4, 2],
      [5, 2],
    ],
  );
});

test("one record is one write of whole sectors to the active segment, and nothing else", async (t) => {
  const disk = await emptyDisk();
  const { log } = await openLog(disk);
  await persist(log, { hardState: hardState(1), entries: commands(1, 2, 1) });
  while (!disk.paths().includes(segment(2))) await disk.list("/log");
  for (let turn = 0; turn < 10; turn++) await disk.list("/log");
  const seen: string[] = [];
  disk.fate = ({ kind, path }) => {
    seen.push(`${kind} ${path}`);
    return "proceed";
  };
  await persist(log, { hardState: null, entries: commands(2, 12, 1, 100) });
  t.deepEqual(seen, [`write ${segment(1)}`]);
  t.is(log.diskBytes % 512, 0);
  await log.close();
});

test("`done` is never called before persist has returned", async (t) => {
  const { log } = await openLog(await emptyDisk());
  for (let index = 1; index < 40; index++) {
    let returned = false;
    const acknowledged = new Promise<boolean>((resolve) => {
      log.persist(
        { hardState: hardState(1), snapshot: null, entries: commands(index, index + 1, 1, 5000) },
        () => resolve(returned),
      );
    });
    returned = true;
    t.true(await acknowledged);
  }
  await log.close();
});

test("the log says which record is under way, also while it waits for a segment, and tells of progress by segment", async (t) => {
  const disk = await emptyDisk();
  const { log } = await openLog(disk);
  const seen: (number | null)[] = [log.recordUnderWay];
  for (let index = 1; index <= 20; index++) {
    const written = persist(log, { hardState: hardState(1), entries: commands(index, index + 1, 1, 10_000) });
    seen.push(log.recordUnderWay);
    await written;
    t.is(log.recordUnderWay, null);
  }
  t.is(seen[0], null);
  t.is(new Set(seen).size, seen.length, "no two records have the same number");
  await log.close();
  let segments = 0;
  const onProgress = () => {
    segments++;
  };
  const options = { disk, directory: LOG_DIRECTORY, segmentBytes: SEGMENT_BYTES, snapshot: NO_SNAPSHOT };
  const opened = await WriteAheadLog.open({ ...options, onProgress, onFault: () => t.fail() });
  t.is(segments, disk.paths().filter((path) => path.endsWith(".wal")).length);
  t.true(segments > 2);
  await opened.log.close();
});

test("a full segment is followed by the next, and what it restates makes the older ones superfluous", async (t) => {
  const disk = await emptyDisk();
  const { log } = await openLog(disk);
  await persist(log, { hardState: hardState(4, "n1", 0) });
  for (let index = 1; index <= 20; index++)
    await persist(log, { entries: commands(index, index + 1, 4, 10_000) });
  await persist(log, { hardState: hardState(4, "n1", 18) });
  const bytesBefore = log.diskBytes;
  t.true(disk.paths().length >= 4);
  log.compact(18);
  while (disk.paths().includes(segment(2))) await disk.list("/log");
  t.false(disk.paths().includes(segment(1)));
  t.true(log.diskBytes < bytesBefore);
  await log.close();
  const { recovered } = await reopen(disk, metadata(18, 4));
  t.deepEqual(recovered.hardState, hardState(4, "n1", 18));
  t.deepEqual(
    recovered.entries.map(({ index }) => index),
    [19, 20],
  );
});

test("compaction keeps every segment that holds an entry from the index on, and the active one", async (t) => {
  const disk = await emptyDisk();
  const { log } = await openLog(disk);
  await persist(log, { hardState: hardState(1), entries: commands(1, 6, 1, 10_000) });
  await persist(log, { entries: commands(6, 11, 1, 10_000) });
  log.compact(5);
  for (let turn = 0; turn < 50; turn++) await disk.list("/log");
  t.true(disk.paths().includes(segment(1)));
  log.compact(11);
  while (disk.paths().includes(segment(1))) await disk.list("/log");
  t.true(disk.paths().includes(segment(2)));
  await log.close();
});

test("a record larger than a segment gets a segment of its own size", async (t) => {
  const disk = await emptyDisk();
  await writeLog(
    disk,
    { hardState: hardState(1), entries: commands(1, 2, 1) },
    { entries: commands(2, 3, 1, 5 * SEGMENT_BYTES) },
    { entries: commands(3, 4, 1) },
  );
  t.true(disk.contents(segment(2)).length > 5 * SEGMENT_BYTES);
  t.is(disk.contents(segment(3)).length, SEGMENT_BYTES);
  const { recovered } = await reopen(disk);
  t.deepEqual(
    recovered.entries.map((entry) => (entry.kind === "command" ? entry.data.length : -1)),
    [10, 5 * SEGMENT_BYTES, 10],
  );
});

test("PITFALLS 19: entries past a matching snapshot mark are kept", async (t) => {
  const disk = await emptyDisk();
  await writeLog(
    disk,
    { hardState: hardState(2), entries: [...commands(1, 4, 1), ...commands(4, 7, 2)] },
    { snapshot: metadata(4, 2) },
  );
  const { recovered } = await reopen(disk, metadata(4, 2));
  t.deepEqual(
    recovered.entries.map(({ index }) => index),
    [5, 6],
  );
});

test("a mark that the log does not match drops all of it", async (t) => {
  for (const mark of [metadata(4, 3), metadata(9, 2)]) {
    const disk = await emptyDisk();
    await writeLog(disk, { hardState: hardState(3), entries: commands(1, 7, 2) }, { snapshot: mark });
    const { recovered } = await reopen(disk, mark);
    t.deepEqual(recovered.entries, []);
    t.is(recovered.hardState.commitIndex, mark.lastIncludedIndex);
  }
});

test("PITFALLS 17: a snapshot that became durable just before a crash is marked at the next start, durably", async (t) => {
  for (const [snapshot, kept] of [
    [metadata(3, 1), [4, 5, 6]],
    [metadata(3, 2), []],
    [metadata(8, 2), []],
  ] as const) {
    const disk = await emptyDisk();
    await writeLog(disk, { hardState: hardState(1), entries: commands(1, 7, 1) });
    for (let start = 0; start < 2; start++) {
      const { recovered } = await reopen(disk, snapshot);
      t.deepEqual(
        recovered.entries.map(({ index }) => index),
        [...kept],
      );
      t.deepEqual(
        recovered.hardState,
        hardState(snapshot.lastIncludedTerm, null, snapshot.lastIncludedIndex),
      );
    }
    if (kept.length === 0) {
      // The mark is in the log now, so the log alone tells that a snapshot is missing.
      await t.throwsAsync(reopen(disk), { code: "missing", message: /snapshot/ });
    }
  }
});

test("a log that goes on after a snapshot which is not there is refused", async (t) => {
  const disk = await emptyDisk();
  const { log } = await openLog(disk);
  await persist(log, { hardState: hardState(1), entries: commands(1, 6, 1, 10_000) });
  await persist(log, { hardState: hardState(1, null, 9), entries: commands(6, 11, 1, 10_000) });
  log.compact(6);
  while (disk.paths().includes(segment(1))) await disk.list("/log");
  await log.close();
  await t.throwsAsync(reopen(disk, NO_SNAPSHOT), { name: "StorageError", code: "missing" });
  await t.throwsAsync(reopen(disk, metadata(4, 1)), { name: "StorageError", code: "missing" });
  t.is((await reopen(disk, metadata(5, 1))).recovered.entries.length, 5);
});

test("a log that ends before its own commit index is refused", async (t) => {
  const disk = await emptyDisk();
  await writeLog(
    disk,
    { hardState: hardState(1), entries: commands(1, 4, 1) },
    { hardState: hardState(1, null, 3), entries: [] },
  );
  t.is((await reopen(disk)).recovered.hardState.commitIndex, 3);
  const { log } = await openLog(disk);
  // A commit index ahead of what is on disk is a hint about entries still to come: it is written only as far
  // as they are.
  await persist(log, { hardState: hardState(1, null, 50) });
  await log.close();
  t.is((await reopen(disk)).recovered.hardState.commitIndex, 3);
});

test("the newest mark is restated when a segment begins, and tells which snapshot is missing", async (t) => {
  const disk = await emptyDisk();
  const { log } = await openLog(disk);
  await persist(log, { hardState: hardState(1), snapshot: metadata(9, 1) });
  for (const index of [10, 11, 12]) await persist(log, { entries: commands(index, index + 1, 1, 40_000) });
  log.compact(11);
  while (disk.paths().includes(segment(1))) await disk.list("/log");
  await log.close();
  await t.throwsAsync(reopen(disk, NO_SNAPSHOT), {
    code: "missing",
    message: /follows a snapshot at index 9/,
  });
  t.is((await reopen(disk, metadata(10, 1))).recovered.entries.length, 2);
});

test("a log of which only the commit index is left tells by it that a snapshot is missing", async (t) => {
  const disk = await emptyDisk();
  const { log } = await openLog(disk);
  // Fills the first segment exactly, so that the next one begins with a hard state and holds no entry.
  await persist(log, { hardState: hardState(1), entries: commands(1, 2, 1, SEGMENT_BYTES - 1024 - 200) });
  await persist(log, { hardState: hardState(1, null, 1) });
  log.compact(2);
  while (disk.paths().includes(segment(1))) await disk.list("/log");
  await log.close();
  await t.throwsAsync(reopen(disk, NO_SNAPSHOT), { name: "StorageError", code: "missing" });
  for (let start = 0; start < 2; start++)
    t.deepEqual((await reopen(disk, metadata(1, 1))).recovered.entries, []);
});

for (const lost of [1, 2, 3]) {
  test(`a missing segment is refused: ${lost} of 4`, async (t) => {
    const disk = await emptyDisk();
    await writeLog(
      disk,
      { hardState: hardState(1) },
      ...[1, 2, 3, 4].map((index) => ({ entries: commands(index, index + 1, 1, 40_000) })),
    );
    disk.lose(segment(lost));
    const error = await t.throwsAsync<StorageError>(reopen(disk), { name: "StorageError", code: "missing" });
    t.truthy(error?.file);
  });
}

test("PITFALLS 45: after a failed write nothing is written and nothing acknowledged, and the fault is told once", async (t) => {
  const disk = await emptyDisk();
  const faults: StorageError[] = [];
  const { log } = await openLog(disk, NO_SNAPSHOT, (error) => faults.push(error));
  await persist(log, { hardState: hardState(1), entries: commands(1, 2, 1) });
  for (let turn = 0; turn < 50; turn++) await disk.list("/log");
  disk.fate = ({ kind }) => (kind === "write" ? "EIO" : "proceed");
  log.persist({ hardState: null, snapshot: null, entries: commands(2, 3, 1) }, () => t.fail("acknowledged"));
  for (let turn = 0; turn < 50; turn++) await disk.list("/log");
  t.deepEqual(
    faults.map(({ code, file }) => [code, file]),
    [["io", segment(1)]],
  );
  disk.fate = ({ kind }) => {
    if (kind === "write" || kind === "unlink") t.fail(`${kind} after the fault`);
    return "proceed";
  };
  log.persist({ hardState: null, snapshot: null, entries: commands(2, 3, 1) }, () => t.fail("acknowledged"));
  log.compact(1);
  for (let turn = 0; turn < 50; turn++) await disk.list("/log");
  t.is(faults.length, 1);
  await log.close();
});

test("PITFALLS 17: what conflicts with an installed snapshot does not come back when a segment ends just where it does", async (t) => {
  const disk = await emptyDisk();
  const { log } = await openLog(disk);
  const third = SEGMENT_BYTES / 3 - 2000;
  for (let index = 1; index <= 3; index++) {
    await persist(log, { hardState: hardState(1), entries: commands(index, index + 1, 1, third) });
  }
  await persist(log, { entries: commands(4, 6, 1, third) });
  await persist(log, { hardState: hardState(2, null, 3), snapshot: metadata(3, 2) });
  log.compact(3);
  for (let turn = 0; turn < 50; turn++) await disk.list("/log");
  await log.close();
  const { recovered } = await reopen(disk, metadata(3, 2));
  t.deepEqual(recovered.entries, []);
});
