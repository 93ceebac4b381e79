/**
 * The keys of one run. A few are at work at a time, and each for some hundred operations only, because what it takes to find the smallest
 * contradiction grows faster than the history of a key.
 */
import type { Random } from "../../base/random.js";

const OPERATIONS_PER_KEY = 500;

interface Slot {
  key: string;
  left: number;
}

export class ScratchKeys {
  /** All that were ever given out or may be next. */
  readonly all: string[] = [];
  readonly #prefix: string;
  readonly #slots: readonly Slot[];

  /** Nobody else has keys that begin with `prefix`. */
  constructor(prefix: string, atATime: number) {
    this.#prefix = prefix;
    this.#slots = Array.from({ length: atATime }, () => this.#newSlot());
  }

  /** One of those at work. */
  draw(random: Random): string {
    const slot = this.#slots[random.below(this.#slots.length)] as Slot;
    if (slot.left === 0) Object.assign(slot, this.#newSlot());
    slot.left--;
    return slot.key;
  }

  #newSlot(): Slot {
    const key = `${this.#prefix}${this.all.length + 1}`;
    this.all.push(key);
    return { key, left: OPERATIONS_PER_KEY };
  }
}
