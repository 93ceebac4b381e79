/**
 * How long a follower that was killed takes from being started to its first answer to a linearizable read through its own
 * port, with all that it had on disk.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Bench } from "../bench.js";
import { aFollower, type BenchCluster, type SystemName } from "../system.js";
import type { Finding } from "./finding.js";

const AWAY_MS = 2000;
const CASES = [
  { keys: 100_000, valueBytes: 256, markSeconds: 0.35 },
  { keys: 1_000_000, valueBytes: 100, markSeconds: 2 },
] as const;

export async function measureRestart(bench: Bench): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { keys: unscaled, valueBytes, markSeconds } of CASES) {
    const keys = Math.ceil(unscaled * bench.options.scale);
    const values: Partial<Record<SystemName, readonly number[]>> = {};
    for (const system of bench.systems) {
      values[system] = await bench.with(system, async (cluster) => {
        await bench.fill(cluster, { keys, valueBytes });
        return restarts(bench, cluster, { keys, valueBytes });
      });
    }
    const name = `restart: a follower, ${keys} keys of 16 + ${valueBytes} bytes`;
    findings.push({ name, unit: "s", values, mark: { atMost: markSeconds, of: "median" } });
  }
  return findings;
}

async function restarts(
  bench: Bench,
  cluster: BenchCluster,
  data: { readonly keys: number; readonly valueBytes: number },
): Promise<readonly number[]> {
  const values: number[] = [];
  for (let trial = 1; trial <= bench.options.rounds; trial++) {
    const seconds = await restartSeconds(cluster);
    values.push(seconds);
    bench.record({ kind: "restart", system: cluster.system, ...data, trial, seconds });
    bench.progress(`restart ${cluster.system} ${data.keys} ${trial}: ${seconds.toFixed(3)} s`);
  }
  return values;
}

async function restartSeconds(cluster: BenchCluster): Promise<number> {
  const follower = await aFollower(cluster);
  await follower.end("SIGKILL");
  await pause(AWAY_MS);
  const startedMs = performance.now();
  await Promise.all([follower.start(), follower.serving()]);
  return (performance.now() - startedMs) / 1000;
}
