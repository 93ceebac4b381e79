/** Messages between members, on their way out: each kind as its protobuf message. */
import { unreachable } from "../base/assert.js";
import type { Message, PreVote, RequestVote } from "../raft/message.js";
import { entryToProto, metadataToProto } from "./entry-codec.js";
import type { kvraft } from "./generated/members.js";
import { toUint64 } from "./message.js";

export function messageToProto(message: Message): kvraft.PeerMessage.$Properties {
  const term = toUint64(message.term);
  switch (message.type) {
    case "preVote":
      return { term, preVote: lastEntryToProto(message) };
    case "preVoteReply":
      return { term, preVoteReply: { granted: message.granted } };
    case "requestVote": {
      const { leadershipTransfer } = message;
      return { term, requestVote: { ...lastEntryToProto(message), leadershipTransfer } };
    }
    case "requestVoteReply":
      return { term, requestVoteReply: { granted: message.granted } };
    case "appendEntries":
      return {
        term,
        appendEntries: {
          prevLogIndex: toUint64(message.prevLogIndex),
          prevLogTerm: toUint64(message.prevLogTerm),
          leaderCommit: toUint64(message.leaderCommit),
          entries: message.entries.map(entryToProto),
        },
      };
    case "appendEntriesReply":
      return {
        term,
        appendEntriesReply: {
          accepted: message.accepted,
          matchIndex: toUint64(message.matchIndex),
          prevLogIndex: toUint64(message.prevLogIndex),
          conflictTerm: toUint64(message.conflictTerm),
          conflictIndex: toUint64(message.conflictIndex),
        },
      };
    case "heartbeat":
      return {
        term,
        heartbeat: {
          leaderCommit: toUint64(message.leaderCommit),
          readSequence: toUint64(message.readSequence),
          completeIndex: toUint64(message.completeIndex),
        },
      };
    case "heartbeatReply":
      return { term, heartbeatReply: { readSequence: toUint64(message.readSequence) } };
    case "installSnapshot":
      return {
        term,
        installSnapshot: {
          metadata: metadataToProto(message),
          offset: toUint64(message.offset),
          data: message.data,
          done: message.done,
        },
      };
    case "installSnapshotReply":
      return {
        term,
        installSnapshotReply: {
          lastIncludedIndex: toUint64(message.lastIncludedIndex),
          offset: toUint64(message.offset),
          installed: message.installed,
        },
      };
    case "timeoutNow":
      return { term, timeoutNow: {} };
    case "readIndex":
      return { term, readIndex: { context: toUint64(message.context) } };
    case "readIndexReply":
      return {
        term,
        readIndexReply: { context: toUint64(message.context), index: toUint64(message.index) },
      };
    default:
      return unreachable(message);
  }
}

function lastEntryToProto(message: PreVote | RequestVote): kvraft.PreVote.$Properties {
  return { lastLogIndex: toUint64(message.lastLogIndex), lastLogTerm: toUint64(message.lastLogTerm) };
}
