import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import { type Random, seededRandom } from "../../src/base/random.js";
import { StorageError } from "../../src/storage/storage-error.js";
import {
  command,
  commands,
  comparable,
  Driver,
  hardState,
  lastIndexOf,
  type Model,
  metadata,
  NEW_MODEL,
  randomRecord,
  recoveredModel,
  snapshotBytes,
} from "./driver.js";
import { type Fate, SimulatedDisk } from "./simulated-disk.js";

const BIG = 20_000;

/**
 * One life of a member with everything in it that touches the disk: several segments, a rewrite, both kinds
 * of snapshot.
 */
async function life(driver: Driver): Promise<void> {
  await driver.persist({ hardState: hardState(1, "n1") });
  await driver.persist({ entries: commands(1, 4, 1, BIG) });
  await driver.persist({
    hardState: hardState(2, null, 2),
    entries: [command(3, 2), ...commands(4, 7, 2, BIG)],
  });
  await driver.persist({ entries: commands(7, 8, 2, 3 * BIG) });
  await driver.snapshot(4, [new Uint8Array(100).fill(1), new Uint8Array(3000).fill(2)]);
  await driver.persist({ hardState: hardState(2, "n1", 7), entries: commands(8, 9, 2, 4 * BIG) });
  await driver.persist({ entries: commands(9, 12, 2, BIG) });
  await driver.snapshot(9);
  await driver.persist({ hardState: hardState(3, null, 9), entries: [] });
  await driver.install(metadata(20, 3), LEADERS_FILE);
  await driver.persist({ hardState: hardState(3, null, 20), entries: commands(21, 24, 3, BIG) });
  await driver.persist({ entries: commands(24, 27, 3, BIG) });
  await driver.storage.close();
}

const LEADERS_FILE = snapshotBytes(metadata(20, 3), [new Uint8Array(5000).fill(7)]);

/**
 * A disk on which some operations take much longer than others, so that what runs side by side meets in every
 * order.
 */
function simulatedDisk(random: Random): SimulatedDisk {
  const later = (turns: number, run: () => void): void => {
    queueMicrotask(turns === 0 ? run : () => later(turns - 1, run));
  };
  return new SimulatedDisk({
    random,
    schedule: (run) => later(random.below(4) === 0 ? random.below(60) : 0, run),
  });
}

interface Outcome {
  readonly driver: Driver | null;
  readonly error: unknown;
}

/** Runs a life until it ends, a fault ends it, or the power is lost. */
async function live(disk: SimulatedDisk): Promise<Outcome> {
  let driver: Driver | null = null;
  const run = async (): Promise<unknown> => {
    try {
      driver = await Driver.open(disk, NEW_MODEL);
      await life(driver);
      return null;
    } catch (error) {
      return error;
    }
  };
  const error = await Promise.race([run(), disk.crashed.then(() => null)]);
  return { driver, error };
}

/** Boots what power loss left and holds it against what was promised. */
async function boot(
  t: ExecutionContext,
  disk: SimulatedDisk,
  promised: Pick<Driver, "before" | "after"> | null,
  when: string,
): Promise<Driver> {
  const before = promised?.before ?? NEW_MODEL;
  const after = promised?.after ?? NEW_MODEL;
  const driver = await Driver.open(disk, before).catch((error: Error) => {
    throw new Error(`${when}: ${error.message}`);
  });
  const found = JSON.stringify(recoveredModel(driver.storage));
  const isAfter = found === JSON.stringify(comparable(after));
  if (!isAfter && found !== JSON.stringify(comparable(before))) {
    t.fail(
      `${when}: found ${found.slice(0, 300)}, promised ${JSON.stringify(comparable(before)).slice(0, 300)}`,
    );
  }
  driver.before = isAfter ? after : before;
  driver.after = driver.before;
  return driver;
}

/** Operations of a life without accidents. */
async function countOperations(): Promise<number> {
  const disk = simulatedDisk(seededRandom(1));
  const { error } = await live(disk);
  if (error !== null) throw error;
  return disk.operations;
}

function at(number: number, fate: Fate): (operation: { readonly number: number }) => Fate {
  return (operation) => (operation.number === number ? fate : "proceed");
}

