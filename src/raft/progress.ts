/**
 * What a leader knows of one follower, and what it may send it next (figure 2: nextIndex and
 * matchIndex, volatile state on leaders).
 *
 * - `probe`: where the logs part is not known. One AppendEntries at a time, each from `nextIndex`.
 * - `replicate`: they are known to agree. `nextIndex` runs ahead of the replies, within a window.
 * - `snapshot`: the follower needs entries that are gone. No AppendEntries until it has the snapshot.
 */
import { assert } from "../base/assert.js";
import type { MemberId } from "./entry.js";
import { Inflights } from "./inflights.js";
import type { RaftLimits } from "./limits.js";

export type ReplicationState = "probe" | "replicate" | "snapshot";

/** A snapshot on its way to a follower, one chunk at a time. */
export interface SnapshotTransfer {
  /** 0 until the owner has said which snapshot is the newest. */
  lastIncludedIndex: number;
  /** Of the chunk that was asked for last. */
  offset: number;
  /** The chunk's bytes from the owner, or the follower's reply to them. */
  awaiting: "bytes" | "reply";
  /** Since it was asked for, or since it was sent. */
  ticksAwaited: number;
}

export class Progress {
  readonly id: MemberId;
  readonly inflights: Inflights;
  /** Everything up to here is durable there and equals the leader's log. Never falls (PITFALLS 12). */
  #matchIndex = 0;
  #nextIndex: number;
  #state: ReplicationState = "probe";
  #transfer: SnapshotTransfer | null = null;
  /** In `probe`: a message is out, and nothing more is sent until a reply of any kind. */
  probeSent = false;
  /** In `replicate`: an acknowledgement is overdue; an empty AppendEntries finds out whether entries were lost. */
  nudgeDue = false;
  /** In `replicate`: a tick has passed since the last AppendEntries, so that no other is likely to bear the commit index. */
  noticeDue = false;
  /** The furthest commit index that the follower can know from what was sent so far; what is lost the next heartbeat repeats. */
  sentCommitIndex = 0;
  /** The newest round of heartbeats that it has answered. */
  readSequence = 0;
  /** Since it was last heard from in this term. */
  ticksSilent = 0;

  constructor(id: MemberId, nextIndex: number, limits: RaftLimits) {
    this.id = id;
    this.#nextIndex = nextIndex;
    this.inflights = new Inflights(limits);
  }

  get matchIndex(): number {
    return this.#matchIndex;
  }

  /** The next entry to send. */
  get nextIndex(): number {
    return this.#nextIndex;
  }

  get state(): ReplicationState {
    return this.#state;
  }

  /** Not null in `snapshot`. */
  get transfer(): SnapshotTransfer | null {
    return this.#transfer;
  }

  /** An AppendEntries has left in `replicate` whose entries end at `lastIndex`. */
  sent(entries: { lastIndex: number; bytes: number }): void {
    assert(this.#state === "replicate", "only a replicating follower is sent entries ahead of its replies");
    this.inflights.add(entries);
    this.#nextIndex = entries.lastIndex + 1;
  }

  /** It holds the leader's log up to `matchIndex`. True if that is news. */
  acknowledged(matchIndex: number): boolean {
    this.probeSent = false;
    this.inflights.freeTo(matchIndex);
    if (matchIndex <= this.#matchIndex) return false;
    this.#matchIndex = matchIndex;
    this.#nextIndex = Math.max(this.#nextIndex, matchIndex + 1);
    return true;
  }

  /** A rejection of `prevLogIndex` can still be true: it is not older than what we know by now (PITFALLS 12). */
  isCurrentRejection(prevLogIndex: number): boolean {
    switch (this.#state) {
      case "probe":
        return prevLogIndex === this.#nextIndex - 1;
      case "replicate":
        return prevLogIndex > this.#matchIndex && prevLogIndex < this.#nextIndex;
      case "snapshot":
        return false;
    }
  }

  /** Where the logs part has to be found out, from `nextIndex` on. */
  becomeProbe(nextIndex: number): void {
    this.#enter("probe");
    this.#nextIndex = Math.max(nextIndex, this.#matchIndex + 1);
  }

  /** The logs agree up to `matchIndex`. */
  becomeReplicate(): void {
    this.#enter("replicate");
    this.#nextIndex = this.#matchIndex + 1;
  }

  /** It needs the newest snapshot. */
  becomeSnapshot(): void {
    this.#enter("snapshot");
    this.#transfer = { lastIncludedIndex: 0, offset: 0, awaiting: "bytes", ticksAwaited: 0 };
  }

  #enter(state: ReplicationState): void {
    this.#state = state;
    this.#transfer = null;
    this.probeSent = false;
    this.nudgeDue = false;
    this.inflights.clear();
  }
}
