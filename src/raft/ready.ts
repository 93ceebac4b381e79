/**
 * What the consensus core asks of its owner. The contract, in order:
 *
 * 1. `ready()` hands everything out once. Send `messages` and serve `reads` at once; apply
 *    `committed` at once and in order (it counts as applied when handed out).
 * 2. `persist`, when not null, is made durable as one atomic record; only then are
 *    its `messages` sent and `advance()` called. While that is under way further `ready()`s bear
 *    `persist: null`, and everything else goes on: a slow disk stops nobody's heartbeats.
 */
import type { Entry, HardState, MemberId, SnapshotMetadata } from "./entry.js";
import type { InstallSnapshot, Message } from "./message.js";

export interface Ready {
  /** May leave before `persist` is durable: the leader's own appends (thesis §10.2.1), heartbeats, pre-votes. */
  readonly messages: readonly Message[];
  readonly persist: Persist | null;
  /** Contiguous, following what was handed out last. Never holds what a snapshot already covers. */
  readonly committed: readonly Entry[];
  /** Linearizable reads whose leader is confirmed: serve them once `index` is applied. */
  readonly reads: readonly ConfirmedRead[];
  /** Contexts of reads that will never be confirmed here: leadership changed, or nobody leads. */
  readonly failedReads: readonly number[];
  /** Pieces of the newest snapshot that followers need; answer each with `snapshotChunk` or `snapshotUnavailable`. */
  readonly chunkRequests: readonly ChunkRequest[];
  /** Chunks to write down, in order; answer each with `chunkWritten` or, when whole and durable, `restore`. */
  readonly chunks: readonly InstallSnapshot[];
}

/** One atomic record for the log on disk. */
export interface Persist {
  /** Null when unchanged. */
  readonly hardState: HardState | null;
  /** The log was reset to begin after this snapshot (itself durable before); comes before `entries`. */
  readonly snapshot: SnapshotMetadata | null;
  /**
   * Contiguous. The first one's index may be at or below the last index on disk: everything
   * from there on is replaced.
   */
  readonly entries: readonly Entry[];
  /** Sent once the record is durable: votes, acknowledgements, requests for votes. */
  readonly messages: readonly Message[];
}

export interface ConfirmedRead {
  readonly context: number;
  readonly index: number;
}

export interface ChunkRequest {
  readonly to: MemberId;
  /** The snapshot being sent; 0: the newest there is (begin one). */
  readonly lastIncludedIndex: number;
  readonly offset: number;
}

/** Answer to `propose`. Everything but "proposed" means: definitely not done. */
export type ProposeResult =
  | { readonly kind: "proposed"; readonly index: number; readonly term: number }
  | { readonly kind: "not-leader" }
  /** The bound on uncommitted bytes is reached. */
  | { readonly kind: "overloaded" }
  /** Leadership is on its way to another member. */
  | { readonly kind: "transferring" };
