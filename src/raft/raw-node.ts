/**
 * Consensus as its owner sees it: one member that is told of ticks, messages and proposals, and says in
 * {@link Ready} what is to be done. Owns the Ready/advance contract (ready.ts); the rules of
 * Raft are in raft.ts and the files that it names.
 *
 * Nothing here waits, and nothing happens between two calls.
 */
import { assert } from "../base/assert.js";
import type { Random } from "../base/random.js";
import { maybeCommit } from "./acknowledgement.js";
import { countOwnVote, leaderLinkChanged } from "./election.js";
import type { ElectionCounts, ElectionRecord } from "./election-records.js";
import { type Configuration, entryBytes, type MemberId, type SnapshotMetadata } from "./entry.js";
import { sendHeartbeat } from "./heartbeat.js";
import type { Leadership } from "./leadership.js";
import { RAFT_LIMITS_DEFAULT, type RaftLimits } from "./limits.js";
import type { Message } from "./message.js";
import type { RestoredState } from "./persistent-state.js";
import type { ReplicationState } from "./progress.js";
import { Raft, type Role } from "./raft.js";
import type { Compaction } from "./raft-log.js";
import { askReadIndex, beginReadRound, isReadRoundDue } from "./read-index.js";
import type { ProposeResult, Ready } from "./ready.js";
import { isReplicationDue, replicate } from "./replication.js";
import { type ChunkPosition, handleChunkWritten, restoreSnapshot } from "./snapshot-receiving.js";
import { abandonSnapshot, type SnapshotChunk, sendChunk } from "./snapshot-sending.js";
import { step } from "./step.js";
import { tick } from "./tick.js";
import { transferLeadership } from "./transfer.js";
import { trimLog } from "./trim.js";

export type { ElectionCounts, ElectionRecord } from "./election-records.js";
export type { RestoredState } from "./persistent-state.js";
export type { ReplicationState } from "./progress.js";
export type { Role } from "./raft.js";
export type { Compaction } from "./raft-log.js";
export type { ChunkPosition } from "./snapshot-receiving.js";
export type { SnapshotChunk } from "./snapshot-sending.js";

export interface RawNodeOptions {
  readonly id: MemberId;
  /** The election timeout is drawn from [t, 2t) ticks. More than `heartbeatTicks`. */
  readonly electionTimeoutTicks: number;
  readonly heartbeatTicks: number;
  readonly random: Random;
  /** What came from disk. */
  readonly restored: RestoredState;
  readonly limits?: Partial<RaftLimits>;
}

/** What a leader knows of one follower. */
export interface FollowerStatus {
  readonly id: MemberId;
  readonly matchIndex: number;
  readonly nextIndex: number;
  readonly state: ReplicationState;
  /** AppendEntries on their way to it, and the entries in them. */
  readonly inflightMessages: number;
  readonly inflightBytes: number;
  /** Heard from within the least election timeout. */
  readonly isRecentlyActive: boolean;
  /** In `snapshot`, once it is known which one. */
  readonly snapshot: { readonly lastIncludedIndex: number; readonly offset: number } | null;
}

const NOT_LEADER: ProposeResult = { kind: "not-leader" };
const TRANSFERRING: ProposeResult = { kind: "transferring" };
const OVERLOADED: ProposeResult = { kind: "overloaded" };

export class RawNode {
  readonly #raft: Raft;

  constructor(options: RawNodeOptions) {
    this.#raft = new Raft({ ...options, limits: { ...RAFT_LIMITS_DEFAULT, ...options.limits } });
  }

