/**
 * What a leader does with a message of its term. Each of them shows that its sender is alive and
 * still in this term (CheckQuorum).
 */
import { unreachable } from "../base/assert.js";
import type { Message } from "./message.js";
import type { Raft } from "./raft.js";
import { handleReadIndex } from "./read-index.js";
import { handleAppendEntriesReply, handleHeartbeatReply } from "./replication.js";
import { handleInstallSnapshotReply } from "./snapshot-sending.js";

export function stepLeader(raft: Raft, message: Message): void {
  const { leadership } = raft;
  const peer = leadership?.peer(message.from);
  if (leadership === null || peer === undefined) return;
  peer.ticksSilent = 0;
  switch (message.type) {
    case "appendEntriesReply":
      handleAppendEntriesReply(raft, leadership, peer, message);
      break;
    case "heartbeatReply":
      handleHeartbeatReply(raft, leadership, peer, message);
      break;
    case "installSnapshotReply":
      handleInstallSnapshotReply(raft, leadership, peer, message);
      break;
    case "readIndex":
      handleReadIndex(leadership, raft.log, message);
      break;
    case "appendEntries":
    case "heartbeat":
    case "installSnapshot":
    case "timeoutNow":
      break; // A term has one leader, and we are it (§5.2).
    case "preVote":
    case "requestVote":
    case "preVoteReply":
    case "requestVoteReply":
    case "readIndexReply":
      break; // Elections are dealt with for all roles alike (step.ts); replies are to what we were before.
    default:
      unreachable(message);
  }
}
