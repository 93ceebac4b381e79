/**
 * The leader's side of replication (figure 2: Rules for Servers, Leaders): what each follower is sent
 * and what its replies mean. AppendEntries are made when a Ready is taken, so that
 * everything proposed until then shares them.
 */
import { acknowledge } from "./acknowledgement.js";
import { type Entry, entryBytes } from "./entry.js";
import type { Leadership } from "./leadership.js";
import type { AppendEntriesReply, HeartbeatReply } from "./message.js";
import type { Progress } from "./progress.js";
import type { Raft } from "./raft.js";
import type { RaftLog } from "./raft-log.js";
import { releaseReads } from "./read-index.js";
import { askForChunkAgain, beginSnapshot } from "./snapshot-sending.js";

/**
 * What a follower is to be sent now: "entries" from its nextIndex on (perhaps none, as a probe), an empty
 * "notice" that takes it the commit index or finds out whether something was lost, or nothing.
 */
type Due = "entries" | "notice" | "nothing";

function due(log: RaftLog, peer: Progress): Due {
  switch (peer.state) {
    case "probe":
      return peer.probeSent ? "nothing" : "entries";
    case "replicate": {
      if (peer.nextIndex <= log.lastIndex && !peer.inflights.full) return "entries";
      const isCommitNews = peer.sentCommitIndex < Math.min(log.commitIndex, peer.nextIndex - 1);
      return (isCommitNews && peer.noticeDue) || peer.nudgeDue ? "notice" : "nothing";
    }
    case "snapshot":
      return "nothing";
  }
}

/** A Ready taken now would bear AppendEntries. */
export function isReplicationDue(raft: Raft, leadership: Leadership): boolean {
  return leadership.peers.some((peer) => due(raft.log, peer) !== "nothing");
}

/** §5.3: if lastIndex ≥ nextIndex for a follower, send it the entries from nextIndex on. */
export function replicate(raft: Raft, leadership: Leadership): void {
  const shared = new SharedSlice(raft.log);
  for (const peer of leadership.peers) {
    for (let next = due(raft.log, peer); next !== "nothing"; next = due(raft.log, peer)) {
      sendAppendEntries(raft, peer, { kind: next, shared });
    }
  }
}

/** Followers that are equally far are sent the same array, which can be encoded once. */
class SharedSlice {
  readonly #log: RaftLog;
  #from = 0;
  #entries: readonly Entry[] = [];

  constructor(log: RaftLog) {
    this.#log = log;
  }

  take({ from, to }: { from: number; to: number }): readonly Entry[] {
    if (from === this.#from && to === from + this.#entries.length) return this.#entries;
    this.#from = from;
    this.#entries = this.#log.slice({ from, to });
    return this.#entries;
  }
}

function sendAppendEntries(
  raft: Raft,
  peer: Progress,
  { kind, shared }: { kind: "entries" | "notice"; shared: SharedSlice },
): void {
  const { log } = raft;
  const from = peer.nextIndex;
  const prevLogTerm = log.termAt(from - 1);
  if (prevLogTerm === undefined) {
    beginSnapshot(raft, peer); // PITFALLS 16: what it needs next is compacted away.
    return;
  }
  const end = kind === "notice" ? from : endOfMessage(raft, from);
  const entries = shared.take({ from, to: end });
  raft.send({
    type: "appendEntries",
    from: raft.id,
    to: peer.id,
    term: raft.currentTerm,
    prevLogIndex: from - 1,
    prevLogTerm,
    leaderCommit: log.commitIndex,
    entries,
  });
  peer.sentCommitIndex = Math.max(peer.sentCommitIndex, Math.min(log.commitIndex, end - 1));
  peer.nudgeDue = false;
  peer.noticeDue = false;
  if (peer.state === "probe") peer.probeSent = true;
  else if (end > from) peer.sent({ lastIndex: end - 1, bytes: totalBytes(entries) });
}

function endOfMessage(raft: Raft, from: number): number {
  return raft.log.endWithin({ from, to: raft.log.lastIndex + 1, bytesMax: raft.limits.appendBytesMax });
}

function totalBytes(entries: readonly Entry[]): number {
  let bytes = 0;
  for (const entry of entries) bytes += entryBytes(entry);
  return bytes;
}

/** Whoever answers heartbeats is alive: if its log lags behind, something was lost or it was away. */
export function handleHeartbeatReply(
  raft: Raft,
  leadership: Leadership,
  peer: Progress,
  message: HeartbeatReply,
): void {
  if (message.readSequence > leadership.reads.sequence) return;
  peer.probeSent = false;
  if (peer.state === "replicate") peer.nudgeDue = peer.matchIndex < raft.log.lastIndex;
  if (peer.state === "snapshot") askForChunkAgain(raft, peer);
  if (message.readSequence > peer.readSequence) {
    peer.readSequence = message.readSequence;
    releaseReads(raft, leadership);
  }
}

export function handleAppendEntriesReply(
  raft: Raft,
  leadership: Leadership,
  peer: Progress,
  message: AppendEntriesReply,
): void {
  if (message.accepted) {
    if (message.matchIndex <= raft.log.lastIndex) acknowledge(raft, leadership, peer, message.matchIndex);
  } else if (peer.isCurrentRejection(message.prevLogIndex)) {
    peer.becomeProbe(Math.min(backUp(raft.log, message), message.prevLogIndex));
  }
}

/**
 * Where to try next after a rejection (§5.3, the fast back-up): past our own entries of the conflicting
 * term if we have any, since the follower's of that term agree with them as far as both go;
 * otherwise where the follower's begin.
 */
function backUp(log: RaftLog, rejection: AppendEntriesReply): number {
  const { conflictTerm, conflictIndex } = rejection;
  if (conflictTerm === 0) return conflictIndex;
  const pastTerm = log.firstIndexOfTerm(conflictTerm + 1);
  return log.termAt(pastTerm - 1) === conflictTerm ? Math.max(pastTerm, conflictIndex) : conflictIndex;
}
