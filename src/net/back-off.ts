/** Growing, jittered pauses between attempts to reach a member. Owns no timer. */
import type { Random } from "../base/random.js";

const FIRST_MS = 10;
export const BACK_OFF_MAX_MS = 1000;

export class BackOff {
  readonly #random: Random;
  #ceilingMs = FIRST_MS;

  constructor(random: Random) {
    this.#random = random;
  }

  /**
   * The pause before the next attempt: between half of the ceiling and all of it, so that members
   * that fell together do not dial together; the ceiling doubles each time, up to a second.
   */
  nextMs(): number {
    const half = this.#ceilingMs >>> 1;
    const pauseMs = half + this.#random.below(this.#ceilingMs - half + 1);
    this.#ceilingMs = Math.min(this.#ceilingMs * 2, BACK_OFF_MAX_MS);
    return pauseMs;
  }

  reset(): void {
    this.#ceilingMs = FIRST_MS;
  }
}
