/**
 * What a candidate or pre-candidate does with a message of its term (figure 2: Rules for Servers,
 * Candidates).
 */
import { unreachable } from "../base/assert.js";
import type { Message } from "./message.js";
import type { Raft } from "./raft.js";
import { refuseRead } from "./read-index.js";
import { stepFollower } from "./step-follower.js";

export function stepCandidate(raft: Raft, message: Message): void {
  switch (message.type) {
    case "appendEntries":
    case "heartbeat":
    case "installSnapshot":
      // §5.2: another has won this term (PITFALLS 21).
      raft.becomeFollower(raft.currentTerm, message.from);
      stepFollower(raft, message);
      break;
    case "timeoutNow":
      // A pre-candidate need not ask any longer; a candidate has stood already.
      if (raft.role === "pre-candidate") stepFollower(raft, message);
      break;
    case "readIndex":
      refuseRead(raft, message);
      break;
    case "preVote":
    case "preVoteReply":
    case "requestVote":
    case "requestVoteReply":
    case "appendEntriesReply":
    case "heartbeatReply":
    case "installSnapshotReply":
    case "readIndexReply":
      break; // Elections are dealt with for all roles alike (step.ts); replies are to what we were before.
    default:
      unreachable(message);
  }
}
