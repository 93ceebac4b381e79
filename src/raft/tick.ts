/**
 * What time brings: elections, heartbeats, and the end of what has waited too long.
 */
import { askForPreVotes, mayStand } from "./election.js";
import { broadcastHeartbeat } from "./heartbeat.js";
import type { Leadership } from "./leadership.js";
import type { Raft } from "./raft.js";
import { tickForwardedReads, tickHeldReads } from "./read-index.js";
import { tickTransfer } from "./transfer.js";

export function tick(raft: Raft): void {
  raft.freshness.tick();
  raft.elections.tick();
  if (raft.leadership === null) tickElection(raft);
  else tickLeader(raft, raft.leadership);
}

function tickElection(raft: Raft): void {
  tickForwardedReads(raft);
  // A slow disk holds our requests for votes back: the election has not begun for anybody else.
  if (raft.role === "candidate" && !raft.persistent.isTermDurable) return;
  raft.electionElapsedTicks++;
  if (raft.lostLeaderTicks !== null) raft.lostLeaderTicks--;
  if (!mayStand(raft)) return;
  // Whoever is alone disturbs nobody by standing at once.
  const timeoutTicks = raft.configuration.voters.length === 1 ? 1 : raft.timeoutTicks;
  const isLeaderLost = raft.lostLeaderTicks === 0;
  const reason = isLeaderLost ? "leader-lost" : "timeout";
  if (isLeaderLost || raft.electionElapsedTicks >= timeoutTicks) askForPreVotes(raft, reason);
}

function tickLeader(raft: Raft, leadership: Leadership): void {
  for (const peer of leadership.peers) {
    peer.ticksSilent++;
    peer.noticeDue = true;
    if (peer.transfer !== null) peer.transfer.ticksAwaited++;
  }
  // CheckQuorum (thesis §6.2, PITFALLS 8): clients of a leader who is cut off had better look elsewhere.
  const { ticksWithoutQuorum } = leadership;
  if (ticksWithoutQuorum >= raft.electionTimeoutTicks) {
    raft.elections.lostQuorum(raft.currentTerm);
    raft.becomeFollower(raft.currentTerm, null);
    return;
  }
  const { commitIndex, lastApplied } = raft.log;
  const complete = { index: leadership.completeIndex(commitIndex), ageTicks: ticksWithoutQuorum };
  raft.freshness.told(complete, lastApplied);
  tickTransfer(raft, leadership);
  tickHeldReads(raft, leadership);
  leadership.heartbeatElapsedTicks++;
  if (leadership.heartbeatElapsedTicks < raft.heartbeatTicks) return;
  leadership.heartbeatElapsedTicks = 0;
  if (leadership.reads.hasGathered) leadership.reads.begin();
  broadcastHeartbeat(raft, leadership);
}
