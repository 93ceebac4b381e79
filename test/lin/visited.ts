/**
 * The configurations that a search has seen. One that can do no more than another that was seen need not be tried. Forgets
 * the older half when there are too many: that costs time, never a wrong verdict.
 */

export interface Configuration {
  /** Of the steps under way at this deadline, in a fixed order, one character each: see {@link Status}. */
  readonly statuses: string;
  /** For each excuse of a remove, how many steps were called by then; ascending. */
  readonly credits: readonly number[];
  /** The steps of unknown outcome that took effect: two characters each, ascending. */
  readonly consumed: string;
}

/**
 * What became of a step: it took effect, or else is a read that waits, a remove that waits, a write that waits, or
 * a write that waits and need not take effect.
 */
export const STATUS = { done: "d", read: "r", remove: "m", write: "w", covered: "c" } as const;

const SIZE_MAX = 2 ** 26;
const OVERHEAD = 100;

export class Visited {
  #young = new Map<string, Configuration[]>();
  #old = new Map<string, Configuration[]>();
  #youngSize = 0;

  /**
   * Whether `configuration` can do more than each that was seen at the same place; only then it is remembered.
   * `underWay` are the numbers of the steps that its statuses speak of.
   */
  add(place: string, underWay: readonly number[], configuration: Configuration): boolean {
    const doesMore = (other: Configuration): boolean => dominates(other, configuration, underWay);
    if (this.#young.get(place)?.some(doesMore) || this.#old.get(place)?.some(doesMore)) return false;
    const size = OVERHEAD + configuration.statuses.length + configuration.consumed.length;
    if (this.#youngSize + size > SIZE_MAX / 2) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngSize = 0;
    }
    this.#youngSize += size;
    const seen = this.#young.get(place);
    if (seen === undefined) this.#young.set(place, [configuration]);
    else seen.push(configuration);
    return true;
  }
}

/** Whether every future of `b` is possible for `a`. */
function dominates(a: Configuration, b: Configuration, underWay: readonly number[]): boolean {
  const credits = [...b.credits];
  for (let at = 0; at < a.statuses.length; at++) {
    const has = a.statuses[at];
    if (has === b.statuses[at] || has === STATUS.covered) continue;
    if (has === STATUS.done && b.statuses[at] === STATUS.read) continue;
    if (has !== STATUS.remove) return false;
    // It needs a credit that `b` did not need.
    credits.push((underWay[at] as number) + 1);
  }
  if (credits.length > a.credits.length) return false;
  credits.sort((x, y) => y - x);
  if (credits.some((called, rank) => (a.credits.at(-1 - rank) as number) < called)) return false;
  return isSubset(a.consumed, b.consumed);
}

function isSubset(a: string, b: string): boolean {
  if (a.length >= b.length) return a === b;
  for (let at = 0, in_b = 0; at < a.length; at += 2, in_b += 2) {
    const member = a.slice(at, at + 2);
    while (in_b < b.length && b.slice(in_b, in_b + 2) < member) in_b += 2;
    if (b.slice(in_b, in_b + 2) !== member) return false;
  }
  return true;
}
