/**
 * How long ago what is applied here was last complete: held all that had been committed, as far as a leader could tell. Only for
 * readers who ask for no more than that; nothing in consensus rests on it. Counts ticks, and what was under way on the network
 * counts nothing.
 */

/** All that was committed `ageTicks` ago lies at or before `index`. */
export interface CompleteMark {
  readonly index: number;
  readonly ageTicks: number;
}

export class Freshness {
  #behindTicks: number | null = null;
  /** The next mark to be reached. */
  #mark: CompleteMark | null = null;

  tick(): void {
    if (this.#behindTicks !== null) this.#behindTicks++;
    if (this.#mark !== null) this.#mark = { ...this.#mark, ageTicks: this.#mark.ageTicks + 1 };
  }

  /** A leader says so, oneself perhaps. */
  told(mark: CompleteMark, lastApplied: number): void {
    this.#settle(lastApplied);
    // While more and more is committed the older mark stays, which is reached first.
    if (this.#mark === null || mark.index <= this.#mark.index) this.#mark = mark;
  }

  /** Since what is applied was complete; null: it has not been since this member started. */
  behindTicks(lastApplied: number): number | null {
    this.#settle(lastApplied);
    return this.#behindTicks;
  }

  #settle(lastApplied: number): void {
    if (this.#mark === null || this.#mark.index > lastApplied) return;
    this.#behindTicks = Math.min(this.#behindTicks ?? Number.POSITIVE_INFINITY, this.#mark.ageTicks);
    this.#mark = null;
  }
}
