/**
 * What a restart makes of bytes that are not as they were written: torn by power loss, rotten, cut, copied.
 * Each test damages a sound log of one segment and holds the outcome against what may be promised.
 */
import test, { type ExecutionContext } from "ava";
import { seededRandom } from "../../src/base/random.js";
import type { Entry } from "../../src/raft/entry.js";
import { readLog } from "../../src/storage/log-recovery.js";
import { StorageError } from "../../src/storage/storage-error.js";
import { command, commands, hardState, SEGMENT_BYTES } from "./driver.js";
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
import type { SimulatedDisk } from "./simulated-disk.js";

const SECTOR = 512;

interface Sample {
  readonly disk: SimulatedDisk;
  /**
   * Where record n begins; the last: where the next one would. Record 0 is the one that the segment begins
   * with.
   */
  readonly offsets: readonly number[];
  readonly bytes: Uint8Array;
}

/** A log of five records, of one and of several sectors; the one with index n is record n. */
async function sample(): Promise<Sample> {
  const disk = await emptyDisk();
  const { log } = await openLog(disk);
  const offsets = [SECTOR];
  for (const [index, bytes] of [300, 1500, 40, 2100, 900].entries()) {
    offsets.push(SECTOR + log.diskBytes);
    await persist(log, { hardState: hardState(1, "n1"), entries: commands(index + 1, index + 2, 1, bytes) });
  }
  offsets.push(SECTOR + log.diskBytes);
  await log.close();
  return { disk, offsets, bytes: disk.contents(segment(1)) };
}

type Outcome =
  | { readonly kind: "recovered"; readonly entries: number }
  | { readonly kind: "refused"; readonly error: StorageError };

/** Restarts on these bytes. Refusals must name the file and a place in it, and leave every byte as it was. */
function restartOn(t: ExecutionContext, disk: SimulatedDisk, bytes: Uint8Array): Promise<Outcome> {
  return outcomeOf(t, disk, bytes, async () => (await reopen(disk)).recovered.entries);
}

/** The judgement alone, without repairs: much faster. */
function judge(t: ExecutionContext, disk: SimulatedDisk, bytes: Uint8Array): Promise<Outcome> {
  return outcomeOf(t, disk, bytes, async () => (await readLog(disk, LOG_DIRECTORY, NO_SNAPSHOT)).entries);
}

async function outcomeOf(
  t: ExecutionContext,
  disk: SimulatedDisk,
  bytes: Uint8Array,
  read: () => Promise<readonly Entry[]>,
): Promise<Outcome> {
  disk.tamper(segment(1), () => bytes.slice());
  try {
    const entries = await read();
    entries.forEach((entry, position) => {
      if (entry.index !== position + 1 || entry.term !== 1) t.fail("an entry is not what was written");
    });
    return { kind: "recovered", entries: entries.length };
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    const { file, offset } = error;
    if (file !== segment(1) || offset === undefined || offset > SEGMENT_BYTES)
      t.fail(`no place: ${error.message}`);
    if (Buffer.compare(disk.contents(segment(1)), bytes) !== 0) t.fail("a refused file was changed");
    return { kind: "refused", error };
  }
}

/** Records wholly before `offset`, not counting record 0. */
function recordsBefore(offsets: readonly number[], offset: number): number {
  return offsets.filter((end, index) => index >= 2 && end <= offset).length;
}

test("PITFALLS 42, 43: cut at any byte of its last three records, a log gives what was before, or is refused", async (t) => {
  const { disk, offsets, bytes } = await sample();
  const [from, to] = [offsets[3] ?? 0, offsets[6] ?? 0];
  const seen = { torn: 0, refused: 0, clean: 0 };
  for (let cut = from; cut <= to; cut++) {
    const damaged = bytes.slice().fill(0, cut);
    const outcome = await judge(t, disk, damaged);
    const whole = recordsBefore(offsets, cut);
    const start = offsets[whole + 1] ?? 0;
    const end = offsets[whole + 2] ?? start;
    // Of the record that the cut goes through: is a whole sector of it still unwritten, and its header whole?
    const torn = cut >= start + 32 && cut <= end - SECTOR;
    const harmless = Buffer.compare(damaged.subarray(0, end), bytes.subarray(0, end)) === 0;
    if (cut === start || torn) {
      if (outcome.kind !== "recovered" || outcome.entries !== whole)
        t.fail(`cut at ${cut}: ${JSON.stringify(outcome)}`);
      seen[torn ? "torn" : "clean"]++;
    } else if (!harmless && outcome.kind !== "refused") {
      // A header of which the cut took only zeros is whole: then the record is torn.
      const headerWhole =
        Buffer.compare(damaged.subarray(start, start + 32), bytes.subarray(start, start + 32)) === 0;
      if (!headerWhole) t.fail(`cut at ${cut}: ${JSON.stringify(outcome)}`);
    } else {
      seen.refused++;
    }
  }
  t.true(seen.torn > 2000 && seen.refused > 100 && seen.clean >= 3, JSON.stringify(seen));
});

