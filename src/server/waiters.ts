/**
 * The callers whose commands are in the log and not yet applied, each under the index *and* the term of
 * its entry: an index alone may come to hold another leader's entry, and its result belongs to
 * another caller (PITFALLS 39).
 *
 * Commands are proposed in index order and all have the same time limit, so one queue is
 * ordered by index and by deadline at once: no map, no timer a request.
 */
import { assert } from "../base/assert.js";
import type { Command } from "../kv/command.js";
import type { Reply } from "./replies.js";

export interface Waiter {
  readonly index: number;
  readonly term: number;
  readonly requestId: number;
  readonly reply: Reply;
  /** What the entry says, decoded when it was validated: applying need not decode it again. */
  readonly command: Command;
  /** The tick at which the caller is told that the outcome is unknown. */
  readonly deadlineTick: number;
}

/** Emptied slots at the front that are worth a move of the rest. */
const COMPACT_AT = 1024;

export class Waiters {
  #queue: (Waiter | undefined)[] = [];
  #head = 0;

  get size(): number {
    return this.#queue.length - this.#head;
  }

  /** Indexes strictly rise. */
  add(waiter: Waiter): void {
    const last = this.#queue[this.#queue.length - 1];
    assert(last === undefined || last.index < waiter.index, "waiters are added in index order");
    this.#queue.push(waiter);
  }

  /** Removes and returns the one who waits for `index`, whatever its term: the caller compares. */
  take(index: number): Waiter | undefined {
    const first = this.#queue[this.#head];
    if (first === undefined || first.index !== index) return undefined;
    return this.#shift();
  }

  /** Removes and returns those whose deadline has come, in order. */
  expire(tick: number): Waiter[] {
    const expired: Waiter[] = [];
    for (let first = this.#queue[this.#head]; first !== undefined; first = this.#queue[this.#head]) {
      if (first.deadlineTick > tick) break;
      expired.push(this.#shift());
    }
    return expired;
  }

  /** Removes and returns everybody: this member no longer leads the term they wait in. */
  releaseAll(): Waiter[] {
    const all: Waiter[] = [];
    while (this.size > 0) all.push(this.#shift());
    return all;
  }

  /** The term everybody here waits in; 0 when nobody waits. */
  get term(): number {
    return this.#queue[this.#head]?.term ?? 0;
  }

  #shift(): Waiter {
    const first = this.#queue[this.#head];
    assert(first !== undefined, "a waiter is there to be taken");
    this.#queue[this.#head++] = undefined;
    if (this.#head === this.#queue.length) {
      this.#queue = [];
      this.#head = 0;
    } else if (this.#head >= COMPACT_AT && this.#head * 2 >= this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    return first;
  }
}
