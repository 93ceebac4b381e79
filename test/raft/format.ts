/**
 * Entries, messages and Readies as one line of text each, for transcripts and for failures.
 */
import { unreachable } from "../../src/base/assert.js";
import type { Entry } from "../../src/raft/entry.js";
import type { Message } from "../../src/raft/message.js";
import type { Persist, Ready } from "../../src/raft/ready.js";

export function describeEntry(entry: Entry): string {
  const position = `${entry.index}@${entry.term}`;
  switch (entry.kind) {
    case "command":
      return `${position}:${String.fromCharCode(...entry.data)}`;
    case "noop":
      return `${position}:noop`;
    case "configuration":
      return `${position}:voters(${entry.configuration.voters.map((voter) => voter.id).join(" ")})`;
    default:
      return unreachable(entry);
  }
}

export function describeEntries(entries: readonly Entry[]): string {
  return entries.map(describeEntry).join(" ");
}

export function describeMessage(message: Message): string {
  return `${message.from}->${message.to} ${message.type} term ${message.term}${describeBody(message)}`;
}

function describeBody(message: Message): string {
  switch (message.type) {
    case "preVote":
      return `, last ${message.lastLogIndex}@${message.lastLogTerm}`;
    case "requestVote": {
      const transfer = message.leadershipTransfer ? ", transfer" : "";
      return `, last ${message.lastLogIndex}@${message.lastLogTerm}${transfer}`;
    }
    case "preVoteReply":
    case "requestVoteReply":
      return message.granted ? ", granted" : ", refused";
    case "appendEntries": {
      const entries = message.entries.length === 0 ? "" : ` [${describeEntries(message.entries)}]`;
      return `, prev ${message.prevLogIndex}@${message.prevLogTerm}, commit ${message.leaderCommit}${entries}`;
    }
    case "appendEntriesReply": {
      if (message.accepted) return `, match ${message.matchIndex}`;
      const conflict = `${message.conflictIndex}@${message.conflictTerm}`;
      return `, rejected ${message.prevLogIndex}, conflict from ${conflict}`;
    }
    case "heartbeat":
      return `, commit ${message.leaderCommit}, round ${message.readSequence}`;
    case "heartbeatReply":
      return `, round ${message.readSequence}`;
    case "installSnapshot": {
      const snapshot = `${message.lastIncludedIndex}@${message.lastIncludedTerm}`;
      const bytes = `[${message.offset}, ${message.offset + message.data.length})`;
      return `, snapshot ${snapshot} bytes ${bytes}${message.done ? " done" : ""}`;
    }
    case "installSnapshotReply":
      return `, snapshot ${message.lastIncludedIndex} ${message.installed ? "installed" : `wants ${message.offset}`}`;
    case "timeoutNow":
      return "";
    case "readIndex":
      return `, read ${message.context}`;
    case "readIndexReply":
      return `, read ${message.context} ${message.index === 0 ? "refused" : `at ${message.index}`}`;
    default:
      return unreachable(message);
  }
}

export function describePersist(persist: Persist): string {
  const { hardState, snapshot, entries } = persist;
  const parts: string[] = [];
  if (hardState !== null) {
    parts.push(
      `term ${hardState.currentTerm} vote ${hardState.votedFor ?? "-"} commit ${hardState.commitIndex}`,
    );
  }
  if (snapshot !== null) parts.push(`snapshot ${snapshot.lastIncludedIndex}@${snapshot.lastIncludedTerm}`);
  if (entries.length > 0) parts.push(`entries [${describeEntries(entries)}]`);
  return parts.join(", ");
}

/** A line for each thing that the Ready asks for. */
export function describeReady(ready: Ready): string[] {
  const lines = ready.messages.map((message) => `send ${describeMessage(message)}`);
  if (ready.persist !== null) {
    lines.push(`persist ${describePersist(ready.persist)}`);
    for (const message of ready.persist.messages) lines.push(`  then send ${describeMessage(message)}`);
  }
  if (ready.committed.length > 0) lines.push(`apply ${describeEntries(ready.committed)}`);
  for (const read of ready.reads) lines.push(`read ${read.context} at ${read.index}`);
  for (const context of ready.failedReads) lines.push(`read ${context} failed`);
  for (const { to, lastIncludedIndex, offset } of ready.chunkRequests) {
    lines.push(`chunk for ${to}: snapshot ${lastIncludedIndex} at ${offset}`);
  }
  for (const { lastIncludedIndex, offset, data } of ready.chunks) {
    lines.push(`write chunk: snapshot ${lastIncludedIndex} bytes [${offset}, ${offset + data.length})`);
  }
  return lines;
}
