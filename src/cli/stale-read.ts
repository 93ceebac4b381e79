/** `--consistency`, and what is said of a stale read: who answered, and how far behind that may be. */
import type { Command, Option } from "commander";
import type { StaleRead } from "../clerk/clerk.js";

export type Consistency = "linearizable" | "stale";

export interface ConsistencyFlag {
  readonly consistency: Consistency;
}

export function consistencyOption(program: Command): Option {
  return program
    .createOption("--consistency <linearizable|stale>", "stale: what any member has, also without a majority")
    .choices(["linearizable", "stale"])
    .default("linearizable");
}

/** For stderr. `reads`: one, or those of all pages of a scan. */
export function describeReads(reads: readonly StaleRead[]): string {
  const members = [...new Set(reads.map(({ member }) => member))].join(" and ");
  const index = Math.min(...reads.map((read) => read.index));
  const what = reads.length === 1 ? "read" : `${reads.length} reads`;
  const where = reads.length === 1 ? `index ${index}` : `from index ${index} on`;
  return `${what} from ${members}, ${describeLag(reads)}, ${where}`;
}

function describeLag(reads: readonly StaleRead[]): string {
  let worstMs = 0;
  for (const { behindMs } of reads) {
    if (behindMs === null) return "which has not caught up with a leader since it started";
    worstMs = Math.max(worstMs, behindMs);
  }
  return `up to ${worstMs} ms behind`;
}

/** As a field of a JSON document: indexes are text there. */
export function jsonRead({ member, index, behindMs }: StaleRead): object {
  return { member, index: String(index), behindMs };
}
