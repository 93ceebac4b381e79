/**
 * The window of AppendEntries that are on their way to one follower: bounded in messages and
 * in bytes, so that a slow follower costs a bounded amount of memory in the links (PITFALLS 55).
 * A ring of fixed size; nothing is allocated per message.
 */
import { assert } from "../base/assert.js";
import type { RaftLimits } from "./limits.js";

export class Inflights {
  readonly #bytesMax: number;
  readonly #lastIndexes: Float64Array;
  readonly #sizes: Float64Array;
  #head = 0;
  #count = 0;
  #bytes = 0;

  constructor(limits: Pick<RaftLimits, "inflightMessagesMax" | "inflightBytesMax">) {
    this.#bytesMax = limits.inflightBytesMax;
    this.#lastIndexes = new Float64Array(limits.inflightMessagesMax);
    this.#sizes = new Float64Array(limits.inflightMessagesMax);
  }

  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** No further message may leave until one is acknowledged. */
  get full(): boolean {
    return this.#count === this.#lastIndexes.length || this.#bytes >= this.#bytesMax;
  }

  /** One more message is on its way, ending with the entry at `lastIndex`. They ascend. */
  add(message: { lastIndex: number; bytes: number }): void {
    assert(!this.full, "the window is full");
    const slot = (this.#head + this.#count) % this.#lastIndexes.length;
    this.#lastIndexes[slot] = message.lastIndex;
    this.#sizes[slot] = message.bytes;
    this.#count++;
    this.#bytes += message.bytes;
  }

  /** Everything up to `matchIndex` has arrived. */
  freeTo(matchIndex: number): void {
    while (this.#count > 0 && (this.#lastIndexes[this.#head] ?? 0) <= matchIndex) {
      this.#bytes -= this.#sizes[this.#head] ?? 0;
      this.#head = (this.#head + 1) % this.#lastIndexes.length;
      this.#count--;
    }
  }

  clear(): void {
    this.#head = 0;
    this.#count = 0;
    this.#bytes = 0;
  }
}
