/**
 * The messages between members: figure 2's and figure 13's RPCs as one-way messages and their
 * replies, with PreVote (thesis §9.6), heartbeats apart from AppendEntries, ReadIndex (thesis §6.4)
 * and TimeoutNow (thesis §3.10). They are plain values; any of them may be lost, repeated or
 * arrive in another order, and none is acted on in another term than the receiver's.
 */
import type { Configuration, Entry, MemberId } from "./entry.js";

interface Addressed {
  readonly from: MemberId;
  readonly to: MemberId;
  /** The sender's `currentTerm`; in preVote the term it would stand in. */
  readonly term: number;
}

/** Would you vote for me in `term`? Changes neither term nor vote of anybody. */
export interface PreVote extends Addressed {
  readonly type: "preVote";
  readonly lastLogIndex: number;
  readonly lastLogTerm: number;
}

/** A granted reply bears the asked term; a refusal the refuser's own. */
export interface PreVoteReply extends Addressed {
  readonly type: "preVoteReply";
  readonly granted: boolean;
}

/** RequestVote (§5.2, §5.4.1). */
export interface RequestVote extends Addressed {
  readonly type: "requestVote";
  readonly lastLogIndex: number;
  readonly lastLogTerm: number;
  /** The sitting leader asked for this election (TimeoutNow): voters do not protect it (thesis §4.2.3). */
  readonly leadershipTransfer: boolean;
}

export interface RequestVoteReply extends Addressed {
  readonly type: "requestVoteReply";
  readonly granted: boolean;
}

/** AppendEntries (§5.3). Entries follow `prevLogIndex` without a gap; there may be none (a probe). */
export interface AppendEntries extends Addressed {
  readonly type: "appendEntries";
  readonly prevLogIndex: number;
  readonly prevLogTerm: number;
  readonly leaderCommit: number;
  readonly entries: readonly Entry[];
}

/**
 * Sent when what it acknowledges is durable. Accepted: everything up to `matchIndex` is on disk and
 * equals the leader's log. Rejected: the entry at `prevLogIndex` (repeated here, so that a stale
 * rejection is known for one) is missing or of another term; `conflictTerm` and `conflictIndex` are the fast
 * back-up of §5.3: the term found there (0: none, the log is shorter or starts later)
 * and the first index from which the leader may try again.
 */
export interface AppendEntriesReply extends Addressed {
  readonly type: "appendEntriesReply";
  readonly accepted: boolean;
  readonly matchIndex: number;
  readonly prevLogIndex: number;
  readonly conflictTerm: number;
  readonly conflictIndex: number;
}

/** Asserts leadership. `readSequence` numbers the rounds that confirm linearizable reads. */
export interface Heartbeat extends Addressed {
  readonly type: "heartbeat";
  /** min(commitIndex, the receiver's matchIndex): never beyond what is verified there. */
  readonly leaderCommit: number;
  readonly readSequence: number;
  /** Whatever is committed lies at or before it: who has applied so much lacks nothing. Commits nothing itself. */
  readonly completeIndex: number;
}

export interface HeartbeatReply extends Addressed {
  readonly type: "heartbeatReply";
  /** Echo of the heartbeat's. */
  readonly readSequence: number;
}

/** One chunk of a snapshot (figure 13). Chunk bytes are opaque here. */
export interface InstallSnapshot extends Addressed {
  readonly type: "installSnapshot";
  readonly lastIncludedIndex: number;
  readonly lastIncludedTerm: number;
  readonly configuration: Configuration;
  /** Position of `data` in the snapshot's bytes. */
  readonly offset: number;
  readonly data: Uint8Array;
  /** The last chunk. */
  readonly done: boolean;
}

/**
 * `offset` is the next byte that the receiver wants (0: start again). `installed`: its log
 * now starts at or after `lastIncludedIndex`, durably; nothing more of this snapshot is needed.
 */
export interface InstallSnapshotReply extends Addressed {
  readonly type: "installSnapshotReply";
  readonly lastIncludedIndex: number;
  readonly offset: number;
  readonly installed: boolean;
}

/** Stand for election at once, without PreVote (thesis §3.10). */
export interface TimeoutNow extends Addressed {
  readonly type: "timeoutNow";
}

/** A follower asks for a read index. `context` is the asker's, unique per attempt. */
export interface ReadIndexRequest extends Addressed {
  readonly type: "readIndex";
  readonly context: number;
}

/** `index` 0: refused (not the leader any more); the asker fails or repeats the read with a new context. */
export interface ReadIndexReply extends Addressed {
  readonly type: "readIndexReply";
  readonly context: number;
  readonly index: number;
}

export type Message =
  | PreVote
  | PreVoteReply
  | RequestVote
  | RequestVoteReply
  | AppendEntries
  | AppendEntriesReply
  | Heartbeat
  | HeartbeatReply
  | InstallSnapshot
  | InstallSnapshotReply
  | TimeoutNow
  | ReadIndexRequest
  | ReadIndexReply;

export type MessageType = Message["type"];
