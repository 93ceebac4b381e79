/**
 * The configurations that a search has seen. One that can do no more than another that was seen need not be tried. Forgets
 * the older half when there are too many: that costs time, never a wrong verdict.
 */

import { isSubset, type NumberSet } from "./number-set.js";

/** A configuration of a search, as far as it matters to what can follow. */
export interface Seen {
  /** Configurations can only stand for each other if this is equal. */
  readonly place: string;
  /** The steps under way at the deadline. */
  readonly underWay: readonly number[];
  /** What became of each of them, one character each: see {@link STATUS}. */
  readonly statuses: string;
  /** For each excuse of a remove, how many steps were called by then; ascending. */
  readonly credits: readonly number[];
  /** The steps of unknown outcome that took effect and may still be read: a {@link NumberSet}. */
  readonly consumed: NumberSet;
  /** How many more of unknown outcome took effect. */
  readonly unread: number;
}

/**
 * What became of a step: it took effect, or else is a read that waits, a remove that waits, a write that waits, or
 * a write that waits and need not take effect.
 */
export const STATUS = { done: "d", read: "r", remove: "m", write: "w", covered: "c" } as const;

const SIZE_MAX = 2 ** 28;
const OVERHEAD_BYTES = 200;

/** With how many at its place a configuration is compared: the more, the less likely that it pays. */
const COMPARED_MAX = 100;

export class Visited {
  #young = new Generation();
  #old = new Generation();

  /** Remembers `seen`; false if that, or one that can do as much, was seen before. */
  add(seen: Seen): boolean {
    if (this.#young.covers(seen) || this.#old.covers(seen)) return false;
    if (this.#young.size > SIZE_MAX / 2) {
      this.#old = this.#young;
      this.#young = new Generation();
    }
    this.#young.add(seen);
    return true;
  }
}

class Generation {
  /** In bytes, about. */
  size = 0;
  readonly #exact = new Set<string>();
  /** By place: the last ones seen there. */
  readonly #recent = new Map<string, Seen[]>();

  covers(seen: Seen): boolean {
    if (this.#exact.has(keyOf(seen))) return true;
    return this.#recent.get(seen.place)?.some((other) => dominates(other, seen)) ?? false;
  }

  add(seen: Seen): void {
    const key = keyOf(seen);
    this.#exact.add(key);
    this.size += OVERHEAD_BYTES + 2 * key.length;
    const recent = this.#recent.get(seen.place);
    if (recent === undefined) this.#recent.set(seen.place, [seen]);
    else recent[recent.length < COMPARED_MAX ? recent.length : this.#exact.size % COMPARED_MAX] = seen;
  }
}

function keyOf({ place, statuses, credits, consumed, unread }: Seen): string {
  return `${place};${statuses};${credits.join()};${unread};${consumed}`;
}

/** Whether every future of `b` is possible for `a`. */
function dominates(a: Seen, b: Seen): boolean {
  const credits = [...b.credits];
  for (let at = 0; at < a.statuses.length; at++) {
    const has = a.statuses[at];
    if (has === b.statuses[at] || has === STATUS.covered) continue;
    if (has === STATUS.done && b.statuses[at] === STATUS.read) continue;
    if (has !== STATUS.remove) return false;
    // It needs a credit that `b` did not need.
    credits.push((a.underWay[at] as number) + 1);
  }
  if (credits.length > a.credits.length) return false;
  credits.sort((x, y) => y - x);
  if (credits.some((called, rank) => (a.credits.at(-1 - rank) as number) < called)) return false;
  return a.unread <= b.unread && isSubset(a.consumed, b.consumed);
}
