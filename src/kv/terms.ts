/**
 * The terms of log indexes that keys bear: from which index on each term holds. A key keeps indexes alone, and a term goes from
 * here with the last key that bears an index of it, so that there are at most twice as many as keys, and in
 * practice a handful, however many elections there were.
 */
import { assert } from "../base/assert.js";
import type { LogPosition } from "./command.js";

/** Index 0, which stands for what is not known, has term 0, and so has what lies before all of `starts`. */
export function termAt(starts: readonly LogPosition[], index: number): number {
  return starts[placeOf(starts, index)]?.term ?? 0;
}

export class Terms {
  #starts: readonly LogPosition[] = [];
  /** By place in `#starts`: how many times keys bear an index of that term. */
  #held: number[] = [];

  /** Ascending, indexes and terms alike. Never changes: what comes later is another array. */
  get starts(): readonly LogPosition[] {
    return this.#starts;
  }

  /** Of a snapshot, before anything is held. */
  restore(starts: readonly LogPosition[]): void {
    assert(this.#starts.length === 0, "terms are restored once, and first");
    this.#starts = starts;
    this.#held = starts.map(() => 0);
  }

  /** A key bears the last index of the log that was applied. */
  holdNewest({ index, term }: LogPosition): void {
    const last = this.#starts.length - 1;
    if (this.#starts[last]?.term === term) {
      this.#held[last] = (this.#held[last] as number) + 1;
      return;
    }
    // Up to now it was the newest one, and stayed for what might yet come.
    const kept = this.#held[last] === 0 ? last : last + 1;
    this.#starts = [...this.#starts.slice(0, kept), { index, term }];
    this.#held[kept] = 1;
  }

  /** A key bears `index`. False: its term is not known here. */
  hold(index: number): boolean {
    if (index === 0) return true;
    const place = placeOf(this.#starts, index);
    if (place < 0) return false;
    this.#held[place] = (this.#held[place] as number) + 1;
    return true;
  }

  /** A key bears `index` no longer. */
  release(index: number): void {
    if (index === 0) return;
    const place = placeOf(this.#starts, index);
    const held = (this.#held[place] as number) - 1;
    assert(held >= 0, "what is released was held");
    this.#held[place] = held;
    if (held > 0 || place === this.#starts.length - 1) return;
    this.#starts = this.#starts.toSpliced(place, 1);
    this.#held.splice(place, 1);
  }
}

/** Of the last start that is not behind `index`; −1: there is none. */
function placeOf(starts: readonly LogPosition[], index: number): number {
  let low = 0;
  let high = starts.length;
  // Nearly always it is the newest.
  if (high > 0 && index >= (starts[high - 1] as LogPosition).index) return high - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] as LogPosition).index <= index) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
