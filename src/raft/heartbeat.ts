/**
 * The heartbeat, which stands alone because time, reads and members that come back all call for it.
 */
import type { Leadership } from "./leadership.js";
import type { Progress } from "./progress.js";
import type { Raft } from "./raft.js";

/** Asserts leadership, to all (§5.2). Bears the newest round of reads, so a lost one stalls no read for long. */
export function broadcastHeartbeat(raft: Raft, leadership: Leadership): void {
  for (const peer of leadership.peers) sendHeartbeat(raft, leadership, peer);
}

export function sendHeartbeat(raft: Raft, leadership: Leadership, peer: Progress): void {
  const leaderCommit = Math.min(raft.log.commitIndex, peer.matchIndex);
  peer.sentCommitIndex = Math.max(peer.sentCommitIndex, leaderCommit);
  raft.send({
    type: "heartbeat",
    from: raft.id,
    to: peer.id,
    term: raft.currentTerm,
    leaderCommit,
    readSequence: leadership.reads.sequence,
    completeIndex: leadership.completeIndex(raft.log.commitIndex),
  });
}
