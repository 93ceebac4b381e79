/** What a run of the benchmark is asked to do, from its options. */
import { parseSize } from "../../base/units.js";
import { VALUE_BYTES_MAX } from "../../wire/limits.js";
import { argumentBytes } from "../argument-bytes.js";
import { usageError } from "../failure.js";
import { duration as durationOf, wholeNumber } from "../option-values.js";

export const WORKLOADS = ["put", "get", "append", "mixed"] as const;
export type Workload = (typeof WORKLOADS)[number];

export interface BenchFlags {
  readonly clients: string;
  readonly duration?: string;
  readonly total?: string;
  readonly valueBytes: string;
  readonly keys: string;
  readonly rate?: string;
  readonly getPercent: string;
  readonly prefix: string;
  readonly keep?: true;
  readonly force?: true;
  readonly killLeader?: string;
}

export interface Plan {
  readonly workload: Workload;
  readonly clients: number;
  /** One of the two is infinite. */
  readonly durationMs: number;
  readonly total: number;
  readonly valueBytes: number;
  readonly keys: number;
  /** Null: each client sends when it has its answer. */
  readonly ratePerSecond: number | null;
  /** How many of a hundred operations are gets. */
  readonly getPercent: number;
  readonly prefix: Uint8Array;
  readonly keep: boolean;
  readonly force: boolean;
  /** Null: nobody is killed. */
  readonly leaderPid: number | null;
}

export const DEFAULTS = {
  workload: "put",
  clients: "16",
  duration: "10s",
  valueBytes: "256",
  keys: "10000",
  getPercent: "50",
  prefix: "bench/",
} as const;

const DURATION = { command: "bench", option: "--duration" } as const;
const CLIENTS_MAX = 1000;
export const KEYS_MAX = 10_000_000;
const TOTAL_MAX = 1e12;
const RATE_MAX = 1e6;
const PID_MAX = 2 ** 22;

/** @throws CliError 64 */
export function planOf(workload: Workload, flags: BenchFlags): Plan {
  const { duration, total, rate, prefix, killLeader } = flags;
  if (duration !== undefined && total !== undefined)
    throw usageError("--duration and --total exclude each other", "bench");
  if (prefix === "") throw usageError("--prefix: the keys of a benchmark need one", "bench");
  const byPercent = { get: 100, mixed: whole("--get-percent", flags.getPercent, 0, 100), put: 0, append: 0 };
  return {
    workload,
    clients: whole("--clients", flags.clients, 1, CLIENTS_MAX),
    durationMs:
      total === undefined ? durationOf(duration ?? DEFAULTS.duration, DURATION) : Number.POSITIVE_INFINITY,
    total: total === undefined ? Number.POSITIVE_INFINITY : whole("--total", total, 1, TOTAL_MAX),
    valueBytes: sizeOf(flags.valueBytes),
    keys: whole("--keys", flags.keys, 1, KEYS_MAX),
    ratePerSecond: rate === undefined ? null : whole("--rate", rate.replace(/\/s$/, ""), 1, RATE_MAX),
    getPercent: byPercent[workload],
    prefix: argumentBytes(prefix),
    keep: flags.keep === true,
    force: flags.force === true,
    leaderPid: killLeader === undefined ? null : whole("--kill-leader", killLeader, 2, PID_MAX),
  };
}

function whole(option: string, text: string, least: number, most: number): number {
  return wholeNumber(text, { command: "bench", option, least, most });
}

function sizeOf(text: string): number {
  const bytes = parseSize(text);
  if (bytes !== null && bytes <= VALUE_BYTES_MAX) return bytes;
  throw usageError(`--value-bytes: ${JSON.stringify(text)} is not a size such as 256 or 4KiB`, "bench");
}
