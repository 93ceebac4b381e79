/** What happened while the measurement was on; before and after it nothing is counted. */
import { membersCpuSeconds } from "../measure/cpu.js";
import { Histogram } from "./histogram.js";
import type { LoadResult } from "./job.js";

export class Tally {
  readonly #pids: readonly number[];
  readonly #latencies = new Histogram();
  #measuring = false;
  #errors = 0;
  #lastError = "";
  #startedMs = 0;
  #serverSeconds = 0;
  #clientMicros = 0;
  #seconds = 0;

  constructor(pids: readonly number[]) {
    this.#pids = pids;
  }

  start(): void {
    this.#measuring = true;
    this.#startedMs = performance.now();
    this.#serverSeconds = -membersCpuSeconds(this.#pids);
    this.#clientMicros = -clientMicros();
  }

  stop(): void {
    this.#measuring = false;
    this.#seconds = (performance.now() - this.#startedMs) / 1000;
    this.#serverSeconds += membersCpuSeconds(this.#pids);
    this.#clientMicros += clientMicros();
  }

  success(latencyMs: number): void {
    if (this.#measuring) this.#latencies.record(latencyMs);
  }

  /** Counts at all times: a load that fails while it warms up is worth no more. */
  failure(reason: string): void {
    this.#errors++;
    this.#lastError = reason;
  }

  result(): LoadResult {
    const operations = this.#latencies.count;
    const perOperation = operations === 0 ? 0 : 1 / operations;
    return {
      operations,
      errors: this.#errors,
      lastError: this.#lastError,
      seconds: this.#seconds,
      perSecond: operations / this.#seconds,
      p50Ms: this.#latencies.quantileMs(0.5),
      p95Ms: this.#latencies.quantileMs(0.95),
      p99Ms: this.#latencies.quantileMs(0.99),
      p999Ms: this.#latencies.quantileMs(0.999),
      maxMs: this.#latencies.maxMs,
      serverMicrosPerOperation: this.#serverSeconds * 1e6 * perOperation,
      clientMicrosPerOperation: this.#clientMicros * perOperation,
    };
  }
}

function clientMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
