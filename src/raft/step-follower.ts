/**
 * What a follower does with a message of its term (figure 2: Rules for Servers, Followers).
 */
import { unreachable } from "../base/assert.js";
import { handleAppendEntries, handleHeartbeat } from "./append-entries.js";
import { mayStand, stand } from "./election.js";
import type { MemberId } from "./entry.js";
import type { Message } from "./message.js";
import type { Raft } from "./raft.js";
import { handleReadIndexReply, refuseRead } from "./read-index.js";
import { handleInstallSnapshot } from "./snapshot-receiving.js";

export function stepFollower(raft: Raft, message: Message): void {
  switch (message.type) {
    case "appendEntries":
      if (follow(raft, message.from)) handleAppendEntries(raft, message);
      break;
    case "heartbeat":
      if (follow(raft, message.from)) handleHeartbeat(raft, message);
      break;
    case "installSnapshot":
      if (follow(raft, message.from)) handleInstallSnapshot(raft, message);
      break;
    case "timeoutNow":
      if (mayStand(raft)) stand(raft, { leadershipTransfer: true });
      break;
    case "readIndex":
      refuseRead(raft, message);
      break;
    case "readIndexReply":
      handleReadIndexReply(raft, message);
      break;
    case "preVote":
    case "requestVote":
    case "preVoteReply":
    case "requestVoteReply":
    case "appendEntriesReply":
    case "heartbeatReply":
    case "installSnapshotReply":
      break; // Elections are dealt with for all roles alike (step.ts); replies are to what we were before.
    default:
      unreachable(message);
  }
}

/** A sign of life from the leader. False: from somebody else, and a term has one leader (§5.2). */
function follow(raft: Raft, leaderId: MemberId): boolean {
  if (raft.leaderId === null) raft.becomeFollower(raft.currentTerm, leaderId);
  if (raft.leaderId !== leaderId) return false;
  raft.electionElapsedTicks = 0;
  raft.regainLeader();
  return true;
}
