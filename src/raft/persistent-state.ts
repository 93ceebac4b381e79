/**
 * Figure 2's "persistent state on all servers": currentTerm, votedFor and log[], together with
 * how much of it is on disk. One write is under way at most, and it is asynchronous: what rests
 * on state that no finished write covers waits here for the write that will (PITFALLS 1).
 */
import { assert } from "../base/assert.js";
import { Batch } from "./batch.js";
import type { Entry, HardState, MemberId, SnapshotMetadata } from "./entry.js";
import type { Message } from "./message.js";
import { type Compaction, RaftLog } from "./raft-log.js";
import type { Persist } from "./ready.js";

/** What a member finds on its disk when it starts. */
export interface RestoredState {
  /** `{ currentTerm: 0, votedFor: null, commitIndex: 0 }` when the member is new. */
  readonly hardState: HardState;
  /** `lastIncludedIndex` and `lastIncludedTerm` 0 and the first configuration when there is none. */
  readonly snapshot: SnapshotMetadata;
  /** Contiguous from `snapshot.lastIncludedIndex + 1`. */
  readonly entries: readonly Entry[];
}

export class PersistentState {
  readonly log: RaftLog;
  #currentTerm: number;
  #votedFor: MemberId | null;
  /** What the last write that was begun has on disk, once it is durable. */
  #written: HardState;
  #durableTerm: number;
  /** A snapshot that the log on disk has to start from, and no write has said so yet. */
  #foundation: SnapshotMetadata | null;
  readonly #afterNextWrite = new Batch<Message>();

  constructor(restored: RestoredState) {
    const { hardState, snapshot, entries } = restored;
    this.log = new RaftLog(snapshot, entries);
    assert(hardState.commitIndex <= this.log.lastIndex, "the log on disk has lost committed entries");
    const commitIndex = Math.max(hardState.commitIndex, snapshot.lastIncludedIndex);
    this.log.commitTo(commitIndex);
    this.#written = hardState;
    this.#durableTerm = hardState.currentTerm;
    // A snapshot of a later term may have become durable just before the write that carries the term.
    // No vote of that term can have left before it.
    const isTermKnown = this.log.lastTerm <= hardState.currentTerm;
    this.#currentTerm = isTermKnown ? hardState.currentTerm : this.log.lastTerm;
    this.#votedFor = isTermKnown ? hardState.votedFor : null;
    // A snapshot past the end of the log on disk: what is written next would leave a gap there.
    this.#foundation = snapshot.lastIncludedIndex > 0 && entries.length === 0 ? snapshot : null;
  }

  get currentTerm(): number {
    return this.#currentTerm;
  }

  get votedFor(): MemberId | null {
    return this.#votedFor;
  }

  /** A later term has begun. What waited to be said of earlier ones is moot, and is not said. */
  adoptTerm(term: number): void {
    assert(term > this.#currentTerm, `currentTerm ${this.#currentTerm} would fall to ${term}`);
    this.#currentTerm = term;
    this.#votedFor = null;
    this.#afterNextWrite.clear();
  }

  voteFor(id: MemberId): void {
    assert(this.#votedFor === null || this.#votedFor === id, `second vote in term ${this.#currentTerm}`);
    this.#votedFor = id;
  }

  /** The log now stands on another member's snapshot, which is durable. */
  restore(snapshot: SnapshotMetadata): void {
    this.log.restore(snapshot);
    this.#foundation = snapshot;
  }

  /** A snapshot of what was applied here is durable. It may be ahead of the log on disk, which then restarts from it. */
  compact(options: Compaction): void {
    const isAhead = options.snapshot.lastIncludedIndex > this.log.marks.durableIndex;
    const isNews = this.log.compact(options);
    if (isNews && (isAhead || this.#foundation !== null)) this.#foundation = options.snapshot;
  }

  /** Nothing would be lost in a crash. */
  get isDurable(): boolean {
    return !this.log.marks.writing && !this.#isUnwritten;
  }

  /** A crash would not take us back to an earlier term; for a candidate: its vote for itself would survive. */
  get isTermDurable(): boolean {
    return this.#durableTerm === this.#currentTerm;
  }

  /** There is something to write, and the disk is free. */
  get isWriteDue(): boolean {
    return !this.log.marks.writing && this.#isUnwritten;
  }

  /** `message` is to leave together with the next write. Only while {@link isDurable} is false. */
  sendAfterNextWrite(message: Message): void {
    this.#afterNextWrite.push(message);
  }

  /** Begins the write that is due. */
  takePersist(): Persist | null {
    if (!this.isWriteDue) return null;
    const hardState = {
      currentTerm: this.#currentTerm,
      votedFor: this.#votedFor,
      commitIndex: this.log.commitIndex,
    };
    const isUnchanged = !this.#isVoteUnwritten && hardState.commitIndex === this.#written.commitIndex;
    const persist = {
      hardState: isUnchanged ? null : hardState,
      snapshot: this.#foundation,
      entries: this.log.takeUnwritten(),
      messages: this.#afterNextWrite.take(),
    };
    this.#written = hardState;
    this.#foundation = null;
    return persist;
  }

  /** The write is durable. Answers the messages that turn out to have waited for nothing more. */
  written(): readonly Message[] {
    this.log.written();
    this.#durableTerm = this.#written.currentTerm;
    return this.isDurable ? this.#afterNextWrite.take() : [];
  }

  get #isUnwritten(): boolean {
    const { log } = this;
    return log.lastIndex > log.marks.writingIndex || this.#foundation !== null || this.#isVoteUnwritten;
  }

  get #isVoteUnwritten(): boolean {
    return this.#written.currentTerm !== this.#currentTerm || this.#written.votedFor !== this.#votedFor;
  }
}
