/** Reads on their way out: so many at a time, in the order in which they came. */
import type { Call } from "./call.js";
import { Fifo } from "./fifo.js";

/** A member stops reading from a connection with 4096 unanswered requests. */
const READS_MAX = 512;

export class ReadLane {
  readonly #route: (call: Call) => void;
  /** May hold settled calls. */
  readonly #queue = new Fifo<Call>();
  #underWay = 0;

  constructor(route: (call: Call) => void) {
    this.#route = route;
  }

  add(call: Call): void {
    this.#queue.push(call);
  }

  /** Sends what the limit allows. */
  admit(): void {
    while (this.#underWay < READS_MAX) {
      const call = this.#queue.shift();
      if (call === undefined) return;
      if (call.settled) continue;
      call.admitted = true;
      this.#underWay++;
      this.#route(call);
    }
  }

  /** The call is settled: its place is free. */
  release(call: Call): void {
    if (call.admitted) this.#underWay--;
    call.admitted = false;
  }
}
