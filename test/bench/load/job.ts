/** What the load generator is told on its command line, and what it answers on stdout: one line of JSON each. */

export interface LoadJob {
  readonly system: "kvraft" | "etcd";
  /** HOST:PORT of the member that all connections go to. */
  readonly address: string;
  readonly operation: Operation;
  /** Closed loops: each sends its next request when the last is answered. */
  readonly workers: number;
  readonly keys: number;
  readonly valueBytes: number;
  readonly warmSeconds: number;
  readonly seconds: number;
  /** Of the members: whose processor time is measured. */
  readonly pids: readonly number[];
}

/** `fill` writes each key once and ends; `mix` is nine gets to one put. Gets are linearizable. */
export type Operation = "put" | "get" | "mix" | "fill";

export interface LoadResult {
  readonly operations: number;
  readonly errors: number;
  /** Empty where there was none. */
  readonly lastError: string;
  readonly seconds: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
  /** Of all members together. */
  readonly serverMicrosPerOperation: number;
  readonly clientMicrosPerOperation: number;
}