test("a file that is cut short is refused where records may have gone, and restored where only unused space has", async (t) => {
  const { disk, offsets, bytes } = await sample();
  const end = offsets.at(-1) ?? 0;
  for (let length = 0; length < bytes.length; length += length < end + 2 * SECTOR ? 37 : 4099) {
    const outcome = await restartOn(t, disk, bytes.slice(0, length));
    if (length < end + SECTOR) {
      if (outcome.kind !== "refused") t.fail(`cut to ${length}: accepted`);
    } else {
      if (outcome.kind !== "recovered" || outcome.entries !== 5)
        t.fail(`cut to ${length}: ${JSON.stringify(outcome)}`);
      t.deepEqual(disk.contents(segment(1)), bytes);
    }
  }
});

test("PITFALLS 42: a flipped bit in header or records is refused with file and offset; none costs an entry", async (t) => {
  const { disk, offsets, bytes } = await sample();
  const end = offsets.at(-1) ?? 0;
  for (let at = 0; at < bytes.length; at += at < end + SECTOR ? 1 : 251) {
    // Every bit where headers may be; in bodies one of each byte (log-record.test.ts flips the others).
    for (let bit = 0; bit < 8; bit += at % SECTOR < 64 ? 1 : 8) {
      const damaged = bytes.slice();
      damaged[at] = (damaged[at] ?? 0) ^ (1 << ((bit + at) & 7));
      const outcome = await judge(t, disk, damaged);
      if (
        at < end + SECTOR ? outcome.kind !== "refused" : outcome.kind !== "recovered" || outcome.entries !== 5
      ) {
        t.fail(`byte ${at}, bit ${(bit + at) & 7}: ${JSON.stringify(outcome)}`);
      }
    }
  }
  t.pass();
});

test("PITFALLS 43: any set of missing sectors of the last record is a torn write; of an earlier one it is refused", async (t) => {
  const { disk, offsets, bytes } = await sample();
  for (const record of [2, 4, 5]) {
    const start = offsets[record] ?? 0;
    const sectors = ((offsets[record + 1] ?? 0) - start) / SECTOR;
    const isLast = record === 5;
    for (let missing = 1; missing < 1 << sectors; missing++) {
      const damaged = bytes.slice();
      for (let sector = 0; sector < sectors; sector++) {
        if (missing & (1 << sector)) damaged.fill(0, start + sector * SECTOR, start + (sector + 1) * SECTOR);
      }
      const outcome = await restartOn(t, disk, damaged);
      if (isLast) {
        if (outcome.kind !== "recovered" || outcome.entries !== 4)
          t.fail(`missing ${missing}: ${JSON.stringify(outcome)}`);
        // What the torn write left is erased, so that the next record goes over zeros again.
        t.true(
          disk
            .contents(segment(1))
            .subarray(start)
            .every((byte) => byte === 0),
        );
      } else {
        t.is(outcome.kind, "refused");
      }
    }
  }
});

test("a rotten last record is refused even if the value in it is all zeros", async (t) => {
  const disk = await emptyDisk();
  await writeLog(disk, { hardState: hardState(1), entries: [command(1, 1, new Uint8Array(5000))] });
  const bytes = disk.contents(segment(1));
  bytes[4000] = (bytes[4000] ?? 0) ^ 1;
  t.is((await restartOn(t, disk, bytes)).kind, "refused");
});

test("a torn record with anything behind it is refused", async (t) => {
  const { disk, offsets, bytes } = await sample();
  const damaged = bytes.slice().fill(0, (offsets[5] ?? 0) + SECTOR, offsets[6]);
  damaged[60_000] = 1;
  t.is((await restartOn(t, disk, damaged)).kind, "refused");
});

test("PITFALLS 44: a record copied over another, or behind the last one, is refused", async (t) => {
  const { disk, offsets, bytes } = await sample();
  const third = bytes.slice(offsets[3], offsets[4]);
  for (const target of [offsets[1], offsets[6]]) {
    const damaged = bytes.slice();
    damaged.set(third, target);
    t.is((await restartOn(t, disk, damaged)).kind, "refused");
  }
});

