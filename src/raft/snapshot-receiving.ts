/**
 * The follower's side of InstallSnapshot (figure 13). The owner writes the chunks down and loads
 * the whole; this file keeps them in order and founds the log anew when that is done.
 */
import type { MemberId, SnapshotMetadata } from "./entry.js";
import type { InstallSnapshot } from "./message.js";
import type { Raft, SnapshotReception } from "./raft.js";

/** How far the owner has written the snapshot down. */
export interface ChunkPosition {
  readonly from: MemberId;
  readonly lastIncludedIndex: number;
  /** The next byte wanted; 0: damaged or out of place, start again. */
  readonly offset: number;
}

/** The sender is known to lead our term. */
export function handleInstallSnapshot(raft: Raft, message: InstallSnapshot): void {
  const { lastIncludedIndex, offset, data } = message;
  if (lastIncludedIndex <= raft.log.commitIndex) {
    replyInstalled(raft, message.from, lastIncludedIndex); // PITFALLS 18: we are past it.
    return;
  }
  // One chunk at a time, so that the owner's answer is to the last one it was given. The leader asks again.
  if (raft.isChunkOut) return;
  // A leader's snapshots only get newer: what is older was repeated on the way.
  if (lastIncludedIndex < (raft.reception?.lastIncludedIndex ?? 0)) return;
  const reception = receptionOf(raft, message);
  if (reception.offset !== offset) {
    replyWanted(raft, message.from, reception); // PITFALLS 22: lost, repeated, or from before a change of leader.
    return;
  }
  reception.offset = offset + data.length;
  raft.isChunkOut = true;
  raft.outbox.chunks.push(message);
}

/** The reception that the chunk belongs to: a new one unless it continues what the leader has begun. */
function receptionOf(raft: Raft, chunk: InstallSnapshot): SnapshotReception {
  const { lastIncludedIndex, lastIncludedTerm } = chunk;
  const { reception } = raft;
  if (reception?.lastIncludedIndex === lastIncludedIndex && reception.lastIncludedTerm === lastIncludedTerm) {
    return reception;
  }
  raft.reception = { lastIncludedIndex, lastIncludedTerm, offset: 0 };
  return raft.reception;
}

/** The owner has dealt with a chunk that does not complete the snapshot, or has found it damaged. */
export function handleChunkWritten(raft: Raft, at: ChunkPosition): void {
  raft.isChunkOut = false;
  const { reception } = raft;
  if (reception?.lastIncludedIndex !== at.lastIncludedIndex || raft.leaderId !== at.from) return;
  reception.offset = at.offset;
  replyWanted(raft, at.from, reception);
}

/**
 * A whole snapshot is durable and loaded. False: it is older than what we have, and the state machine must
 * stay as it is. Either way whoever sent it is told that nothing more of it is needed.
 */
export function restoreSnapshot(raft: Raft, from: MemberId | null, metadata: SnapshotMetadata): boolean {
  raft.isChunkOut = false;
  const isNewer = metadata.lastIncludedIndex > raft.log.commitIndex;
  if ((raft.reception?.lastIncludedIndex ?? 0) <= metadata.lastIncludedIndex) raft.reception = null;
  if (isNewer) {
    // §5.4: a leader's log holds everything committed, and so every snapshot's last entry. One that lacks it, after
    // somebody has not told the truth, is none to go on.
    const isInLog = raft.log.termAt(metadata.lastIncludedIndex) === metadata.lastIncludedTerm;
    const mayLead = raft.role === "leader" && isInLog;
    if (!mayLead && raft.role !== "follower") raft.becomeFollower(raft.currentTerm, null);
    raft.persistent.restore(metadata);
  }
  if (from !== null) replyInstalled(raft, from, metadata.lastIncludedIndex);
  return isNewer;
}

function replyInstalled(raft: Raft, to: MemberId, lastIncludedIndex: number): void {
  raft.sendWhenDurable({
    type: "installSnapshotReply",
    from: raft.id,
    to,
    term: raft.currentTerm,
    lastIncludedIndex,
    offset: 0,
    installed: true,
  });
}

function replyWanted(raft: Raft, to: MemberId, reception: SnapshotReception): void {
  raft.send({
    type: "installSnapshotReply",
    from: raft.id,
    to,
    term: raft.currentTerm,
    lastIncludedIndex: reception.lastIncludedIndex,
    offset: reception.offset,
    installed: false,
  });
}
