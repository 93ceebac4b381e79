/** Draws from one stream of a seed. Streams are independent: more draws in one change nothing in another. */
import { assert } from "../../src/base/assert.js";
import { type Random, seededRandom } from "../../src/base/random.js";

/** Who draws from which stream; members, their lives and clients take theirs from these on. */
export const STREAM = {
  plan: 0,
  network: 1,
  clientNetwork: 2,
  nemesis: 3,
  liveness: 4,
  hiding: 99,
  reader: 5,
  readFrom: 6,
  member: 1000,
  client: 2000,
  life: 10_000,
} as const;

export class Dice implements Random {
  readonly #random: Random;

  /** `stream` in [0, 2²⁰), `seed` in [0, 2³²). */
  constructor(seed: number, stream: number) {
    this.#random = seededRandom(seed + stream * 2 ** 32);
  }

  uint32(): number {
    return this.#random.uint32();
  }

  below(bound: number): number {
    return this.#random.below(bound);
  }

  /** Both ends included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** As `between`, but each order of magnitude is equally likely: mostly small, now and then large. */
  skewed(least: number, most: number): number {
    let reach = Math.max(1, most - least);
    while (reach > 1 && this.chance(60)) reach = Math.ceil(reach / 4);
    return least + this.below(reach + 1);
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.below(choices.length)];
    assert(choice !== undefined, "there is something to pick from");
    return choice;
  }

  shuffled<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let at = result.length - 1; at > 0; at--) {
      const other = this.below(at + 1);
      [result[at], result[other]] = [result[other] as T, result[at] as T];
    }
    return result;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }
}
