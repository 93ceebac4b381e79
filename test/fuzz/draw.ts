/** Draws from the one stream of random numbers that decides a case. */
import { type Random, seededRandom } from "../../src/base/random.js";

/** Where integers go wrong: around the ends of varints, words, and what JavaScript can count. */
const EDGES = [
  0,
  1,
  127,
  128,
  16_383,
  16_384,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 16,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 52 - 1,
  2 ** 52,
  2 ** 52 + 1,
  Number.MAX_SAFE_INTEGER - 1,
  Number.MAX_SAFE_INTEGER,
];

export class Draw {
  readonly #random: Random;

  /** `seed` below 2²¹, `number` below 2³². */
  constructor(options: { readonly seed: number; readonly number: number }) {
    this.#random = seededRandom(options.seed * 2 ** 32 + options.number);
  }

  /** A whole number in [0, bound). */
  below(bound: number): number {
    return this.#random.below(bound);
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  /** Mostly a small one, which may mean something; sometimes one from the edges of what there is. */
  integer(smallMax: number): number {
    return this.once(12) ? this.pick(EDGES) : this.below(smallMax + 1);
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at++) bytes[at] = this.below(256);
    return bytes;
  }
}
