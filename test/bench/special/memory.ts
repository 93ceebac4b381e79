/** What each member takes to hold so many keys: the largest of the members, a moment after they were written. */
import { setTimeout as pause } from "node:timers/promises";
import type { Bench } from "../bench.js";
import { residentMiB } from "../measure/memory.js";
import type { SystemName } from "../system.js";
import type { Finding } from "./finding.js";

const VALUE_BYTES = 100;
const SETTLE_MS = 5000;
const CASES = [
  { keys: 100_000, markMiB: 100 },
  { keys: 1_000_000, markMiB: 300 },
] as const;

export async function measureMemory(bench: Bench): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { keys: unscaled, markMiB } of CASES) {
    const keys = Math.ceil(unscaled * bench.options.scale);
    const values: Partial<Record<SystemName, readonly number[]>> = {};
    for (const system of bench.systems) values[system] = [await memberMiB(bench, system, keys)];
    const name = `memory: ${keys} keys of 16 + ${VALUE_BYTES} bytes`;
    findings.push({ name, unit: "MiB", values, mark: { atMost: markMiB, of: "worst" } });
  }
  return findings;
}

function memberMiB(bench: Bench, system: SystemName, keys: number): Promise<number> {
  return bench.with(system, async (cluster) => {
    const emptyMiB = cluster.members.map(({ pid }) => residentMiB(pid));
    const { perSecond } = await bench.fill(cluster, { keys, valueBytes: VALUE_BYTES });
    await pause(SETTLE_MS);
    const fullMiB = cluster.members.map(({ pid }) => residentMiB(pid));
    bench.record({ kind: "memory", system, keys, valueBytes: VALUE_BYTES, emptyMiB, fullMiB, perSecond });
    bench.progress(`memory ${system} ${keys}: ${fullMiB.map((mib) => mib.toFixed(0)).join(" ")} MiB`);
    return Math.max(...fullMiB);
  });
}
