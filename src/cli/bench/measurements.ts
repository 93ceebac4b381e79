/** What a run comes to: counts, latencies, and how long nothing succeeded. Times are milliseconds of one clock, given by the caller. */
import { Histogram, quantile } from "../../base/histogram.js";

export type OperationKind = "put" | "get" | "append";

const QUANTILES = { p50: 0.5, p95: 0.95, p99: 0.99, p999: 0.999 } as const;

export type Latencies = { readonly [Name in keyof typeof QUANTILES | "max"]: number };

/** A time without a success. */
export interface Gap {
  readonly ms: number;
  /** When it began, after the start. */
  readonly fromMs: number;
}

export interface FailOver {
  /** After the start. */
  readonly killedMs: number;
  /** From the kill to the success that ended the longest gap; null: none came. */
  readonly tookMs: number | null;
  readonly gapMs: number;
}

export interface Measured {
  /** From the start to the last answer. */
  readonly elapsedMs: number;
  readonly operations: number;
  /** Of successes, in milliseconds. */
  readonly latencies: ReadonlyMap<OperationKind, Latencies>;
  /** By the code of ClerkError. */
  readonly errors: ReadonlyMap<string, number>;
  /** So many of the errors leave it open whether the write took effect. */
  readonly outcomesUnknown: number;
  readonly longestGap: Gap;
  /** Successes in each whole second. */
  readonly perSecond: readonly number[];
  /** Null: nobody was killed. */
  readonly failOver: FailOver | null;
}

const US_PER_MS = 1000;

export class Measurements {
  readonly #startMs: number;
  /** In microseconds. */
  readonly #latencies = new Map<OperationKind, Histogram>();
  readonly #errors = new Map<string, number>();
  readonly #perSecond: number[] = [];
  #operations = 0;
  #outcomesUnknown = 0;
  #lastMs: number;
  #longestGap: Gap = { ms: 0, fromMs: 0 };
  #killedMs: number | null = null;
  #gapAfterKill: { readonly ms: number; readonly endMs: number | null } = { ms: 0, endMs: null };

  constructor(nowMs: number) {
    this.#startMs = nowMs;
    this.#lastMs = nowMs;
  }

  get operations(): number {
    return this.#operations;
  }

  success(kind: OperationKind, latencyMs: number, nowMs: number): void {
    this.#operations++;
    this.#histogramOf(kind).record(latencyMs * US_PER_MS);
    const second = Math.floor((nowMs - this.#startMs) / 1000);
    this.#perSecond[second] = (this.#perSecond[second] ?? 0) + 1;
    this.#endGap(nowMs, nowMs);
    this.#lastMs = nowMs;
  }

  failure(code: string, outcomeUnknown: boolean): void {
    this.#errors.set(code, (this.#errors.get(code) ?? 0) + 1);
    if (outcomeUnknown) this.#outcomesUnknown++;
  }

  /** The leader was killed. The gap that counts begins with the last success before. */
  killed(nowMs: number): void {
    this.#killedMs = nowMs;
  }

  end(nowMs: number): Measured {
    this.#endGap(nowMs, null);
    const elapsedMs = nowMs - this.#startMs;
    const seconds = Math.floor(elapsedMs / 1000);
    return {
      elapsedMs,
      operations: this.#operations,
      latencies: new Map([...this.#latencies].map(([kind, counts]) => [kind, latenciesOf(counts)])),
      errors: this.#errors,
      outcomesUnknown: this.#outcomesUnknown,
      longestGap: this.#longestGap,
      perSecond: Array.from({ length: seconds }, (_, second) => this.#perSecond[second] ?? 0),
      failOver: this.#failOver(),
    };
  }

  /** `successMs`: of the success that ends it; null: the run does. */
  #endGap(nowMs: number, successMs: number | null): void {
    const ms = nowMs - this.#lastMs;
    if (ms > this.#longestGap.ms) this.#longestGap = { ms, fromMs: this.#lastMs - this.#startMs };
    if (this.#killedMs !== null && ms > this.#gapAfterKill.ms) this.#gapAfterKill = { ms, endMs: successMs };
  }

  #failOver(): FailOver | null {
    if (this.#killedMs === null) return null;
    const { ms, endMs } = this.#gapAfterKill;
    const tookMs = endMs === null ? null : endMs - this.#killedMs;
    return { killedMs: this.#killedMs - this.#startMs, tookMs, gapMs: ms };
  }

  #histogramOf(kind: OperationKind): Histogram {
    const known = this.#latencies.get(kind);
    if (known !== undefined) return known;
    const histogram = new Histogram();
    this.#latencies.set(kind, histogram);
    return histogram;
  }
}

function latenciesOf(histogram: Histogram): Latencies {
  const ms = (q: number) => quantile(histogram, q) / US_PER_MS;
  const { p50, p95, p99, p999 } = QUANTILES;
  return { p50: ms(p50), p95: ms(p95), p99: ms(p99), p999: ms(p999), max: histogram.max / US_PER_MS };
}
