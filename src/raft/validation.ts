/**
 * Which messages are fit to be acted on. What fails here is not one of this cluster's honest
 * messages (a stranger's, a damaged one, a bug in a peer) and is ignored; past this point
 * the code may assert what a message claims.
 */
import { unreachable } from "../base/assert.js";
import { isVoter, isWellFormed } from "./configuration.js";
import type { MemberId, SnapshotMetadata } from "./entry.js";
import type { AppendEntries, InstallSnapshot, Message } from "./message.js";
import type { RaftLog } from "./raft-log.js";

/**
 * Terms and log indexes go on counting from whatever they are set to, and must not get to where a number no longer
 * says which one is meant (PITFALLS 50). No honest message sets them beyond the first of these, and nobody counts
 * from there to the second.
 */
const TOLD_MAX = 2 ** 52;
const HELD_MAX = TOLD_MAX + 2 ** 51;

/** Whether `message` comes from a fellow voter, is meant for `receiver`, and makes sense in itself. */
export function isAcceptable(
  message: Message,
  receiver: { readonly id: MemberId; readonly log: RaftLog },
): boolean {
  const { id, log } = receiver;
  if (message.to !== id || message.from === id || !isVoter(log.configuration, message.from)) return false;
  if (!isTold(message.term) || message.term === 0) return false;
  switch (message.type) {
    case "appendEntries":
      return isSoundAppend(message);
    case "installSnapshot":
      return isSoundChunk(message);
    case "heartbeat":
      // It names what we have acknowledged. Past our log, it does not: nothing of it can be trusted.
      return (
        isCount(message.readSequence) &&
        isCount(message.completeIndex) &&
        isCount(message.leaderCommit) &&
        message.leaderCommit <= log.lastIndex
      );
    case "preVote":
    case "requestVote":
      return isPosition(message.lastLogIndex, message.lastLogTerm) && message.lastLogTerm <= message.term;
    case "appendEntriesReply":
      return [message.matchIndex, message.prevLogIndex, message.conflictTerm, message.conflictIndex].every(
        isCount,
      );
    case "installSnapshotReply":
      return isCount(message.lastIncludedIndex) && isCount(message.offset);
    case "heartbeatReply":
      return isCount(message.readSequence);
    case "readIndex":
      return isCount(message.context);
    case "readIndexReply":
      return isCount(message.context) && isCount(message.index);
    case "preVoteReply":
    case "requestVoteReply":
    case "timeoutNow":
      return true;
    default:
      return unreachable(message);
  }
}

/** Entries follow prevLogIndex without a gap, in terms that never fall and never pass the leader's. */
function isSoundAppend(message: AppendEntries): boolean {
  if (!isPosition(message.prevLogIndex, message.prevLogTerm) || !isCount(message.leaderCommit)) return false;
  let index = message.prevLogIndex;
  let term = Math.max(message.prevLogTerm, 1);
  for (const entry of message.entries) {
    index++;
    if (entry.index !== index || !(entry.term >= term)) return false;
    if (entry.kind === "configuration" && !isWellFormed(entry.configuration)) return false;
    term = entry.term;
  }
  return isTold(index) && term <= message.term;
}

function isSoundChunk(message: InstallSnapshot): boolean {
  const { lastIncludedIndex, lastIncludedTerm, term, offset } = message;
  return isSoundMetadata(message) && isTold(lastIncludedIndex) && lastIncludedTerm <= term && isCount(offset);
}

/** Whether there can be such a snapshot. */
export function isSoundMetadata(metadata: SnapshotMetadata): boolean {
  const { lastIncludedIndex, lastIncludedTerm, configuration } = metadata;
  return (
    lastIncludedIndex !== 0 && isPosition(lastIncludedIndex, lastIncludedTerm) && isWellFormed(configuration)
  );
}

/** Whether a member can hold `value` as a term or a log index, or as 0 for what comes before the first. */
export function isLogNumber(value: number): boolean {
  return isCount(value) && value <= HELD_MAX;
}

/** Whether a message can set a term or a log index to `value`. */
function isTold(value: number): boolean {
  return isCount(value) && value <= TOLD_MAX;
}

/** An index and the term of the entry there: both 0, or neither. */
function isPosition(index: number, term: number): boolean {
  return isLogNumber(index) && isLogNumber(term) && (index === 0) === (term === 0);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
