/**
 * Messages: first the rules on terms that hold for all of them (figure 2: Rules for Servers, All
 * Servers), then by role.
 */
import { unreachable } from "../base/assert.js";
import { handlePreVote, handleRequestVote, handleVoteReply, isLeaderBelievedIn } from "./election.js";
import type { Message } from "./message.js";
import type { Raft } from "./raft.js";
import { refuseRead } from "./read-index.js";
import { stepCandidate } from "./step-candidate.js";
import { stepFollower } from "./step-follower.js";
import { stepLeader } from "./step-leader.js";
import { isAcceptable } from "./validation.js";

export function step(raft: Raft, message: Message): void {
  if (!isAcceptable(message, raft)) return;
  if (message.term < raft.currentTerm) {
    answerStale(raft, message);
    return;
  }
  if (message.term > raft.currentTerm && isOfLaterTerm(message)) {
    if (isDisturbance(raft, message)) return;
    // §5.1: whoever learns of a later term follows in it.
    raft.becomeFollower(message.term, null);
  }
  switch (message.type) {
    case "preVote":
      handlePreVote(raft, message);
      break;
    case "requestVote":
      handleRequestVote(raft, message);
      break;
    case "preVoteReply":
    case "requestVoteReply":
      handleVoteReply(raft, message);
      break;
    default:
      stepByRole(raft, message);
  }
}

function stepByRole(raft: Raft, message: Message): void {
  switch (raft.role) {
    case "follower":
      stepFollower(raft, message);
      break;
    case "pre-candidate":
    case "candidate":
      stepCandidate(raft, message);
      break;
    case "leader":
      stepLeader(raft, message);
      break;
    default:
      unreachable(raft.role);
  }
}

/** Its term has begun. That of a pre-vote, and of a grant to one, is only thought of. */
function isOfLaterTerm(message: Message): boolean {
  return message.type !== "preVote" && !(message.type === "preVoteReply" && message.granted);
}

/** Leader stickiness: whoever hears the leader takes no notice of candidates, unless the leader sent them. */
function isDisturbance(raft: Raft, message: Message): boolean {
  return message.type === "requestVote" && !message.leadershipTransfer && isLeaderBelievedIn(raft);
}

/**
 * Never acts on an earlier term (PITFALLS 5), but lets whoever still lives in it know of ours. Leaders must
 * hear of it too: otherwise a member that is ahead in term can neither follow them nor, with PreVote, replace them.
 */
function answerStale(raft: Raft, message: Message): void {
  const reply = { from: raft.id, to: message.from, term: raft.currentTerm };
  switch (message.type) {
    case "appendEntries": {
      const { prevLogIndex } = message;
      const refusal = { accepted: false, matchIndex: 0, prevLogIndex, conflictTerm: 0, conflictIndex: 0 };
      raft.send({ ...reply, type: "appendEntriesReply", ...refusal });
      break;
    }
    case "heartbeat":
      // No round: it would be taken for one of our term, should that have the same leader again.
      raft.send({ ...reply, type: "heartbeatReply", readSequence: 0 });
      break;
    case "installSnapshot": {
      const { lastIncludedIndex } = message;
      raft.send({
        ...reply,
        type: "installSnapshotReply",
        lastIncludedIndex,
        offset: 0,
        installed: false,
      });
      break;
    }
    case "preVote":
      raft.send({ ...reply, type: "preVoteReply", granted: false });
      break;
    case "requestVote":
      raft.send({ ...reply, type: "requestVoteReply", granted: false });
      break;
    case "readIndex":
      refuseRead(raft, message);
      break;
    case "preVoteReply":
    case "requestVoteReply":
    case "appendEntriesReply":
    case "heartbeatReply":
    case "installSnapshotReply":
    case "readIndexReply":
    case "timeoutNow":
      break;
    default:
      unreachable(message);
  }
}
