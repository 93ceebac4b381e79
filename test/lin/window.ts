/**
 * Explains why a history of one key is illegal: cuts it at the first answer that made it so, then
 * forgets what is known of operations, the oldest first, wherever the rest stays illegal.
 */
import type { Operation } from "./operation.js";
import { Search } from "./search.js";
import { makeTimeline, type TimelineEntry } from "./timeline.js";
import type { Window } from "./verdict.js";

/** A search that takes longer counts as legal here: the window may then be larger than it need be, never wrong. */
const STEPS_MAX = 100_000;

/** `history` is of one key and illegal; `initial` is the value before it, null for none. */
export function smallestWindow(history: readonly Operation[], initial: string | null): Window {
  const isIllegal = (entries: readonly TimelineEntry[]): boolean =>
    new Search(makeTimeline(entries, initial)).run(STEPS_MAX) === "illegal";
  const entries = shortestPrefix(history, isIllegal);
  entries.sort((a, b) => a.operation.start - b.operation.start);
  forget(entries, isIllegal, { from: 0, to: entries.length });
  return entries.filter(({ known }) => known !== "nothing").map(({ operation }) => operation);
}

/** By bisection: what is illegal stays so, however it goes on. */
function shortestPrefix(
  history: readonly Operation[],
  isIllegal: (entries: readonly TimelineEntry[]) => boolean,
): TimelineEntry[] {
  const ends = history.map(({ end }) => end).filter((end) => end !== null);
  ends.sort((a, b) => a - b);
  let from = 0;
  let to = ends.length - 1;
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (isIllegal(prefixUntil(history, ends[middle] as number))) to = middle;
    else from = middle + 1;
  }
  return prefixUntil(history, ends[to] as number);
}

/** What an observer knew at `time`. */
function prefixUntil(history: readonly Operation[], time: number): TimelineEntry[] {
  return history
    .filter(({ start }) => start <= time)
    .map((operation) => {
      const ended = operation.end !== null && operation.end <= time;
      return { operation, known: ended ? "outcome" : "call" };
    });
}

/**
 * Forgets as many as possible of the entries in [from, to), by halves. Whatever turned out to be needed
 * stays needed when more is forgotten, so one pass is enough.
 */
function forget(
  entries: TimelineEntry[],
  isIllegal: (entries: readonly TimelineEntry[]) => boolean,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  const before = entries.slice(from, to);
  entries.splice(
    from,
    to - from,
    ...before.map(({ operation }) => ({ operation, known: "nothing" as const })),
  );
  if (isIllegal(entries)) return;
  entries.splice(from, to - from, ...before);
  if (to - from === 1) return;
  const middle = Math.floor((from + to) / 2);
  forget(entries, isIllegal, { from, to: middle });
  forget(entries, isIllegal, { from: middle, to });
}
