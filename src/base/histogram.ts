/**
 * How often which value came, in buckets whose width grows with the value: eight to each doubling, so that a quantile is off by an
 * eighth at most, whatever the range. The idea is that of HdrHistogram.
 */
import { assert } from "./assert.js";

/** Eight buckets of one value each, then eight to a doubling, up to 2³² − 1. */
export const HISTOGRAM_BUCKETS = 240;
const VALUE_MAX = 2 ** 32 - 1;

/** What was counted. Trailing zeros of `buckets` may be missing. */
export interface HistogramCounts {
  readonly count: number;
  readonly sum: number;
  /** The greatest value, or one close above it. */
  readonly max: number;
  readonly buckets: ArrayLike<number>;
}

export const NO_COUNTS: HistogramCounts = { count: 0, sum: 0, max: 0, buckets: [] };

export class Histogram implements HistogramCounts {
  count = 0;
  sum = 0;
  max = 0;
  readonly buckets = new Float64Array(HISTOGRAM_BUCKETS);

  /** `value` came `times` times. Whole numbers are counted: what is between is rounded down, what is outside moved to the edge. */
  record(value: number, times = 1): void {
    const counted = Math.min(VALUE_MAX, Math.max(0, Math.floor(value)));
    this.count += times;
    this.sum += counted * times;
    if (counted > this.max) this.max = counted;
    const bucket = bucketOf(counted);
    this.buckets[bucket] = (this.buckets[bucket] ?? 0) + times;
  }
}

/** The least value that the part `q` of all values does not exceed; 0 where nothing was counted. */
export function quantile({ count, max, buckets }: HistogramCounts, q: number): number {
  const rank = Math.max(1, Math.ceil(q * count));
  let below = 0;
  for (let bucket = 0; bucket < buckets.length; bucket++) {
    const here = buckets[bucket] ?? 0;
    if (here > 0 && below + here >= rank) {
      const { low, width } = rangeOf(bucket);
      // As if the values of a bucket were spread evenly over it.
      return Math.min(max, low + Math.floor((width - 1) * ((rank - below) / here)));
    }
    below += here;
  }
  return 0;
}

/** How many values were below each of `edges`: ascending, and each the least value of a bucket, so that the answer is exact. */
export function countsBelow({ buckets }: HistogramCounts, edges: readonly number[]): readonly number[] {
  let bucket = 0;
  let below = 0;
  return edges.map((edge) => {
    for (; rangeOf(bucket).low < edge; bucket++) below += buckets[bucket] ?? 0;
    assert(rangeOf(bucket).low === edge, "a bucket begins at the edge");
    return below;
  });
}

/** What came after `earlier`, of the same histogram, had been looked at. */
export function countsSince(later: HistogramCounts, earlier: HistogramCounts): HistogramCounts {
  // It began anew in between.
  if (later.count < earlier.count) return later;
  const buckets = Array.from(later.buckets, (count, bucket) =>
    Math.max(0, count - (earlier.buckets[bucket] ?? 0)),
  );
  const top = buckets.findLastIndex((count) => count > 0);
  const range = top < 0 ? null : rangeOf(top);
  return {
    count: later.count - earlier.count,
    sum: Math.max(0, later.sum - earlier.sum),
    max: range === null ? 0 : Math.min(later.max, range.low + range.width - 1),
    buckets,
  };
}

/** The values that a bucket counts are [low, low + width). */
export function rangeOf(bucket: number): { readonly low: number; readonly width: number } {
  if (bucket < 8) return { low: bucket, width: 1 };
  const width = 2 ** ((bucket >> 3) - 1);
  return { low: (8 + (bucket & 7)) * width, width };
}

function bucketOf(value: number): number {
  if (value < 8) return value;
  const exponent = 31 - Math.clz32(value);
  return (exponent - 2) * 8 + ((value >>> (exponent - 3)) & 7);
}
