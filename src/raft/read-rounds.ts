/**
 * Linearizable reads that wait for the leader to be confirmed (thesis §6.4), on both sides: those a
 * leader holds, and those a follower has passed on. Bookkeeping alone; sends nothing.
 *
 * Rounds of heartbeats are numbered upwards. A read belongs to the round that begins after it
 * arrived (PITFALLS 29), and a majority's answers to that round, or to any later one, confirm it.
 * One round is out at a time; whatever arrives meanwhile shares the next.
 */
import { assert } from "../base/assert.js";
import type { MemberId } from "./entry.js";

/** A read that a leader holds. */
export interface HeldRead {
  readonly context: number;
  /** The follower that asked; null: our own. */
  readonly from: MemberId | null;
  /** The state must have applied this much before it serves the read. */
  readonly index: number;
}

interface QueuedRead {
  readonly read: HeldRead;
  readonly sequence: number;
  readonly askedAtTick: number;
}

const NO_READS: readonly HeldRead[] = [];

/** The reads of one leader in one term. */
export class ReadRounds {
  /** In order of arrival, so sequences ascend. */
  readonly #queue: QueuedRead[] = [];
  #begun = 0;
  #confirmed = 0;
  #ticks = 0;

  /** The newest round that has begun: what heartbeats bear. */
  get sequence(): number {
    return this.#begun;
  }

  hold(read: HeldRead): void {
    this.#queue.push({ read, sequence: this.#begun + 1, askedAtTick: this.#ticks });
  }

  /** Reads have gathered that no round covers yet. */
  get hasGathered(): boolean {
    return (this.#queue.at(-1)?.sequence ?? 0) > this.#begun;
  }

  /** They need not wait for an earlier round. */
  get isRoundDue(): boolean {
    return this.#confirmed === this.#begun && this.hasGathered;
  }

  /** The heartbeats made from now on are a new round. */
  begin(): void {
    this.#begun++;
  }

  /** A majority has answered round `sequence`. */
  confirm(sequence: number): void {
    assert(sequence <= this.#begun, "a round is confirmed after it began");
    this.#confirmed = Math.max(this.#confirmed, sequence);
  }

  /** The reads that are confirmed by now. */
  takeConfirmed(): readonly HeldRead[] {
    return this.#takeWhile((queued) => queued.sequence <= this.#confirmed);
  }

  /** Time passes. Answers the reads that have waited for `ticksMax` in vain. */
  tick(ticksMax: number): readonly HeldRead[] {
    this.#ticks++;
    return this.#takeWhile((queued) => this.#ticks - queued.askedAtTick >= ticksMax);
  }

  /** Every read there is: the leader is none any more. */
  takeAll(): readonly HeldRead[] {
    return this.#takeWhile(() => true);
  }

  #takeWhile(isTaken: (queued: QueuedRead) => boolean): readonly HeldRead[] {
    const first = this.#queue[0];
    if (first === undefined || !isTaken(first)) return NO_READS;
    const end = this.#queue.findIndex((queued) => !isTaken(queued));
    return this.#queue.splice(0, end < 0 ? this.#queue.length : end).map((queued) => queued.read);
  }
}

/** The reads that a follower has passed on to its leader: by context, oldest first. */
export class ForwardedReads {
  readonly #askedAtTick = new Map<number, number>();
  #ticks = 0;

  add(context: number): void {
    assert(!this.#askedAtTick.has(context), `context ${context} is in use`); // PITFALLS 28
    this.#askedAtTick.set(context, this.#ticks);
  }

  /** False: nobody waits for it, or not any more. */
  remove(context: number): boolean {
    return this.#askedAtTick.delete(context);
  }

  /** Time passes. Answers the contexts that have waited for `ticksMax` in vain. */
  tick(ticksMax: number): readonly number[] {
    this.#ticks++;
    const expired: number[] = [];
    for (const [context, askedAtTick] of this.#askedAtTick) {
      if (this.#ticks - askedAtTick < ticksMax) break;
      expired.push(context);
    }
    for (const context of expired) this.#askedAtTick.delete(context);
    return expired;
  }

  takeAll(): readonly number[] {
    const contexts = [...this.#askedAtTick.keys()];
    this.#askedAtTick.clear();
    return contexts;
  }
}
