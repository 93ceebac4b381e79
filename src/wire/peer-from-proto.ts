/** Messages between members, on their way in: each kind checked field by field. */
import type { MemberId } from "../raft/entry.js";
import type { AppendEntries, InstallSnapshot, Message } from "../raft/message.js";
import { checkCommand } from "./command-codec.js";
import { entriesFromProto, metadataFromProto } from "./entry-codec.js";
import { WireError } from "./errors.js";
import type { kvraft } from "./generated/members.js";
import { fromUint64, present } from "./message.js";

interface Addressed {
  readonly from: MemberId;
  readonly to: MemberId;
  readonly term: number;
}

const NO_BYTES = new Uint8Array(0);

/** Throws WireError. What is kept of bytes aliases what was decoded. */
export function messageFromProto(
  proto: kvraft.PeerMessage.$Shape,
  ends: { from: MemberId; to: MemberId },
): Message {
  const addressed = { from: ends.from, to: ends.to, term: fromUint64(proto.term, "term") };
  switch (proto.message) {
    case "preVote":
      return { type: "preVote", ...addressed, ...lastEntryFromProto(proto.preVote) };
    case "preVoteReply":
      return { type: "preVoteReply", ...addressed, granted: proto.preVoteReply.granted ?? false };
    case "requestVote":
      return {
        type: "requestVote",
        ...addressed,
        ...lastEntryFromProto(proto.requestVote),
        leadershipTransfer: proto.requestVote.leadershipTransfer ?? false,
      };
    case "requestVoteReply":
      return { type: "requestVoteReply", ...addressed, granted: proto.requestVoteReply.granted ?? false };
    case "appendEntries":
      return appendEntriesFromProto(proto.appendEntries, addressed);
    case "appendEntriesReply": {
      const reply = proto.appendEntriesReply;
      return {
        type: "appendEntriesReply",
        ...addressed,
        accepted: reply.accepted ?? false,
        matchIndex: fromUint64(reply.matchIndex, "match_index"),
        prevLogIndex: fromUint64(reply.prevLogIndex, "prev_log_index"),
        conflictTerm: fromUint64(reply.conflictTerm, "conflict_term"),
        conflictIndex: fromUint64(reply.conflictIndex, "conflict_index"),
      };
    }
    case "heartbeat":
      return {
        type: "heartbeat",
        ...addressed,
        leaderCommit: fromUint64(proto.heartbeat.leaderCommit, "leader_commit"),
        readSequence: fromUint64(proto.heartbeat.readSequence, "read_sequence"),
        completeIndex: fromUint64(proto.heartbeat.completeIndex, "complete_index"),
      };
    case "heartbeatReply": {
      const readSequence = fromUint64(proto.heartbeatReply.readSequence, "read_sequence");
      return { type: "heartbeatReply", ...addressed, readSequence };
    }
    case "installSnapshot":
      return installSnapshotFromProto(proto.installSnapshot, addressed);
    case "installSnapshotReply": {
      const reply = proto.installSnapshotReply;
      return {
        type: "installSnapshotReply",
        ...addressed,
        lastIncludedIndex: fromUint64(reply.lastIncludedIndex, "last_included_index"),
        offset: fromUint64(reply.offset, "offset"),
        installed: reply.installed ?? false,
      };
    }
    case "timeoutNow":
      return { type: "timeoutNow", ...addressed };
    case "readIndex":
      return { type: "readIndex", ...addressed, context: fromUint64(proto.readIndex.context, "context") };
    case "readIndexReply":
      return {
        type: "readIndexReply",
        ...addressed,
        context: fromUint64(proto.readIndexReply.context, "context"),
        index: fromUint64(proto.readIndexReply.index, "index"),
      };
    default:
      throw new WireError("unknown-kind", "a message that is not known");
  }
}

function lastEntryFromProto(proto: kvraft.PreVote.$Properties): {
  lastLogIndex: number;
  lastLogTerm: number;
} {
  return {
    lastLogIndex: fromUint64(proto.lastLogIndex, "last_log_index"),
    lastLogTerm: fromUint64(proto.lastLogTerm, "last_log_term"),
  };
}

function appendEntriesFromProto(proto: kvraft.AppendEntries.$Shape, addressed: Addressed): AppendEntries {
  const prevLogIndex = fromUint64(proto.prevLogIndex, "prev_log_index");
  const entries = entriesFromProto(proto.entries ?? []);
  const first = entries[0];
  if (first !== undefined && first.index !== prevLogIndex + 1) {
    throw new WireError("field-invalid", "entries that do not follow prev_log_index");
  }
  for (const entry of entries) if (entry.kind === "command") checkCommand(entry.data);
  return {
    type: "appendEntries",
    ...addressed,
    prevLogIndex,
    prevLogTerm: fromUint64(proto.prevLogTerm, "prev_log_term"),
    leaderCommit: fromUint64(proto.leaderCommit, "leader_commit"),
    entries,
  };
}

function installSnapshotFromProto(
  proto: kvraft.InstallSnapshot.$Properties,
  addressed: Addressed,
): InstallSnapshot {
  return {
    type: "installSnapshot",
    ...addressed,
    ...metadataFromProto(present(proto.metadata, "metadata")),
    offset: fromUint64(proto.offset, "offset"),
    data: proto.data ?? NO_BYTES,
    done: proto.done ?? false,
  };
}
