/** What a metric is made of: values that are read from the member when somebody asks. Nothing is counted here. */
import { countsBelow, type HistogramCounts } from "../../base/histogram.js";
import type { ConnectionCounts } from "../../net/client-listener.js";
import type { MemberStats, PeerStats } from "../../wire/member-stats.js";

/** A member at one moment. */
export interface Reading {
  readonly stats: MemberStats;
  readonly connections: ConnectionCounts;
}

export interface Sample {
  /** Where it is not the family's name. */
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly read: (reading: Reading) => readonly Sample[];
}

export const US_PER_S = 1_000_000;
/** 16 µs to 8.4 s in doublings. Powers of two are where our own buckets begin, so nothing is guessed. */
const EDGES_US = Array.from({ length: 20 }, (_, step) => 2 ** (step + 4));

export function gauge(name: string, help: string, value: (stats: MemberStats) => number): Family {
  return {
    name: `kvraft_${name}`,
    help,
    type: "gauge",
    read: ({ stats }) => [{ labels: {}, value: value(stats) }],
  };
}

export function counter(name: string, help: string, value: (stats: MemberStats) => number): Family {
  return { ...gauge(name, help, value), type: "counter" };
}

/** One sample a member, but none where `value` is null. */
export function perPeer(
  name: string,
  help: string,
  value: (peer: PeerStats, stats: MemberStats) => number | null,
): Family {
  return {
    name: `kvraft_${name}`,
    help,
    type: "gauge",
    read: ({ stats }) =>
      stats.peers.flatMap((peer) => {
        const here = value(peer, stats);
        return here === null ? [] : [{ labels: { peer: peer.id }, value: here }];
      }),
  };
}

export function histogram(
  name: string,
  help: string,
  counts: (stats: MemberStats) => HistogramCounts,
): Family {
  const full = `kvraft_${name}`;
  return { name: full, help, type: "histogram", read: ({ stats }) => histogramSamples(full, counts(stats)) };
}

/**
 * `counts` are of microseconds rounded down, so what is below an edge was below it before, too: `le` is exact but for values
 * that are the edge itself to the last bit.
 */
function histogramSamples(name: string, counts: HistogramCounts): readonly Sample[] {
  const below = countsBelow(counts, EDGES_US);
  return [
    ...EDGES_US.map((edge, at) => ({
      metricName: `${name}_bucket`,
      labels: { le: edge / US_PER_S },
      value: below[at] ?? 0,
    })),
    { metricName: `${name}_bucket`, labels: { le: "+Inf" }, value: counts.count },
    { metricName: `${name}_sum`, labels: {}, value: counts.sum / US_PER_S },
    { metricName: `${name}_count`, labels: {}, value: counts.count },
  ];
}
