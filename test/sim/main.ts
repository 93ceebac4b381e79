/**
 * Runs simulations from a shell.
 *
 *     npm run sim -- --seed 42 [--trace]                    one run; --trace prints every event
 *     npm run sim -- --seeds 1000 [--from 1] [--jobs 2]     many; stops at the first failure
 */
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { EXIT } from "../../src/base/exit-status.js";
import { describeFailure } from "./describe.js";
import { runTasks } from "./pool.js";
import { type SimulationReport, simulate } from "./simulation.js";
import { Totals } from "./totals.js";
import type { Outcome, Task } from "./worker.js";

/** A line says how far it is, each so many seeds. */
const PROGRESS_SEEDS = 100;

await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = EXIT.usage;
});

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: "string" },
      seeds: { type: "string", default: "100" },
      from: { type: "string", default: "1" },
      jobs: { type: "string", default: String(availableParallelism()) },
      trace: { type: "boolean", default: false },
    },
  });
  if (values.seed !== undefined) await runOne(count(values.seed), values.trace);
  else
    await runMany({ from: count(values.from), seeds: count(values.seeds) }, Math.max(1, count(values.jobs)));
}

function count(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`"${text}" is not a number of seeds, jobs or of a seed`);
  return Number(text);
}

async function runOne(seed: number, trace: boolean): Promise<void> {
  try {
    const report = await simulate(seed, trace ? print : null);
    print(`${describeReport(report)}\ntrace hash ${report.hash}`);
  } catch (error) {
    fail(seed, describeFailure(error));
  }
}

async function runMany(
  range: { readonly from: number; readonly seeds: number },
  jobs: number,
): Promise<void> {
  const { from, seeds } = range;
  const startedMs = performance.now();
  const totals = new Totals();
  const tasks = Array.from({ length: seeds }, (_, at): Task => ({ seed: from + at }));
  await runTasks<Task, Outcome>(tasks, {
    worker: fileURLToPath(new URL("worker.js", import.meta.url)),
    jobs,
    onOutcome: ({ seed, report, failure }) => {
      if (report === null) {
        fail(seed, failure);
        return false;
      }
      totals.add(report);
      if (totals.seeds % PROGRESS_SEEDS === 0) print(`${totals.seeds} seeds hold`);
      return true;
    },
    gone: ({ seed }, how) => ({ seed, report: null, failure: how }),
  });
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  print(totals.describe());
  if (totals.seeds === seeds) print(`seeds ${from} to ${from + seeds - 1} hold, in ${seconds} s`);
}

function fail(seed: number, reason: string): void {
  print(`seed ${seed} FAILS: ${reason}\nreplay: npm run sim -- --seed ${seed} --trace`);
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

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
