/** What the checker says of a history, and how that reads in print. */
import { unreachable } from "../base/assert.js";
import { drawIntervals } from "./intervals.js";
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

/** How times read; by default as they are. */
export type TimeFormat = (time: number) => string;

/** Of more operations the first ones are shown. */
const ROWS_MAX = 40;

/**
 * A line for each operation, in columns: who, what, a bar from call to answer, and the times of these since the first call of the
 * window (`?`: unknown outcome). The bars show what came before what, not how long it took.
 */
export function describeWindow(window: Window, format: TimeFormat = String): string {
  const shown = window.slice(0, ROWS_MAX);
  const origin = Math.min(...shown.map(({ start }) => start));
  const bars = drawIntervals(shown);
  const rows = shown.map((operation, at) => [
    `client ${operation.client}`,
    operation.op,
    describeData(operation),
    ...bars.slice(at, at + 1),
    format(operation.start - origin),
    operation.end === null ? "?" : format(operation.end - origin),
  ]);
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = rows.map((row) => {
    const texts = row.slice(0, -2).map((cell, column) => cell.padEnd(widths[column] ?? 0));
    const [start, end] = row.slice(-2).map((cell, at) => cell.padStart(widths.at(at - 2) ?? 0));
    return `  ${texts.join("  ")}  [${start}, ${end}]`;
  });
  if (window.length > ROWS_MAX) lines.push(`  and ${window.length - ROWS_MAX} more`);
  return lines.join("\n");
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
export function abbreviate(text: string): string {
  if (text.length <= SHOWN_MAX) return quote(text);
  const half = SHOWN_MAX / 2;
  return `${quote(text.slice(0, half))}…${quote(text.slice(-half))} (length ${text.length})`;
}

/** JSON, in which nothing is left that a terminal would not show as it is. */
function quote(text: string): string {
  return JSON.stringify(text).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
}
