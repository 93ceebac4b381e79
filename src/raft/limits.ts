/**
 * The bounds on what consensus holds and hands out at once. All of them count entries by
 * `entryBytes`, and all of them let a single entry pass that is larger than the bound, so that
 * no entry which was ever accepted can get stuck.
 */

export interface RaftLimits {
  /** Entries in one AppendEntries. */
  readonly appendBytesMax: number;
  /** Entries in one `Ready.committed`, so that applying a long log leaves room for heartbeats. */
  readonly committedBytesMax: number;
  /** AppendEntries with entries on their way to one follower, not yet acknowledged. */
  readonly inflightMessagesMax: number;
  /** The entries in them. */
  readonly inflightBytesMax: number;
  /** Entries of a leader that are not committed yet; past it proposals are refused (PITFALLS 15). */
  readonly uncommittedBytesMax: number;
  /**
   * Entries held in memory that are applied, durable, and known to be with every follower that answers. What is past it stays on
   * disk alone, and a follower that comes back and lacks it is sent a snapshot.
   */
  readonly heldBytesMax: number;
}

const MIB = 1024 * 1024;

export const RAFT_LIMITS_DEFAULT: RaftLimits = {
  appendBytesMax: MIB,
  committedBytesMax: MIB,
  inflightMessagesMax: 256,
  inflightBytesMax: 16 * MIB,
  uncommittedBytesMax: 64 * MIB,
  heldBytesMax: 8 * MIB,
};