test("PITFALLS 44: the records of another log's segment are refused, and so is a segment under another's name", async (t) => {
  const [one, other] = [await sample(), await sample()];
  const mixed = one.bytes.slice();
  mixed.set(other.bytes.subarray(SECTOR), SECTOR);
  t.is((await restartOn(t, one.disk, mixed)).kind, "refused");
  one.disk.tamper(segment(1), () => one.bytes);
  one.disk.tamper(segment(2), () => one.bytes.slice());
  await t.throwsAsync(reopen(one.disk), {
    code: "corrupt",
    message: /segment 1 under the name of segment 2/,
  });
});

test("PITFALLS 43: a torn record before a segment that was begun after it is rot: refused", async (t) => {
  const disk = await emptyDisk();
  await writeLog(
    disk,
    { hardState: hardState(1), entries: commands(1, 2, 1, 40_000) },
    { entries: commands(2, 3, 1, 40_000) },
    { entries: commands(3, 4, 1) },
  );
  const [bytes, next] = [disk.contents(segment(1)), disk.contents(segment(2))];
  // The record in segment 1 loses a sector: whether segment 2 is whole, or only a part of its first record
  // is, it was begun later.
  for (const begun of [
    next,
    next.slice().fill(0, 2 * SECTOR),
    next
      .slice()
      .fill(0, SECTOR, 2 * SECTOR)
      .fill(0, 8192),
  ]) {
    disk.tamper(segment(1), () => bytes.slice().fill(0, 4096, 4608));
    disk.tamper(segment(2), () => begun.slice());
    await t.throwsAsync(reopen(disk), { name: "StorageError", code: "corrupt", message: /offset \d+/ });
  }
  // Without a trace of a later write, it may have been the last one.
  disk.tamper(segment(1), () => bytes.slice().fill(0, 4096, 4608));
  disk.tamper(segment(2), () => next.slice().fill(0, SECTOR));
  disk.lose(segment(3));
  const { recovered, notes } = await reopen(disk);
  t.deepEqual(recovered.entries, []);
  t.is(notes.length, 1);
});

test("records lost from the end of a segment are noticed by the number of the next one", async (t) => {
  const disk = await emptyDisk();
  const records = [1, 2, 3, 4, 5, 6].map((index) => ({
    hardState: hardState(1),
    entries: commands(index, index + 1, 1, 15_000),
  }));
  await writeLog(disk, ...records);
  const end = disk.contents(segment(1)).findLastIndex((byte) => byte !== 0) + 1;
  const bytes = disk.contents(segment(1));
  for (let from = end - SECTOR; from > end - 16 * 1024; from -= SECTOR) {
    disk.tamper(segment(1), () => bytes.slice().fill(0, from));
    await t.throwsAsync(reopen(disk), { name: "StorageError", code: "corrupt" });
  }
});

test("PITFALLS 47: a segment of a newer format is refused and every file stays byte-identical", async (t) => {
  const { disk, bytes, offsets } = await sample();
  // A torn tail in the first segment and a leftover would be put in order, were it not for the newer format
  // in the second.
  disk.tamper(segment(1), () => bytes.slice().fill(0, (offsets[5] ?? 0) + SECTOR));
  disk.tamper(segment(2), (old) => {
    const newer = old.slice();
    newer[8] = 2;
    return newer;
  });
  await (await disk.open("/log/0000000000000003.wal.new", "create")).close();
  const before = disk.paths().map((file) => [file, disk.contents(file)]);
  await t.throwsAsync(reopen(disk), {
    name: "StorageError",
    code: "unknown-format",
    message: /format version 2/,
  });
  t.deepEqual(
    disk.paths().map((file) => [file, disk.contents(file)]),
    before,
  );
});

test("random garbage is refused or changes nothing, and never ends in anything but a StorageError", async (t) => {
  const { disk, bytes } = await sample();
  const random = seededRandom(7);
  for (let round = 0; round < 500; round++) {
    const damaged = bytes.slice();
    const at = random.below(round % 2 === 0 ? 8000 : damaged.length);
    for (let count = random.below(1000); count >= 0; count--) damaged[at + count] = random.below(256);
    const outcome = await restartOn(t, disk, damaged);
    if (outcome.kind === "recovered" && outcome.entries !== 5)
      t.fail(`round ${round}: ${outcome.entries} entries`);
  }
  t.pass();
});

test("records whose checksums hold, but which contradict each other, are refused", async (t) => {
  const disk = await emptyDisk();
  await writeLog(disk, { hardState: hardState(2), entries: commands(1, 3, 2) });
  const { log } = await openLog(disk);
  await persist(log, { entries: commands(3, 4, 9) });
  await log.close();
  await t.throwsAsync(reopen(disk, NO_SNAPSHOT), { code: "corrupt", message: /term 9/ });
});