test("PITFALLS 17, 20, 23: power loss at any step of a life leaves a directory that boots with all that was acknowledged", async (t) => {
  const operations = await countOperations();
  t.true(operations > 100);
  for (let number = 1; number <= operations; number++) {
    for (let seed = 0; seed < 4; seed++) {
      const random = seededRandom(number * 100 + seed);
      const disk = simulatedDisk(random);
      disk.fate = at(number, "crash");
      const { driver, error } = await live(disk);
      if (error !== null) throw error;
      const booted = await boot(t, disk.restart(), driver, `power loss at operation ${number}, seed ${seed}`);
      await booted.persist({
        hardState: hardState(9, "n1"),
        entries: [command(lastIndexOf(booted.before) + 1, 9)],
      });
      await booted.storage.close();
    }
  }
  t.pass();
});

test("power loss while starting after power loss changes nothing of that", async (t) => {
  const operations = await countOperations();
  for (let number = 1; number <= operations; number += 3) {
    const random = seededRandom(number);
    let disk = simulatedDisk(random);
    disk.fate = at(number, "crash");
    const { driver } = await live(disk);
    for (let attempt = 0; attempt < 4; attempt++) {
      disk = disk.restart();
      disk.fate = at(1 + random.below(30), "crash");
      const started = Driver.open(disk, NEW_MODEL).then(
        () => disk.crash(),
        (error: Error) =>
          t.fail(`start ${attempt} after power loss at operation ${number}: ${error.message}`),
      );
      await Promise.race([started, disk.crashed]);
    }
    const booted = await boot(
      t,
      disk.restart(),
      driver,
      `several starts after power loss at operation ${number}`,
    );
    await booted.storage.close();
  }
  t.pass();
});

for (const fate of ["EIO", "ENOSPC"] as const) {
  test(`PITFALLS 45: ${fate} at any operation is reported once, nothing is acknowledged after it, and a restart is clean`, async (t) => {
    const operations = await countOperations();
    for (let number = 1; number <= operations; number++) {
      const disk = simulatedDisk(seededRandom(number));
      disk.fate = at(number, fate);
      const { driver, error } = await live(disk);
      const when = `${fate} at operation ${number}`;
      const told = error instanceof StorageError ? error.code === "io" : driver?.faults[0]?.code === "io";
      // What runs in the background may be less in another order: then the last operations are never begun.
      if (!told && disk.operations >= number) t.fail(`${when} went unnoticed: ${error}`);
      if (driver !== null && driver.faults.length > 1)
        t.fail(`${when} was reported ${driver.faults.length} times`);
      if (driver?.acknowledgedAfterFault) t.fail(`${when}: a record was acknowledged after the fault`);
      disk.crash();
      const booted = await boot(t, disk.restart(), driver, when);
      await booted.storage.close();
    }
    t.pass();
  });
}

test("whatever is written and whenever the power goes, again and again, nothing acknowledged is lost", async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.nat(2 ** 31), async (seed) => {
      const random = seededRandom(seed);
      let disk = simulatedDisk(random);
      let promised: Pick<Driver, "before" | "after"> | null = null;
      for (let life = 0; life < 4; life++) {
        const driver = await boot(t, disk, promised, `seed ${seed}, life ${life}`);
        promised = driver;
        const last = disk.operations + 1 + random.below(120);
        disk.fate = at(last, "crash");
        await Promise.race([scramble(driver, random), disk.crashed]);
        disk.crash();
        disk = disk.restart();
      }
      await boot(t, disk, promised, `seed ${seed}, at the end`);
    }),
    { numRuns: 150 },
  );
  t.pass();
});

async function scramble(driver: Driver, random: Random): Promise<void> {
  for (let step = 0; step < 40; step++) {
    const choice = random.below(10);
    const { before } = driver;
    const commit = Math.max(before.hardState.commitIndex, before.snapshot.index);
    if (choice === 0 && commit > before.snapshot.index) {
      await driver.snapshot(before.snapshot.index + 1 + random.below(commit - before.snapshot.index));
    } else if (choice === 1) {
      await installSomething(driver, before, random);
    } else {
      await driver.persist(randomRecord(before, random));
    }
  }
}

/** A snapshot from a leader: within the log where it may match, or beyond it. */
async function installSomething(driver: Driver, model: Model, random: Random): Promise<void> {
  const commit = Math.max(model.hardState.commitIndex, model.snapshot.index);
  const index = commit + 1 + random.below(6);
  const term = model.entries.find((entry) => entry.index === index)?.term;
  const newTerm = Math.max(1, model.hardState.currentTerm, model.snapshot.term);
  const snapshot = metadata(index, random.below(2) === 0 ? (term ?? newTerm) : newTerm);
  await driver.install(snapshot, snapshotBytes(snapshot, [Uint8Array.of(1, 2, 3)]));
}
