/** What the checker says of a history, and how that reads in print. */
import { unreachable } from "../../src/base/assert.js";
import type { Operation } from "./operation.js";

export interface Counts {
  readonly operations: number;
  /** Of these, how many had an unknown outcome. */
  readonly unknown: number;
  readonly keys: number;
  /** Moves that the search tried; a measure of its work. */
  readonly steps: number;
}

export type Verdict = { readonly counts: Counts } & (
  | { readonly outcome: "legal" }
  | { readonly outcome: "illegal"; readonly key: string; readonly window: Window }
  | { readonly outcome: "undecided"; readonly keys: readonly string[] }
);

/**
 * Operations that contradict each other, in order of their calls. None of them can be missed: if it were
 * not known when and how often one of them happened, or what it returned, the others could be ordered.
 */
export type Window = readonly Operation[];

/** One line, and for an illegal history a table of the window. Without a final newline. */
export function describeVerdict(verdict: Verdict): string {
  const { operations, unknown, keys, steps } = verdict.counts;
  const counts = `${operations} operations (${unknown} of unknown outcome) on ${keys} keys, ${steps} steps`;
  switch (verdict.outcome) {
    case "legal":
      return `legal: ${counts}`;
    case "undecided":
      return `undecided: ${counts}; open are ${verdict.keys.map(abbreviate).join(", ")}`;
    case "illegal": {
      const { key, window } = verdict;
      const origin = Math.min(...window.map(({ start }) => start));
      return `illegal: ${counts}\non ${abbreviate(key)} these cannot be ordered (times since ${origin}):\n${describeWindow(window)}`;
    }
    default:
      return unreachable(verdict);
  }
}

/**
 * A line for each operation, in columns: who, what, from when, until when (`?`: unknown outcome). The times count from
 * the first call of the window.
 */
export function describeWindow(window: Window): string {
  const origin = Math.min(...window.map(({ start }) => start));
  const rows = window.map((operation) => [
    `client ${operation.client}`,
    operation.op,
    describeData(operation),
    String(operation.start - origin),
    operation.end === null ? "?" : String(operation.end - origin),
  ]);
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => {
      const [who, op, data] = row.slice(0, 3).map((cell, column) => cell.padEnd(widths[column] ?? 0));
      const [start, end] = row.slice(3).map((cell, column) => cell.padStart(widths[column + 3] ?? 0));
      return `  ${who}  ${op}  ${data}  [${start}, ${end}]`;
    })
    .join("\n");
}

function describeData(operation: Operation): string {
  switch (operation.op) {
    case "put":
    case "append":
      return abbreviate(operation.value);
    case "get":
      if (operation.end === null) return "";
      return `-> ${operation.output === null ? "absent" : abbreviate(operation.output)}`;
    case "delete":
      return operation.end === null || operation.output === null ? "" : `-> ${operation.output}`;
    default:
      return unreachable(operation);
  }
}

const SHOWN_MAX = 60;

/** Both ends of a long text and its length: a value that grew by appends differs at its end. */
function abbreviate(text: string): string {
  if (text.length <= SHOWN_MAX) return JSON.stringify(text);
  const half = SHOWN_MAX / 2;
  return `${JSON.stringify(text.slice(0, half))}…${JSON.stringify(text.slice(-half))} (length ${text.length})`;
}
