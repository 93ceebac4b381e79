/** `failover`: the leader is killed. `handover`: it is asked to stop, and may hand its leadership on. */
import type { Bench } from "../bench.js";
import type { SystemName } from "../system.js";
import type { Finding } from "./finding.js";
import { interrupt } from "./interruption.js";

/** Of the trials: etcd's gaps are more than a second, and much alike. */
const ETCD_SHARE = 1 / 3;
const FAILOVER_MEDIAN_MS = 300;
const FAILOVER_WORST_MS = 1500;
const HANDOVER_MS = 50;

export async function measureFailover(bench: Bench): Promise<readonly Finding[]> {
  const values = await gapsMs(bench, "failover", "SIGKILL");
  const name = "failover: longest gap after kill -9";
  const worst = Object.fromEntries(
    bench.systems.map((system) => [system, [Math.max(...(values[system] ?? []))]]),
  );
  return [
    { name, unit: "ms", values, mark: { atMost: FAILOVER_MEDIAN_MS, of: "median" } },
    {
      name: "  the worst of them",
      unit: "ms",
      values: worst,
      mark: { atMost: FAILOVER_WORST_MS, of: "worst" },
    },
  ];
}

export async function measureHandover(bench: Bench): Promise<readonly Finding[]> {
  const values = await gapsMs(bench, "handover", "SIGTERM");
  const name = "handover: longest gap after SIGTERM";
  return [{ name, unit: "ms", values, mark: { atMost: HANDOVER_MS, of: "median" } }];
}

async function gapsMs(bench: Bench, kind: string, signal: NodeJS.Signals): Promise<Finding["values"]> {
  const values: Partial<Record<SystemName, number[]>> = {};
  for (const system of bench.systems) {
    const share = system === "etcd" ? ETCD_SHARE : 1;
    const trials = Math.ceil(share * bench.options.trials);
    const gaps: number[] = [];
    values[system] = gaps;
    await bench.with(system, async (cluster) => {
      for (let trial = 1; trial <= trials; trial++) {
        const interruption = await interrupt(cluster, signal);
        gaps.push(interruption.gapMs);
        bench.record({ kind, system, trial, ...interruption });
        bench.progress(`${kind} ${system} ${trial}: ${interruption.gapMs.toFixed(1)} ms`);
      }
    });
  }
  return values;
}
