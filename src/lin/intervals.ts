/**
 * Draws intervals of time as bars, one above the other. Every beginning and every end has a column of its own, in order of time, so
 * that it shows which of them overlap, however much longer one takes than another.
 */

export interface Interval {
  readonly start: number;
  /** Null: it is not known whether it ever ends. */
  readonly end: number | null;
}

interface Event {
  readonly at: number;
  readonly time: number;
  readonly isEnd: boolean;
}

/** Of more, the bars would be wider than a terminal. */
const EVENTS_MAX = 32;
const COLUMNS_PER_EVENT = 2;

/** One bar each, such as `  |---|`, or `|-?` without an end; none at all where there are too many to be drawn. */
export function drawIntervals(intervals: readonly Interval[]): string[] {
  const events = intervals.flatMap(({ start, end }, at): Event[] => [
    { at, time: start, isEnd: false },
    ...(end === null ? [] : [{ at, time: end, isEnd: true }]),
  ]);
  if (events.length > EVENTS_MAX) return [];
  // What touches counts as overlapping.
  events.sort((a, b) => a.time - b.time || Number(a.isEnd) - Number(b.isEnd));
  return intervals.map(({ end }, at) => {
    const columnOf = (isEnd: boolean): number =>
      events.findIndex((event) => event.at === at && event.isEnd === isEnd) * COLUMNS_PER_EVENT;
    const from = columnOf(false);
    const to = end === null ? events.length * COLUMNS_PER_EVENT : columnOf(true);
    return `${" ".repeat(from)}|${"-".repeat(to - from - 1)}${end === null ? "?" : "|"}`;
  });
}
