/** The rows of the matrix, and what each has to reach against etcd in the median. */
import type { Operation } from "./load/job.js";

export interface MatrixRow {
  /** `put:64`. */
  readonly name: string;
  readonly operation: Operation;
  readonly workers: number;
}

export const DEFAULT_ROWS: readonly string[] = [
  "put:1",
  "put:8",
  "put:64",
  "put:256",
  "get:1",
  "get:64",
  "get:256",
];

export interface Marks {
  /** Operations a second, times etcd's, at least. */
  readonly ratio?: number;
  /** The 99th percentile, times etcd's, at most. */
  readonly p99Ratio?: number;
  /** Processor time of all members for one operation, at most. */
  readonly serverMicros?: number;
}

export const MARKS: Readonly<Record<string, Marks>> = {
  "put:1": { ratio: 1.7 },
  "put:8": { ratio: 2.5 },
  "put:64": { ratio: 3.5, p99Ratio: 0.5, serverMicros: 60 },
  "put:256": { ratio: 4.5, p99Ratio: 0.5, serverMicros: 35 },
  "get:1": { ratio: 2 },
  "get:64": { ratio: 5 },
  "get:256": { ratio: 5 },
};

const ROW = /^(put|get|mix):([1-9]\d{0,3})$/;

/** Null where `name` is not the name of a row of the matrix. */
export function parseRow(name: string): MatrixRow | null {
  const match = ROW.exec(name);
  if (match === null) return null;
  return { name, operation: match[1] as Operation, workers: Number(match[2]) };
}
