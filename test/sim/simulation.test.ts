import test from "ava";
import { type SimulationReport, simulate } from "./simulation.js";

/** More are run by hand and by `.ci/run`: `npm run sim -- --seeds 10000`. */
const BATCHES = 10;
const SEEDS_A_BATCH = 20;

/** Much happens in it: crashes, failing disks, elections. */
const SEED = 3;
/**
 * Of that seed. It changes whenever behaviour does, and then it is replaced by what the test says; what it must
 * not do is differ between machines and versions of Node.
 */
const HASH = "df98994f8f59fb9b";

for (let batch = 0; batch < BATCHES; batch++) {
  const first = 1 + batch * SEEDS_A_BATCH;
  test.serial(`a whole cluster keeps its promises with the seeds from ${first} on`, async (t) => {
    const reports: SimulationReport[] = [];
    for (let seed = first; seed < first + SEEDS_A_BATCH; seed++) {
      try {
        reports.push(await simulate(seed));
      } catch (error) {
        throw new Error(`replay: npm run sim -- --seed ${seed} --trace`, { cause: error });
      }
    }
    // The runs were worth something.
    const sum = (of: (report: SimulationReport) => number): number =>
      reports.reduce((total, report) => total + of(report), 0);
    t.true(reports.every(({ steps }) => steps >= 20_000));
    t.true(sum(({ done }) => done) > 100 * SEEDS_A_BATCH);
    t.true(sum(({ crashes }) => crashes) > SEEDS_A_BATCH);
    t.true(sum(({ snapshotsTaken }) => snapshotsTaken) > 10 * SEEDS_A_BATCH);
    t.true(sum(({ snapshotsInstalled }) => snapshotsInstalled) > SEEDS_A_BATCH);
  });
}

test.serial("a seed decides the whole run, on every machine and version of Node", async (t) => {
  const lines: string[] = [];
  const { hash } = await simulate(SEED, (line) => lines.push(line));
  t.is(hash, HASH);
  t.is((await simulate(SEED)).hash, hash);
  t.not((await simulate(SEED + 1)).hash, hash);
  t.true(lines.length > 1000);
});
