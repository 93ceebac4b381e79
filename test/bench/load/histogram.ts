/**
 * Latencies in a fixed amount of memory: buckets that are linear within each power of two, 128 of them, so that
 * a percentile is off by less than 1 %. Nothing is allocated after construction.
 */

/** Latencies are counted in sixteenths of a microsecond: 31 bits of them are 134 s. */
const UNITS_PER_MS = 16_000;
const UNITS_MAX = 2 ** 31 - 1;
const BITS = 7;
const LINEAR = 2 ** BITS;
/** One group of buckets a power of two, and the first two groups as one. */
const BUCKETS = (31 - BITS + 1) * LINEAR;

export class Histogram {
  readonly #counts = new Float64Array(BUCKETS);
  #count = 0;
  #maxMs = 0;

  get count(): number {
    return this.#count;
  }

  /** Exact. */
  get maxMs(): number {
    return this.#maxMs;
  }

  record(ms: number): void {
    const units = Math.min(UNITS_MAX, ms * UNITS_PER_MS) | 0;
    // The power of two above the linear part: by so much the value is too fine for its bucket.
    const shift = units < LINEAR ? 0 : 32 - BITS - 1 - Math.clz32(units);
    const bucket = (shift << BITS) + (units >>> shift);
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
    this.#count++;
    if (ms > this.#maxMs) this.#maxMs = ms;
  }

  /** The latency that a share of `quantile` (0 to 1) does not exceed: the middle of its bucket. 0 of nothing. */
  quantileMs(quantile: number): number {
    const rank = Math.min(this.#count, Math.floor(quantile * this.#count) + 1);
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.#counts[bucket] as number;
      if (rank > 0 && seen >= rank) return Math.min(this.#maxMs, middleMs(bucket));
    }
    return 0;
  }
}

function middleMs(bucket: number): number {
  const group = bucket >>> BITS;
  const shift = group === 0 ? 0 : group - 1;
  const from = bucket - shift * LINEAR;
  return ((from + 0.5) * 2 ** shift) / UNITS_PER_MS;
}
