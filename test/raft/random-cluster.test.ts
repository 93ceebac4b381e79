import test from "ava";
import { type RunReport, runRandomly } from "./random-run.js";

// More by hand: SEEDS=10000 SEED=1 npx ava dist/test/raft/random-cluster.test.js
const { SEEDS = "300", SEED = "1", STEPS = "12000" } = process.env;
const seeds = Number(SEEDS);
const firstSeed = Number(SEED);

test("random lives of clusters keep every safety property and go on when everything heals", (t) => {
  const total: Record<keyof RunReport, number> = {
    committed: 0,
    readsAnswered: 0,
    snapshotsRestored: 0,
    crashes: 0,
    highestTerm: 0,
  };
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
    try {
      const report = runRandomly(seed, Number(STEPS));
      for (const key of Object.keys(total) as (keyof RunReport)[]) total[key] += report[key];
    } catch (error) {
      t.fail(`seed ${seed}: ${error instanceof Error ? error.stack : String(error)}`);
      return;
    }
  }
  t.log(total);
  // The runs are worth something: each of these happens many times over.
  t.true(total.committed > seeds * 10);
  t.true(total.readsAnswered > seeds);
  t.true(total.crashes > seeds);
  if (seeds >= 100) t.true(total.snapshotsRestored > seeds / 10);
});
