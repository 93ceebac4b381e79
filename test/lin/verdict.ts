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

/** One line, and for an illegal history one more for each operation of the window. Without a final newline. */
export function describeVerdict(verdict: Verdict): string {
  const { operations, unknown, keys, steps } = verdict.counts;
  const counts = `${operations} operations (${unknown} of unknown outcome) on ${keys} keys, ${steps} steps`;
  switch (verdict.outcome) {
    case "legal":
      return `legal: ${counts}`;
    case "undecided":
      return `undecided: ${counts}; open are ${verdict.keys.map(abbreviate).join(", ")}`;
    case "illegal": {
      const lines = verdict.window.map((operation) => `\n  ${describeOperation(operation)}`);
      return `illegal: ${counts}; on ${abbreviate(verdict.key)} these cannot be ordered:${lines.join("")}`;
    }
    default:
      return unreachable(verdict);
  }
}

/** `client 3: append "k" "x" [1200, 1500]`, and for an unknown outcome `[1200, ?]`. */
export function describeOperation(operation: Operation): string {
  const { client, op, key, start, end } = operation;
  return `client ${client}: ${op} ${abbreviate(key)}${describeData(operation)} [${start}, ${end ?? "?"}]`;
}

function describeData(operation: Operation): string {
  switch (operation.op) {
    case "put":
    case "append":
      return ` ${abbreviate(operation.value)}`;
    case "get":
      if (operation.end === null) return "";
      return ` -> ${operation.output === null ? "absent" : abbreviate(operation.output)}`;
    case "delete":
      return operation.end === null || operation.output === null ? "" : ` -> ${operation.output}`;
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
