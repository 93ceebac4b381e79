/**
 * The rows of the matrix, round by round: fresh clusters of all systems for each round, and each row on one system
 * right after the other, so that slow spells of a shared machine meet both.
 */
import type { Bench } from "./bench.js";
import { syncedWritesPerSecond } from "./measure/disk.js";
import type { MatrixRow } from "./rows.js";
import { leastDisturbed, type Sample, type SamplePlace, type Tried, takeSample } from "./sample.js";
import { formatNumber } from "./statistics.js";
import type { SystemName } from "./system.js";

export interface Measurement extends Sample, Tried {
  readonly round: number;
  readonly row: string;
  readonly system: SystemName;
  /** Of 4 KiB, synced, just before. */
  readonly diskWritesPerSecond: number;
}

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

interface RowPlace extends SamplePlace {
  readonly row: MatrixRow;
  readonly round: number;
}

function measureRow(bench: Bench, place: RowPlace): Promise<Measurement> {
  const { cluster, round } = place;
  const { name: row, operation, workers } = place.row;
  const { seconds, warmSeconds, keys, valueBytes } = bench.options;
  const { system } = cluster;
  return leastDisturbed(bench, `round ${round} ${row} ${system}`, async () => {
    const diskWritesPerSecond = syncedWritesPerSecond(bench.workshop.directory, DISK_PROBE_MS);
    bench.progress(`disk ${formatNumber(diskWritesPerSecond)}/s`);
    const job = { operation, workers, keys, valueBytes, warmSeconds, seconds };
    return { round, row, system, diskWritesPerSecond, ...(await takeSample(bench, place, job)) };
  });
}
