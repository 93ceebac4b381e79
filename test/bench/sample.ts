/**
 * One load on one of the clusters that stand side by side, and who else used the machine meanwhile; taken again until nobody
 * did, or until it has been tried often enough.
 */
import type { Bench } from "./bench.js";
import type { LoadJob, LoadResult } from "./load/job.js";
import { type Disturbance, disturbanceBetween, surroundings } from "./measure/cpu.js";
import { formatNumber } from "./statistics.js";
import { type BenchCluster, pidsOf } from "./system.js";

export interface Sample extends LoadResult, Disturbance {
  /** Something else was at work, or there were errors. */
  readonly disturbed: boolean;
}

/** How often it was tried; in every earlier try it was disturbed, too. */
export interface Tried {
  readonly tries: number;
}

export interface SamplePlace {
  /** All that stand, so that none of them counts as somebody else. */
  readonly clusters: readonly BenchCluster[];
  readonly cluster: BenchCluster;
}

export type SampleJob = Omit<LoadJob, "system" | "address" | "pids">;

const TRIES_MAX = 4;
const FOREIGN_CORES_MAX = 0.1;
const STEAL_PERCENT_MAX = 1.5;

export async function takeSample(
  bench: Bench,
  { clusters, cluster }: SamplePlace,
  job: SampleJob,
): Promise<Sample> {
  const ours = new Set([process.pid, ...clusters.flatMap(pidsOf)]);
  const before = surroundings(ours);
  const result = await bench.load(cluster, job);
  const disturbance = disturbanceBetween(before, surroundings(ours));
  const disturbed =
    result.errors > 0 ||
    disturbance.foreignCores > FOREIGN_CORES_MAX ||
    disturbance.stealPercent > STEAL_PERCENT_MAX;
  return { ...result, ...disturbance, disturbed };
}

/** The first of what `take` gives that nothing disturbed, or the least disturbed one. Rejects when all tries do. */
export async function leastDisturbed<S extends Sample>(
  bench: Bench,
  name: string,
  take: () => Promise<S>,
): Promise<S & Tried> {
  let best: (S & Tried) | null = null;
  let failure: unknown = null;
  for (let tries = 1; tries <= TRIES_MAX; tries++) {
    try {
      const sample = { ...(await take()), tries };
      bench.progress(`${name}: ${describe(sample)}`);
      if (best === null || severity(sample) < severity(best)) best = sample;
      if (!sample.disturbed || bench.options.toleratesNoise) break;
    } catch (error) {
      // Another member leads now, or a connection broke: the next try finds the leader anew.
      failure = error;
      bench.progress(`${name}: ${String(error)}`);
    }
  }
  if (best === null) throw failure;
  return best;
}

/** Errors are worse than any company. */
function severity({ errors, foreignCores, stealPercent }: Sample): number {
  return 1e6 * errors + foreignCores / FOREIGN_CORES_MAX + stealPercent / STEAL_PERCENT_MAX;
}

function describe(sample: Sample): string {
  const { perSecond, p50Ms, p99Ms, errors, lastError, disturbed } = sample;
  const { serverMicrosPerOperation, clientMicrosPerOperation, foreignCores, stealPercent } = sample;
  const figures = [
    `${formatNumber(perSecond)}/s`,
    `p50 ${formatNumber(p50Ms)} p99 ${formatNumber(p99Ms)} ms`,
    `servers ${formatNumber(serverMicrosPerOperation)} client ${formatNumber(clientMicrosPerOperation)} us`,
    `others ${formatNumber(foreignCores)} cores, steal ${formatNumber(stealPercent)} %`,
  ];
  if (errors > 0) figures.push(`${errors} ERRORS, the last: ${lastError}`);
  if (disturbed) figures.push("DISTURBED");
  return figures.join("  ");
}
