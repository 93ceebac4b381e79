/**
 * The follower's side of AppendEntries and heartbeats (figure 2: AppendEntries RPC, receiver
 * implementation). The sender is known to lead our term.
 */
import type { AppendEntries, Heartbeat } from "./message.js";
import type { Raft } from "./raft.js";

export function handleAppendEntries(raft: Raft, message: AppendEntries): void {
  const { log } = raft;
  const { entries } = message;
  // What is committed here equals the leader's log, whatever part of it the message repeats (PITFALLS 9, 10).
  // This also covers a prevLogIndex from before the start of our log (PITFALLS 16).
  const known = Math.min(Math.max(log.commitIndex - message.prevLogIndex, 0), entries.length);
  const prevLogIndex = message.prevLogIndex + known;
  const prevLogTerm = entries[known - 1]?.term ?? message.prevLogTerm;
  if (prevLogIndex < log.commitIndex) {
    accept(raft, message, log.commitIndex);
    return;
  }
  if (log.termAt(prevLogIndex) !== prevLogTerm) {
    // No leader contradicts what is committed: such a message is not one of this cluster's.
    if (prevLogIndex > log.commitIndex) reject(raft, message);
    return;
  }
  // Rules 3 and 4: only an entry that conflicts removes what follows it; a shorter message removes nothing.
  let next = known;
  while (next < entries.length && log.termAt(message.prevLogIndex + 1 + next) === entries[next]?.term) next++;
  const firstNew = entries[next];
  if (firstNew !== undefined && firstNew.index <= log.lastIndex) log.truncateFrom(firstNew.index);
  for (const entry of next === 0 ? entries : entries.slice(next)) log.append(entry);
  // Rule 5: min(leaderCommit, index of last new entry), the last that is verified (PITFALLS 11).
  const matchIndex = message.prevLogIndex + entries.length;
  log.commitTo(Math.max(log.commitIndex, Math.min(message.leaderCommit, matchIndex)));
  accept(raft, message, matchIndex);
}

/** Answers at once: a reply promises nothing but that this member follows. */
export function handleHeartbeat(raft: Raft, message: Heartbeat): void {
  const { log } = raft;
  if (message.leaderCommit > log.commitIndex) log.commitTo(message.leaderCommit);
  raft.freshness.told({ index: message.completeIndex, ageTicks: 0 }, log.lastApplied);
  raft.send({
    type: "heartbeatReply",
    from: raft.id,
    to: message.from,
    term: raft.currentTerm,
    readSequence: message.readSequence,
  });
}

function accept(raft: Raft, message: AppendEntries, matchIndex: number): void {
  raft.sendWhenDurable({
    type: "appendEntriesReply",
    from: raft.id,
    to: message.from,
    term: raft.currentTerm,
    accepted: true,
    matchIndex,
    prevLogIndex: message.prevLogIndex,
    conflictTerm: 0,
    conflictIndex: 0,
  });
}

/** Names the whole conflicting term, so that the leader backs up by terms, not by entries (§5.3). */
function reject(raft: Raft, message: AppendEntries): void {
  const { log } = raft;
  const conflictTerm = log.termAt(message.prevLogIndex) ?? 0;
  const firstOfTerm = Math.max(log.firstIndexOfTerm(conflictTerm), log.commitIndex + 1);
  raft.sendWhenDurable({
    type: "appendEntriesReply",
    from: raft.id,
    to: message.from,
    term: raft.currentTerm,
    accepted: false,
    matchIndex: 0,
    prevLogIndex: message.prevLogIndex,
    conflictTerm,
    conflictIndex: conflictTerm === 0 ? log.lastIndex + 1 : firstOfTerm,
  });
}
