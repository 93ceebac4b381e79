/**
 * Finds, of the many texts that may be appended, those that lead to a value that is read. Walks the tree of values and
 * the sorted texts together, so that the cost is that of the texts that fit, not of all.
 */
import type { State, ValueTree } from "./value-tree.js";
import { ABSENT, UNSEEN } from "./value-tree.js";

/** Texts with numbers from `from` up to `to`, which share their first `depth` characters. */
interface Range {
  readonly from: number;
  readonly to: number;
  readonly depth: number;
}

export class Pieces {
  readonly #values: ValueTree;
  readonly #sorted: readonly string[];

  constructor(values: ValueTree, texts: Iterable<string>) {
    this.#values = values;
    this.#sorted = [...new Set(texts)].sort();
  }

  /** The texts that can be appended to `state` so that the result is not UNSEEN. */
  following(state: State): string[] {
    const found: string[] = [];
    if (state === UNSEEN) return found;
    const place = state === ABSENT ? this.#values.valueOf("") : state;
    if (place !== UNSEEN) this.#walk(place, { from: 0, to: this.#sorted.length, depth: 0 }, found);
    return found;
  }

  #walk(place: State, { from, to, depth }: Range, found: string[]): void {
    if (to - from === 1) {
      const text = this.#sorted[from] as string;
      if (this.#values.append(place, text.slice(depth)) !== UNSEEN) found.push(text);
      return;
    }
    // The shortest comes first; no two are equal.
    if (this.#sorted[from]?.length === depth) found.push(this.#sorted[from++] as string);
    if (from === to) return;
    for (const { code, state } of this.#values.ways(place)) {
      const first = this.#firstWith(code, { from, to, depth });
      const end = this.#firstWith(code + 1, { from: first, to, depth });
      if (first < end) this.#walk(state, { from: first, to: end, depth: depth + 1 }, found);
    }
  }

  /** By bisection, the first text of the range whose next character is `code` or more. */
  #firstWith(code: number, { from, to, depth }: Range): number {
    while (from < to) {
      const middle = Math.floor((from + to) / 2);
      if ((this.#sorted[middle] as string).charCodeAt(depth) < code) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
