/**
 * Who can reach whom: between members, and between clients and members, in each direction by itself. Cut links
 * lose what is sent on them; clogged ones hold it back until a moment, and then deliver all of it.
 */
export class Links {
  readonly #cut = new Set<string>();
  readonly #cloggedUntilUs = new Map<string, number>();

  isCut(from: string, to: string): boolean {
    return this.#cut.has(`${from}>${to}`);
  }

  /** 0: not at all. */
  cloggedUntilUs(from: string, to: string): number {
    return this.#cloggedUntilUs.get(`${from}>${to}`) ?? 0;
  }

  cut(from: string, to: string): void {
    this.#cut.add(`${from}>${to}`);
  }

  mend(from: string, to: string): void {
    this.#cut.delete(`${from}>${to}`);
  }

  clog(from: string, to: string, untilUs: number): void {
    this.#cloggedUntilUs.set(`${from}>${to}`, untilUs);
  }

  /** Mends every link between two of `ends`. All other links stay as they are. */
  heal(ends: readonly string[]): void {
    for (const from of ends) {
      for (const to of ends) {
        this.#cut.delete(`${from}>${to}`);
        this.#cloggedUntilUs.delete(`${from}>${to}`);
      }
    }
  }
}