  /** One unit of time has passed. */
  tick(): void {
    tick(this.#raft);
  }

  /** A message has arrived. Strangers' and senseless ones are ignored. */
  step(message: Message): void {
    step(this.#raft, message);
  }

  /**
   * Messages can reach `peer` now (`up`), or no longer. A hint, and never more: members that follow a leader whose
   * connection broke look for another soon, without disturbing one that others still hear; and a leader tells whoever
   * can be reached again that it leads.
   */
  linkChanged(peer: MemberId, up: boolean): void {
    const raft = this.#raft;
    const follower = raft.leadership?.peer(peer);
    if (raft.leadership === null) leaderLinkChanged(raft, peer, up);
    else if (up && follower !== undefined) sendHeartbeat(raft, raft.leadership, follower);
  }

  /** Appends a command to the leader's log; ownership of `data` passes to it. */
  propose(data: Uint8Array): ProposeResult {
    const { leadership, log, limits, currentTerm } = this.#raft;
    if (leadership === null) return NOT_LEADER;
    if (leadership.transfer !== null) return TRANSFERRING;
    const entry = { kind: "command", index: log.lastIndex + 1, term: currentTerm, data } as const;
    const isFull =
      log.uncommittedBytes > 0 && log.uncommittedBytes + entryBytes(entry) > limits.uncommittedBytesMax;
    if (isFull) return OVERLOADED;
    log.append(entry);
    return { kind: "proposed", index: entry.index, term: entry.term };
  }

  /**
   * Asks for the index that a linearizable read has to wait for. Answered in `Ready.reads` or
   * `Ready.failedReads`, once, within an election timeout. `context` is unique among this member's.
   */
  readIndex(context: number): void {
    askReadIndex(this.#raft, context);
  }

  /**
   * Hands leadership to `to`, or to the most up-to-date follower that was heard from recently. Proposals are
   * refused until that has happened or failed. False: not the leader, or nobody to hand it to.
   */
  transferLeadership(to?: MemberId): boolean {
    return transferLeadership(this.#raft, to);
  }

  /** A Ready taken now would not be empty. */
  hasReady(): boolean {
    const { log, outbox, persistent, leadership } = this.#raft;
    return (
      log.lastApplied < log.commitIndex ||
      persistent.isWriteDue ||
      !outbox.isEmpty ||
      (leadership !== null &&
        (isReadRoundDue(this.#raft, leadership) || isReplicationDue(this.#raft, leadership)))
    );
  }

  /** Hands out everything there is to do. See {@link Ready} for the contract. */
  ready(): Ready {
    const { outbox, persistent, log, limits, leadership } = this.#raft;
    if (leadership !== null) this.#prepare(leadership);
    const ready = {
      messages: outbox.messages.take(),
      persist: persistent.takePersist(),
      committed: log.takeCommitted(limits.committedBytesMax),
      reads: outbox.reads.take(),
      failedReads: outbox.failedReads.take(),
      chunkRequests: outbox.chunkRequests.take(),
      chunks: outbox.chunks.take(),
    };
    trimLog(this.#raft);
    return ready;
  }

  /** The outstanding `Ready.persist` is durable. */
  advance(): void {
    const raft = this.#raft;
    for (const message of raft.persistent.written()) raft.send(message);
    countOwnVote(raft);
    if (raft.leadership !== null) maybeCommit(raft, raft.leadership);
  }

  /** Answers a `Ready.chunkRequests`. Ownership of the data passes to the message. */
  snapshotChunk(chunk: SnapshotChunk): void {
    const { leadership } = this.#raft;
    if (leadership !== null) sendChunk(this.#raft, leadership, chunk);
  }

  /** Answers a `Ready.chunkRequests`: there is no such snapshot (any more), or it cannot be read now. */
  snapshotUnavailable(to: MemberId): void {
    const { leadership } = this.#raft;
    if (leadership !== null) abandonSnapshot(leadership, to);
  }

  /**
   * Answers a `Ready.chunks` that did not complete the snapshot, or showed it to be damaged. The next chunk is
   * handed out only when the last one was answered, by this or by {@link restore}.
   */
  chunkWritten(at: ChunkPosition): void {
    handleChunkWritten(this.#raft, at);
  }

  /**
   * A snapshot that came from `from` is durable, and can be switched to. False: it is older than what this
   * member has, and its state must stay. True: the state is the snapshot's from now on.
   * `from` learns of it either way, once the log on disk says so too.
   */
  restore(from: MemberId | null, metadata: SnapshotMetadata): boolean {
    return restoreSnapshot(this.#raft, from, metadata);
  }

  /**
   * A snapshot of this member's own state is durable. Entries below `keepFromIndex`, at most
   * `lastIncludedIndex + 1`, leave memory. An older snapshot than the present one changes nothing.
   */
  compact(options: Compaction): void {
    this.#raft.persistent.compact(options);
  }

  get id(): MemberId {
    return this.#raft.id;
  }

  get role(): Role {
    return this.#raft.role;
  }

  /** Null: none known at present. */
  get leaderId(): MemberId | null {
    return this.#raft.leaderId;
  }

  get currentTerm(): number {
    return this.#raft.currentTerm;
  }

  get commitIndex(): number {
    return this.#raft.log.commitIndex;
  }

  get lastIndex(): number {
    return this.#raft.log.lastIndex;
  }

  /** Handed out in `Ready.committed`, or covered by the snapshot that was restored, up to here. */
  get lastApplied(): number {
    return this.#raft.log.lastApplied;
  }

  /**
   * Since what is applied was complete, as far as a leader could tell; null: it has not been since this member started. A leader goes
   * by when it last heard from a majority, others by their leader's heartbeats.
   */
  get behindTicks(): number | null {
    return this.#raft.freshness.behindTicks(this.lastApplied);
  }

  /** On disk up to here, as it stands in memory. */
  get durableIndex(): number {
    return this.#raft.log.marks.durableIndex;
  }

  /** The first entry in memory; one past `lastIndex` when there is none. */
  get firstIndex(): number {
    return this.#raft.log.firstIndex;
  }

  /** The newest snapshot's. */
  get snapshotMetadata(): SnapshotMetadata {
    return this.#raft.log.snapshot;
  }

  /** `entryBytes` of the entries that the newest snapshot does not cover. */
  get logBytes(): number {
    return this.#raft.log.bytesSinceSnapshot;
  }

  /** In force now: the last in the log, committed or not (§6). */
  get configuration(): Configuration {
    return this.#raft.configuration;
  }

  /** Of the entry at `index`, which is held or is the one before the first held. */
  termAt(index: number): number {
    const term = this.#raft.log.termAt(index);
    assert(term !== undefined, `the term at ${index} is not known`);
    return term;
  }

  /** In force at `index`, from the newest snapshot's on: what a snapshot at that index has to name. */
  configurationAt(index: number): Configuration {
    return this.#raft.log.configurationAt(index);
  }

  /** What this member stood in and gave up, oldest first: the newest few. */
  elections(): readonly ElectionRecord[] {
    return this.#raft.elections.all();
  }

  get electionCounts(): ElectionCounts {
    return this.#raft.elections.counts;
  }

  /** The followers, as the leader sees them; nothing where this member does not lead. */
  progress(): readonly FollowerStatus[] {
    const { leadership, electionTimeoutTicks } = this.#raft;
    if (leadership === null) return [];
    return leadership.peers.map(({ id, matchIndex, nextIndex, state, inflights, ticksSilent, transfer }) => ({
      id,
      matchIndex,
      nextIndex,
      state,
      inflightMessages: inflights.count,
      inflightBytes: inflights.bytes,
      isRecentlyActive: ticksSilent < electionTimeoutTicks,
      snapshot: transfer,
    }));
  }

  /** What a leader decides only when it is asked for a Ready, so that everything until then shares it. */
  #prepare(leadership: Leadership): void {
    const raft = this.#raft;
    replicate(raft, leadership);
    if (isReadRoundDue(raft, leadership)) beginReadRound(raft, leadership);
  }
}
