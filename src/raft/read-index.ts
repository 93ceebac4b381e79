/**
 * Linearizable reads without the log (thesis §6.4). A leader notes its commit index, makes sure with
 * a round of heartbeats that it was still the leader after the read had arrived, and answers with
 * that index; a follower asks its leader for one. Every read is answered or failed
 * within an election timeout.
 */
import { broadcastHeartbeat } from "./heartbeat.js";
import type { Leadership } from "./leadership.js";
import type { ReadIndexReply, ReadIndexRequest } from "./message.js";
import { reachedByQuorum } from "./quorum.js";
import type { Raft } from "./raft.js";
import type { RaftLog } from "./raft-log.js";
import type { HeldRead } from "./read-rounds.js";

/** A read of this member's own. */
export function askReadIndex(raft: Raft, context: number): void {
  const { leaderId, leadership } = raft;
  if (leadership !== null) {
    holdRead(leadership, raft.log, { context, from: null });
  } else if (leaderId !== null) {
    raft.forwardedReads.add(context);
    raft.send({ type: "readIndex", from: raft.id, to: leaderId, term: raft.currentTerm, context });
  } else {
    raft.outbox.failedReads.push(context);
  }
}

/** A follower asks its leader, us. */
export function handleReadIndex(leadership: Leadership, log: RaftLog, message: ReadIndexRequest): void {
  holdRead(leadership, log, { context: message.context, from: message.from });
}

/** The leader has answered a read that was passed on to it. */
export function handleReadIndexReply(raft: Raft, message: ReadIndexReply): void {
  const { context, index } = message;
  if (!raft.forwardedReads.remove(context)) return;
  if (index === 0) raft.outbox.failedReads.push(context);
  else raft.outbox.reads.push({ context, index });
}

/** Reads have gathered, and nothing keeps them from having a round of heartbeats now. */
export function isReadRoundDue(raft: Raft, leadership: Leadership): boolean {
  return leadership.reads.isRoundDue && maySettleReads(raft, leadership);
}

/** Begins the round that they need. */
export function beginReadRound(raft: Raft, leadership: Leadership): void {
  leadership.reads.begin();
  broadcastHeartbeat(raft, leadership);
  releaseReads(raft, leadership); // Whoever is alone is a majority.
}

/** Answers what is confirmed. */
export function releaseReads(raft: Raft, leadership: Leadership): void {
  const { reads } = leadership;
  if (!maySettleReads(raft, leadership)) return;
  reads.confirm(reachedByQuorum(leadership.perVoter(reads.sequence, (peer) => peer.readSequence)));
  for (const read of reads.takeConfirmed()) answerRead(raft, read, read.index);
}

/** Time passes for a leader: what a majority does not confirm within an election timeout fails. */
export function tickHeldReads(raft: Raft, leadership: Leadership): void {
  for (const read of leadership.reads.tick(raft.electionTimeoutTicks)) refuseRead(raft, read);
}

/** Time passes for everybody else: the request, or the reply to it, may have been lost. */
export function tickForwardedReads(raft: Raft): void {
  const { forwardedReads, outbox } = raft;
  for (const context of forwardedReads.tick(raft.electionTimeoutTicks)) outbox.failedReads.push(context);
}

/** `leadership` is over. */
export function failHeldReads(raft: Raft, leadership: Leadership): void {
  for (const read of leadership.reads.takeAll()) refuseRead(raft, read);
}

/** Whoever was asked does not lead any more, as far as we know. */
export function failForwardedReads(raft: Raft): void {
  for (const context of raft.forwardedReads.takeAll()) raft.outbox.failedReads.push(context);
}

/** It will not be confirmed here: it may be asked again, with a new context. */
export function refuseRead(raft: Raft, read: Omit<HeldRead, "index">): void {
  if (read.from === null) raft.outbox.failedReads.push(read.context);
  else answerRead(raft, read, 0);
}

function answerRead(raft: Raft, read: Omit<HeldRead, "index">, index: number): void {
  const { context, from } = read;
  if (from === null) raft.outbox.reads.push({ context, index });
  else raft.send({ type: "readIndexReply", from: raft.id, to: from, term: raft.currentTerm, context, index });
}

/**
 * No read is served before an entry of the leader's own term is committed (PITFALLS 27): until then
 * it does not know how far its predecessors have committed.
 */
function maySettleReads(raft: Raft, leadership: Leadership): boolean {
  return raft.log.commitIndex >= leadership.termStartIndex;
}

/** Its index covers whatever was committed anywhere before it arrived. */
function holdRead(leadership: Leadership, log: RaftLog, asked: Omit<HeldRead, "index">): void {
  leadership.reads.hold({ ...asked, index: leadership.completeIndex(log.commitIndex) });
}
