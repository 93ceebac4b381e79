/** A clock that moves only when told, for tests of everything that waits. */
import type { Timers } from "../../src/clerk/ports.js";

interface Alarm {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

export class VirtualTime implements Timers {
  #nowMs = 1000;
  #order = 0;
  readonly #alarms = new Set<Alarm>();

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): () => void {
    const alarm: Alarm = { atMs: this.#nowMs + delayMs, order: this.#order++, run };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  }

  /** Whether anybody waits for time to pass. */
  get idle(): boolean {
    return this.#alarms.size === 0;
  }

  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (let next = this.#next(endMs); next !== null; next = this.#next(endMs)) {
      this.#alarms.delete(next);
      this.#nowMs = next.atMs;
      next.run();
    }
    this.#nowMs = endMs;
  }

  /** Advances until `condition` holds, at most `maxMs`. How long it took; Infinity: it never held. */
  advanceUntil(condition: () => boolean, maxMs = 60_000): number {
    const startMs = this.#nowMs;
    while (!condition()) {
      const next = this.#next(startMs + maxMs);
      if (next === null) return Number.POSITIVE_INFINITY;
      this.advance(next.atMs - this.#nowMs);
    }
    return this.#nowMs - startMs;
  }

  #next(endMs: number): Alarm | null {
    let first: Alarm | null = null;
    for (const alarm of this.#alarms) {
      if (alarm.atMs > endMs) continue;
      const sooner =
        first === null || alarm.atMs < first.atMs || (alarm.atMs === first.atMs && alarm.order < first.order);
      if (sooner) first = alarm;
    }
    return first;
  }
}
