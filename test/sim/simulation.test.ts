import test from "ava";
import { type SimulationReport, simulate } from "./simulation.js";

/** Other seeds are run by hand: `npm run sim -- --seeds 1000`. */
const FIRST_SEED = 1;
const SEEDS = 20;

/**
 * Of seed 1. It changes whenever behaviour does, and then it is replaced by what the test says; what it must
 * not do is differ between machines and versions of Node.
 */
const HASH_OF_FIRST_SEED = "ab954ae653bd2ef6";

test("a whole cluster keeps its promises through lost messages, partitions, crashes and broken disks", async (t) => {
  const reports: SimulationReport[] = [];
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) reports.push(await simulate(seed));
  // The runs were worth something.
  const sum = (of: (report: SimulationReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  t.true(sum((report) => report.done) > 100 * SEEDS);
  t.true(sum((report) => report.crashes) > SEEDS);
  t.true(sum((report) => report.diskFaults) > 0);
  t.true(sum((report) => report.unknown) > 0);
  t.true(sum((report) => report.snapshotsTaken) > 10 * SEEDS);
  t.true(sum((report) => report.snapshotsInstalled) > SEEDS);
});

test("a seed decides the whole run, on every machine and version of Node", async (t) => {
  const lines: string[] = [];
  const { hash } = await simulate(FIRST_SEED, (line) => lines.push(line));
  t.is(hash, HASH_OF_FIRST_SEED);
  t.is((await simulate(FIRST_SEED)).hash, hash);
  t.not((await simulate(FIRST_SEED + 1)).hash, hash);
  t.true(lines.length > 1000);
});
