/**
 * Runs simulations from a shell.
 *
 *     npm run sim -- --seed 42 [--trace]       one run; --trace prints every event
 *     npm run sim -- --seeds 1000 [--from 1]   many; stops at the first failure
 */
import { parseArgs } from "node:util";
import { type SimulationReport, simulate } from "./simulation.js";

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    seeds: { type: "string" },
    from: { type: "string", default: "1" },
    trace: { type: "boolean", default: false },
  },
});

if (values.seed !== undefined) await runOne(Number(values.seed), values.trace);
else await runMany(Number(values.from), Number(values.seeds ?? 100));

async function runOne(seed: number, trace: boolean): Promise<void> {
  try {
    const report = await simulate(seed, trace ? (line) => process.stdout.write(`${line}\n`) : null);
    process.stdout.write(`${describeReport(report)}\ntrace hash ${report.hash}\n`);
  } catch (error) {
    fail(seed, error);
  }
}

async function runMany(from: number, count: number): Promise<void> {
  const started = performance.now();
  for (let seed = from; seed < from + count; seed++) {
    try {
      const report = await simulate(seed);
      process.stdout.write(`${describeReport(report)}\n`);
    } catch (error) {
      fail(seed, error);
      return;
    }
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`seeds ${from} to ${from + count - 1} hold, in ${seconds} s\n`);
}

function fail(seed: number, error: unknown): void {
  const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stdout.write(`seed ${seed} FAILS: ${words}\nreplay: npm run sim -- --seed ${seed} --trace\n`);
  process.exitCode = 1;
}

function describeReport(report: SimulationReport): string {
  const { seed, members, committed, highestTerm, done, failed, unknown, virtualMs, steps } = report;
  const { crashes, diskFaults, rotten, snapshotsTaken, snapshotsInstalled } = report;
  return (
    `seed ${seed}: ${members} members, ${committed} committed in ${highestTerm} terms, ` +
    `${done} done ${failed} failed ${unknown} unknown, ${crashes} crashes ${diskFaults} disk faults ${rotten} rotten, ` +
    `${snapshotsTaken} snapshots ${snapshotsInstalled} installed, ${steps} steps in ${(virtualMs / 1000).toFixed(1)} s`
  );
}
