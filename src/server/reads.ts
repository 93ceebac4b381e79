/**
 * Linearizable reads without the log (thesis §6.4). All readers that arrive in one turn share one
 * read context; once the leader is confirmed for it, they are served as soon as this
 * member has applied what was committed then. Followers do the same: the core asks the leader.
 */
import type { ConfirmedRead } from "../raft/ready.js";
import type { ClientRequest } from "../wire/client-message.js";
import type { Reply } from "./replies.js";

export type ReadRequest = Extract<ClientRequest, { kind: "get" | "scan" | "explain" }>;

export interface Reader {
  readonly request: ReadRequest;
  readonly reply: Reply;
}

interface Batch {
  readonly readers: readonly Reader[];
  readonly deadlineTick: number;
}

interface ConfirmedBatch extends Batch {
  /** Served when this is applied. */
  readonly index: number;
}

export class Reads {
  #gathering: Reader[] = [];
  /** By context; insertion order is deadline order. */
  readonly #asked = new Map<number, Batch>();
  #confirmed: ConfirmedBatch[] = [];
  #lastContext: number;
  #size = 0;

  /**
   * `firstContext` differs between lives of one member: an answer to a question of the
   * last life must not confirm one of this (PITFALLS 28).
   */
  constructor(firstContext: number) {
    this.#lastContext = firstContext;
  }

  /** Readers that have not been answered. */
  get size(): number {
    return this.#size;
  }

  add(reader: Reader): void {
    this.#gathering.push(reader);
    this.#size++;
  }

  /** Closes this turn's batch: a fresh context to confirm, or null when nobody came. */
  startBatch(deadlineTick: number): number | null {
    if (this.#gathering.length === 0) return null;
    const context = ++this.#lastContext;
    this.#asked.set(context, { readers: this.#gathering, deadlineTick });
    this.#gathering = [];
    return context;
  }

  /** The leader was the leader after the batch had been asked for. */
  confirm(read: ConfirmedRead): void {
    const batch = this.#asked.get(read.context);
    if (batch === undefined) return;
    this.#asked.delete(read.context);
    this.#confirmed.push({ ...batch, index: read.index });
  }

  /** Removes and returns the readers who may be served now that `lastApplied` is applied. */
  takeServable(lastApplied: number): readonly Reader[] {
    if (this.#confirmed.length === 0) return [];
    return this.#leave(this.#takeConfirmed((batch) => batch.index <= lastApplied));
  }

  /** Removes and returns the readers of a batch that will never be confirmed. */
  takeFailed(context: number): readonly Reader[] {
    const batch = this.#asked.get(context);
    if (batch === undefined) return [];
    this.#asked.delete(context);
    return this.#leave([batch]);
  }

  /** Removes and returns the readers whose time is up. */
  takeExpired(tick: number): readonly Reader[] {
    const expired = this.#takeConfirmed((batch) => batch.deadlineTick <= tick);
    for (const [context, batch] of this.#asked) {
      if (batch.deadlineTick > tick) break;
      expired.push(batch);
      this.#asked.delete(context);
    }
    return this.#leave(expired);
  }

  /** Removes and returns everybody: the member is stopping. */
  takeAll(): readonly Reader[] {
    const all = [...this.#takeConfirmed(() => true), ...this.#asked.values()];
    all.push({ readers: this.#gathering, deadlineTick: 0 });
    this.#asked.clear();
    this.#gathering = [];
    return this.#leave(all);
  }

  #takeConfirmed(chosen: (batch: ConfirmedBatch) => boolean): Batch[] {
    const taken = this.#confirmed.filter(chosen);
    if (taken.length > 0) this.#confirmed = this.#confirmed.filter((batch) => !chosen(batch));
    return taken;
  }

  #leave(batches: readonly Batch[]): readonly Reader[] {
    const readers =
      batches.length === 1 && batches[0] !== undefined
        ? batches[0].readers
        : batches.flatMap((batch) => batch.readers);
    this.#size -= readers.length;
    return readers;
  }
}
