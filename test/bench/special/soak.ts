/**
 * A long load of puts, and whether the members stay as large as they were: memory every ten seconds, and the data directories; and
 * how long their event loops stood still.
 */
import type { Bench } from "../bench.js";
import { type LoopDelay, LoopDelays } from "../measure/loop-delay.js";
import { directoryMiB, residentMiB } from "../measure/memory.js";
import { formatNumber } from "../statistics.js";
import { type BenchCluster, pidsOf } from "../system.js";
import type { Finding } from "./finding.js";

const WORKERS = 256;
const SAMPLE_MS = 10_000;
/** Memory in the last third of the time, times that in the middle third. */
const FLAT = 1.05;

interface Sample {
  readonly seconds: number;
  /** Of each member. */
  readonly residentMiB: readonly number[];
  readonly directoryMiB: readonly number[];
}

export async function measureSoak(bench: Bench): Promise<readonly Finding[]> {
  if (!bench.systems.includes("kvraft")) return [];
  const delays = new LoopDelays();
  const use = async (cluster: BenchCluster): Promise<readonly Finding[]> => {
    const samples: Sample[] = [];
    const startedMs = performance.now();
    const sample = (): void => {
      samples.push(sampleOf(cluster, (performance.now() - startedMs) / 1000));
      const last = samples.at(-1);
      bench.record({ kind: "soak-sample", ...last });
      bench.progress(
        `soak ${last?.seconds.toFixed(0)} s: ${last?.residentMiB.map(formatNumber).join(" ")} MiB`,
      );
    };
    await delays.take(pidsOf(cluster));
    sample();
    const timer = setInterval(sample, Math.min(SAMPLE_MS, (1000 * 60 * bench.options.soakMinutes) / 9));
    try {
      const { keys, valueBytes, warmSeconds, soakMinutes } = bench.options;
      const load = { operation: "put", workers: WORKERS, keys, valueBytes } as const;
      const result = await bench.load(cluster, { ...load, warmSeconds, seconds: 60 * soakMinutes });
      const members = await delays.take(pidsOf(cluster));
      bench.record({ kind: "soak", members, ...result });
      return findings(samples, members, result.perSecond);
    } finally {
      clearInterval(timer);
    }
  };
  return bench.with("kvraft", use, delays.life);
}

function sampleOf({ members }: BenchCluster, seconds: number): Sample {
  return {
    seconds,
    residentMiB: members.map(({ pid }) => residentMiB(pid)),
    directoryMiB: members.map(({ dataDir }) => directoryMiB(dataDir)),
  };
}

function findings(
  samples: readonly Sample[],
  delays: readonly LoopDelay[],
  perSecond: number,
): readonly Finding[] {
  const third = Math.floor(samples.length / 3);
  const middle = samples.slice(third, 2 * third);
  const last = samples.slice(2 * third);
  const growth = (samples[0]?.residentMiB ?? []).map(
    (_, member) => mean(last, member) / mean(middle, member),
  );
  const resident = samples.slice(1).flatMap((sample) => sample.residentMiB);
  const onDisk = samples.slice(1).flatMap((sample) => sample.directoryMiB);
  return [
    {
      name: `soak: puts a second, ${WORKERS} clients`,
      unit: "/s",
      values: { kvraft: [perSecond] },
      mark: null,
    },
    { name: "  memory of a member", unit: "MiB", values: { kvraft: resident }, mark: null },
    {
      name: "  its last third / middle third",
      unit: "",
      values: { kvraft: growth },
      mark: { atMost: FLAT, of: "worst" },
    },
    {
      name: "  longest event-loop delay of a member",
      unit: "ms",
      values: { kvraft: delays.map(({ maxMs }) => maxMs) },
      mark: { atMost: 100, of: "worst" },
    },
    { name: "  data directory of a member", unit: "MiB", values: { kvraft: onDisk }, mark: null },
  ];
}

function mean(samples: readonly Sample[], member: number): number {
  return samples.reduce((sum, sample) => sum + (sample.residentMiB[member] ?? 0), 0) / samples.length;
}
