/**
 * Values that gather until somebody takes them all at once, in the order they came.
 */

const NOTHING: readonly never[] = [];

export class Batch<T> {
  #values: T[] = [];

  get isEmpty(): boolean {
    return this.#values.length === 0;
  }

  push(value: T): void {
    this.#values.push(value);
  }

  /** Hands everything over; the array is the caller's. */
  take(): readonly T[] {
    if (this.#values.length === 0) return NOTHING;
    const values = this.#values;
    this.#values = [];
    return values;
  }

  clear(): void {
    if (this.#values.length > 0) this.#values = [];
  }
}
