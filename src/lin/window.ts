/**
 * Explains why a history of one key is illegal: cuts it at the first answer that made it so, then
 * forgets what is known of operations, the oldest first, wherever the rest stays illegal.
 */
import { Decision } from "./decision.js";
import type { Operation } from "./operation.js";
import type { SearchResult } from "./search.js";
import type { TimelineEntry } from "./timeline.js";
import type { Window } from "./verdict.js";

/** What takes longer counts as legal here: the window may then be larger than it need be, never wrong. */
const STEPS_MAX = 60_000;
/** The same, of all searches together. */
const STEPS_IN_ALL_MAX = 400_000;

/** Beyond, also that is left out which matters only as the source of a value: every put of a value put often. */
const OPERATIONS_MAX = 12;

/** Yields now and then: see `checkInSlices`. */
type Asking<T> = Generator<void, T, void>;
type Predicate = (entries: readonly TimelineEntry[]) => Asking<boolean>;

/** How many moves are tried between two yields. */
const SLICE_STEPS = 1000;

/**
 * `history` is of one key and illegal; `initial` is the value before it, null for none. `furthest`: how many answers, in
 * order of time, a search could account for; a guess where to look.
 */
export function* smallestWindow(
  history: readonly Operation[],
  initial: string | null,
  furthest: number,
): Asking<Window> {
  let stepsLeft = STEPS_IN_ALL_MAX;
  const isIllegal: Predicate = function* (entries) {
    if (stepsLeft <= 0) return false;
    const decision = new Decision(entries, initial);
    const stepsMax = Math.min(STEPS_MAX, stepsLeft);
    let result: SearchResult | null = null;
    while (result === null && decision.steps < stepsMax) {
      result = decision.run(Math.min(SLICE_STEPS, stepsMax - decision.steps));
      yield;
    }
    stepsLeft -= decision.steps;
    return result === "illegal";
  };
  const prefix = yield* shortestPrefix(history, furthest, isIllegal);
  const recent = yield* forgetOld(prefix, isIllegal);
  // Reads first: what is left is then quick to search.
  recent.sort((a, b) => rankOf(a.operation) - rankOf(b.operation) || a.operation.start - b.operation.start);
  const needed = yield* weaken(recent, "nothing", isIllegal);
  const shown =
    needed.filter(isShown).length > OPERATIONS_MAX ? yield* weaken(needed, "interval", isIllegal) : needed;
  const window = shown.filter(isShown).map(({ operation }) => operation);
  return window.sort((a, b) => a.start - b.start);
}

const rankOf = ({ op }: Operation): number => (op === "get" ? 0 : 1);
const isShown = ({ known }: TimelineEntry): boolean => known === "outcome" || known === "call";

/** What is illegal stays so, however it goes on: so the first answer that makes it so can be searched for. */
function* shortestPrefix(
  history: readonly Operation[],
  furthest: number,
  isIllegal: Predicate,
): Asking<TimelineEntry[]> {
  const ends = history.map(({ end }) => end).filter((end) => end !== null);
  ends.sort((a, b) => a - b);
  const prefix = (rank: number): TimelineEntry[] => prefixUntil(history, ends[rank] as number);
  // From the guess in growing strides, back or forth, and then by bisection.
  const last = ends.length - 1;
  let from = 0;
  let to = last;
  let guess = furthest;
  for (let stride = 1; from < to; stride *= 2) {
    guess = Math.max(from, Math.min(to - 1, guess));
    if (yield* isIllegal(prefix(guess))) to = guess;
    else from = guess + 1;
    if (from === 0) guess = to - stride;
    else if (to === last) guess = from + stride;
    else guess = Math.floor((from + to) / 2);
  }
  return prefix(to);
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

/** Knows nothing but of the last ones that were called, as few as will do; mostly it takes a few. */
function* forgetOld(entries: readonly TimelineEntry[], isIllegal: Predicate): Asking<TimelineEntry[]> {
  const ordered = [...entries].sort((a, b) => a.operation.start - b.operation.start);
  for (let kept = 16; kept < ordered.length; kept *= 2) {
    const recent = ordered.map((entry, at) =>
      at < ordered.length - kept ? { ...entry, known: "nothing" as const } : entry,
    );
    if (yield* isIllegal(recent))
      return recent.filter((entry) => isShown(entry) || entry.operation.op !== "get");
  }
  return ordered;
}

/**
 * Knows no more than `known` of as many entries as possible, the oldest first, by halves. An entry that turned out
 * to be needed stays needed as more is forgotten, so one pass is enough.
 */
function* weaken(
  entries: readonly TimelineEntry[],
  known: "interval" | "nothing",
  isIllegal: Predicate,
): Asking<TimelineEntry[]> {
  const result = [...entries];
  const weakenRange = function* (from: number, to: number): Asking<void> {
    const before = result.slice(from, to);
    const weaker = before.map((entry) => (isShown(entry) ? { ...entry, known } : entry));
    result.splice(from, to - from, ...weaker);
    if (!before.some(isShown) || (yield* isIllegal(result))) return;
    result.splice(from, to - from, ...before);
    if (to - from === 1) return;
    const middle = Math.floor((from + to) / 2);
    yield* weakenRange(from, middle);
    yield* weakenRange(middle, to);
  };
  yield* weakenRange(0, result.length);
  return result;
}
