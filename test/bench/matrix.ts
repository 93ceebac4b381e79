/**
 * The rows of the matrix, round by round: fresh clusters of all systems for each round, and each row on one system
 * right after the other, so that slow spells of a shared machine meet both.
 */
import type { Bench } from "./bench.js";
import type { LoadResult } from "./load/job.js";
import { type Disturbance, disturbanceBetween, surroundings } from "./measure/cpu.js";
import { syncedWritesPerSecond } from "./measure/disk.js";
import type { MatrixRow } from "./rows.js";
import { formatNumber } from "./statistics.js";
import { type BenchCluster, pidsOf, type SystemName } from "./system.js";

export interface Measurement extends LoadResult, Disturbance {
  readonly round: number;
  readonly row: string;
  readonly system: SystemName;
  /** Of 4 KiB, synced, just before. */
  readonly diskWritesPerSecond: number;
  /** Something else was at work, or there were errors; in every earlier try, too. */
  readonly disturbed: boolean;
  readonly tries: number;
}

const TRIES_MAX = 4;
const FOREIGN_CORES_MAX = 0.1;
const STEAL_PERCENT_MAX = 1.5;
const DISK_PROBE_MS = 1000;

export async function measureMatrix(bench: Bench): Promise<readonly Measurement[]> {
  const measurements: Measurement[] = [];
  const { rounds, matrix, keys, valueBytes } = bench.options;
  for (let round = 1; round <= rounds; round++) {
    const clusters = await Promise.all(bench.systems.map((system) => bench.start(system)));
    for (const cluster of clusters) await bench.fill(cluster, { keys, valueBytes });
    for (const row of matrix) {
      for (const cluster of clusters) {
        const measurement = await measureRow(bench, { clusters, cluster, row, round });
        measurements.push(measurement);
        bench.record({ kind: "matrix", ...measurement });
      }
    }
    for (const cluster of clusters) await cluster.stop();
  }
  return measurements;
}

interface RowPlace {
  readonly clusters: readonly BenchCluster[];
  readonly cluster: BenchCluster;
  readonly row: MatrixRow;
  readonly round: number;
}

/** Measures until nothing disturbed it, or until it has been tried often enough: then the least disturbed try counts. */
async function measureRow(bench: Bench, place: RowPlace): Promise<Measurement> {
  let best: Measurement | null = null;
  let failure: unknown = null;
  for (let tries = 1; tries <= TRIES_MAX; tries++) {
    try {
      const measurement = { ...(await measureOnce(bench, place)), tries };
      bench.progress(describe(measurement));
      if (best === null || severity(measurement) < severity(best)) best = measurement;
      if (!measurement.disturbed || bench.options.toleratesNoise) break;
    } catch (error) {
      // Another member leads now, or a connection broke: the next try finds the leader anew.
      failure = error;
      bench.progress(`${place.row.name} ${place.cluster.system}: ${String(error)}`);
    }
  }
  if (best === null) throw failure;
  return best;
}

async function measureOnce(bench: Bench, place: RowPlace): Promise<Omit<Measurement, "tries">> {
  const { clusters, cluster, row, round } = place;
  const { seconds, warmSeconds, keys, valueBytes } = bench.options;
  const diskWritesPerSecond = syncedWritesPerSecond(bench.workshop.directory, DISK_PROBE_MS);
  const ours = new Set([process.pid, ...clusters.flatMap(pidsOf)]);
  const before = surroundings(ours);
  const { operation, workers } = row;
  const result = await bench.load(cluster, { operation, workers, keys, valueBytes, warmSeconds, seconds });
  const disturbance = disturbanceBetween(before, surroundings(ours));
  const disturbed =
    result.errors > 0 ||
    disturbance.foreignCores > FOREIGN_CORES_MAX ||
    disturbance.stealPercent > STEAL_PERCENT_MAX;
  return {
    round,
    row: row.name,
    system: cluster.system,
    diskWritesPerSecond,
    ...result,
    ...disturbance,
    disturbed,
  };
}

/** Errors are worse than any company. */
function severity({ errors, foreignCores, stealPercent }: Measurement): number {
  return 1e6 * errors + foreignCores / FOREIGN_CORES_MAX + stealPercent / STEAL_PERCENT_MAX;
}

function describe(measurement: Measurement): string {
  const { round, row, system, perSecond, p50Ms, p99Ms, errors, lastError } = measurement;
  const { serverMicrosPerOperation, clientMicrosPerOperation } = measurement;
  const { foreignCores, stealPercent, diskWritesPerSecond, disturbed } = measurement;
  const figures = [
    `round ${round} ${row} ${system}: ${formatNumber(perSecond)}/s`,
    `p50 ${formatNumber(p50Ms)} p99 ${formatNumber(p99Ms)} ms`,
    `servers ${formatNumber(serverMicrosPerOperation)} client ${formatNumber(clientMicrosPerOperation)} us`,
    `disk ${formatNumber(diskWritesPerSecond)}/s`,
    `others ${formatNumber(foreignCores)} cores, steal ${formatNumber(stealPercent)} %`,
  ];
  if (errors > 0) figures.push(`${errors} ERRORS, the last: ${lastError}`);
  if (disturbed) figures.push("DISTURBED");
  return figures.join("  ");
}
