/**
 * A subset of 0, 1, … size - 1 in ascending order. Taking a member out and putting it back costs a few
 * assignments (Knuth's dancing links), if they are put back in the reverse order.
 */
export class LiveList {
  /** One past the last member; what {@link after} answers when there are no more. */
  readonly size: number;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;

  constructor(size: number, isMember: (at: number) => boolean) {
    this.size = size;
    this.#next = new Int32Array(size + 1).fill(size);
    this.#previous = new Int32Array(size + 1).fill(size);
    for (let at = 0, last = size; at < size; at++) {
      if (!isMember(at)) continue;
      this.#next[last] = at;
      this.#previous[at] = last;
      this.#previous[size] = at;
      last = at;
    }
  }

  /** The first member, or `size`. */
  first(): number {
    return this.#next[this.size] as number;
  }

  /** The member after member `at`, or `size`. Also answers for a member just taken out. */
  after(at: number): number {
    return this.#next[at] as number;
  }

  takeOut(at: number): void {
    const previous = this.#previous[at] as number;
    const next = this.#next[at] as number;
    this.#next[previous] = next;
    this.#previous[next] = previous;
  }

  putBack(at: number): void {
    this.#next[this.#previous[at] as number] = at;
    this.#previous[this.#next[at] as number] = at;
  }
}
