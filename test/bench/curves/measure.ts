/**
 * How the cost of puts and of linearizable gets grows, with members, values, clients and keys. Each point is taken on one system
 * right after the other. Clusters are fresh wherever a point needs other members, other values or other keys.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Bench } from "../bench.js";
import { leastDisturbed, type Sample, takeSample } from "../sample.js";
import { formatNumber } from "../statistics.js";
import type { BenchCluster, SystemName } from "../system.js";
import type { CurveName } from "./names.js";
import { type CurveStep, holdsFor, type Setting, stepsOf } from "./settings.js";

export const CURVE_OPERATIONS = ["put", "get"] as const;
export type CurveOperation = (typeof CURVE_OPERATIONS)[number];

/** Where a point lies, and what its figures are. */
export interface CurvePoint extends Pick<Sample, "perSecond" | "p99Ms" | "errors" | "disturbed"> {
  readonly curve: CurveName;
  readonly at: number;
  readonly operation: CurveOperation;
  readonly system: SystemName;
}

/** Snapshots that a fill has begun are written in this time, mostly. */
const SETTLE_MS = 2000;

/** A point that could not be taken is left out, so that what was measured before it is not lost. */
export async function measureCurves(
  bench: Bench,
  curves: readonly CurveName[],
): Promise<readonly CurvePoint[]> {
  const stand = new Stand(bench);
  const points: CurvePoint[] = [];
  for (const curve of curves) {
    for (const step of stepsOf(curve, bench.options)) {
      try {
        const clusters = await stand.clustersFor(step.setting);
        for (const operation of CURVE_OPERATIONS) {
          for (const cluster of clusters) {
            const point = await measurePoint(bench, { clusters, cluster, curve, step, operation });
            if (point !== null) points.push(point);
          }
        }
      } catch (error) {
        bench.progress(`${curve} ${step.at}: no clusters: ${String(error)}`);
        await stand.clear();
      }
    }
  }
  await stand.clear();
  return points;
}

/** The clusters that stand at the moment, filled, and with what. */
class Stand {
  readonly #bench: Bench;
  #clusters: BenchCluster[] = [];
  #setting: Setting | null = null;

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  async clustersFor(setting: Setting): Promise<readonly BenchCluster[]> {
    if (this.#setting !== null && holdsFor(this.#setting, setting)) return this.#clusters;
    await this.clear();
    const { members, keys, valueBytes } = setting;
    for (const system of this.#bench.systems) {
      const cluster = await this.#bench.start(system, {}, members);
      this.#clusters.push(cluster);
      const { seconds } = await this.#bench.fill(cluster, { keys, valueBytes });
      this.#bench.progress(`${members} of ${system} filled with ${keys} keys in ${formatNumber(seconds)} s`);
    }
    await pause(SETTLE_MS);
    this.#setting = setting;
    return this.#clusters;
  }

  async clear(): Promise<void> {
    this.#setting = null;
    for (const cluster of this.#clusters.splice(0)) await cluster.stop();
  }
}

interface PointPlace {
  readonly clusters: readonly BenchCluster[];
  readonly cluster: BenchCluster;
  readonly curve: CurveName;
  readonly step: CurveStep;
  readonly operation: CurveOperation;
}

async function measurePoint(bench: Bench, place: PointPlace): Promise<CurvePoint | null> {
  const { cluster, curve, operation } = place;
  const { at, setting } = place.step;
  const { system } = cluster;
  const { clients: workers, keys, valueBytes } = setting;
  const { seconds, warmSeconds } = bench.options;
  const job = { operation, workers, keys, valueBytes, seconds, warmSeconds };
  try {
    const name = `${curve} ${at} ${operation} ${system}`;
    const sample = await leastDisturbed(bench, name, () => takeSample(bench, place, job));
    bench.record({ kind: "curve", curve, at, operation, system, setting, ...sample });
    const { perSecond, p99Ms, errors, disturbed } = sample;
    return { curve, at, operation, system, perSecond, p99Ms, errors, disturbed };
  } catch {
    return null; // What went wrong was said at each try.
  }
}
