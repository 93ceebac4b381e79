/** How long the members' event loops stand still while snapshots of many keys are taken under load. */
import type { Bench } from "../bench.js";
import { LoopDelays } from "../measure/loop-delay.js";
import { pidsOf } from "../system.js";
import type { Finding } from "./finding.js";

const KEYS = 1_000_000;
const VALUE_BYTES = 100;
const WORKERS = 64;
/** Some snapshots long, at any speed. */
const SECONDS = 30;

export async function measurePauses(bench: Bench): Promise<readonly Finding[]> {
  if (!bench.systems.includes("kvraft")) return [];
  const delays = new LoopDelays();
  const keys = Math.ceil(KEYS * bench.options.scale);
  const found = await bench.with(
    "kvraft",
    async (cluster) => {
      await bench.fill(cluster, { keys, valueBytes: VALUE_BYTES });
      await delays.take(pidsOf(cluster));
      const load = { operation: "put", workers: WORKERS, keys, valueBytes: VALUE_BYTES } as const;
      const result = await bench.load(cluster, { ...load, warmSeconds: 0, seconds: SECONDS });
      const members = await delays.take(pidsOf(cluster));
      bench.record({ kind: "pauses", keys, members, ...result });
      return members;
    },
    delays.life,
  );
  const name = `event-loop delay under load, ${keys} keys snapshotted`;
  return [
    {
      name: `${name}: p99.9`,
      unit: "ms",
      values: { kvraft: found.map(({ p999Ms }) => p999Ms) },
      mark: { atMost: 20, of: "worst" },
    },
    { name: "  the longest", unit: "ms", values: { kvraft: found.map(({ maxMs }) => maxMs) }, mark: null },
  ];
}
