/**
 * Elections: standing in them and voting in them (figure 2: RequestVote RPC; thesis §9.6: PreVote).
 */
import { isVoter } from "./configuration.js";
import type { ElectionReason } from "./election-records.js";
import type { MemberId } from "./entry.js";
import type { PreVote, PreVoteReply, RequestVote, RequestVoteReply } from "./message.js";
import { voteOutcome } from "./quorum.js";
import type { Raft } from "./raft.js";

/** The leader seems to be gone: asks who would vote for us in the next term. */
export function askForPreVotes(raft: Raft, reason: ElectionReason): void {
  raft.becomePreCandidate(reason);
  const { id, log, currentTerm } = raft;
  for (const voter of raft.configuration.voters) {
    if (voter.id === id) continue;
    raft.send({
      type: "preVote",
      from: id,
      to: voter.id,
      term: currentTerm + 1,
      lastLogIndex: log.lastIndex,
      lastLogTerm: log.lastTerm,
    });
  }
  countVote(raft, id, true);
}

/**
 * Stands for election in the next term (§5.2). The requests leave with the write that makes term and vote
 * durable, and only after it does our own vote count ({@link countOwnVote}).
 */
export function stand(raft: Raft, options: { leadershipTransfer: boolean }): void {
  raft.becomeCandidate({ isTransfer: options.leadershipTransfer });
  const { id, log, currentTerm } = raft;
  for (const voter of raft.configuration.voters) {
    if (voter.id === id) continue;
    raft.sendWhenDurable({
      type: "requestVote",
      from: id,
      to: voter.id,
      term: currentTerm,
      lastLogIndex: log.lastIndex,
      lastLogTerm: log.lastTerm,
      leadershipTransfer: options.leadershipTransfer,
    });
  }
}

/** A write has become durable: perhaps the one that our own vote waits for. */
export function countOwnVote(raft: Raft): void {
  if (raft.role === "candidate" && raft.persistent.isTermDurable) countVote(raft, raft.id, true);
}

/** One voter's answer to the election we stand in. */
export function countVote(raft: Raft, voter: MemberId, granted: boolean): void {
  raft.votes.set(voter, granted);
  const { voters } = raft.configuration;
  let grantedCount = 0;
  let refusedCount = 0;
  for (const { id } of voters) {
    const vote = raft.votes.get(id);
    if (vote === true) grantedCount++;
    if (vote === false) refusedCount++;
  }
  switch (voteOutcome({ voters: voters.length, granted: grantedCount, refused: refusedCount })) {
    case "won":
      if (raft.role === "pre-candidate") stand(raft, { leadershipTransfer: false });
      else raft.becomeLeader();
      break;
    case "lost":
      raft.becomeFollower(raft.currentTerm, null);
      break;
    case "open":
      break;
  }
}

/** Answers to the ballots of earlier terms or of the other kind do not count. */
export function handleVoteReply(raft: Raft, message: PreVoteReply | RequestVoteReply): void {
  const isPreVote = message.type === "preVoteReply";
  if (raft.role !== (isPreVote ? "pre-candidate" : "candidate")) return;
  // The requests leave when our own vote is durable: until then nobody can have been asked.
  if (!isPreVote && !raft.persistent.isTermDurable) return;
  // A granted pre-vote bears the term that was asked for.
  if (message.granted && message.term !== raft.currentTerm + (isPreVote ? 1 : 0)) return;
  countVote(raft, message.from, message.granted);
}

/** Would we vote for it in that term? Our own term and vote stay as they are (PITFALLS 6). */
export function handlePreVote(raft: Raft, message: PreVote): void {
  const isTermOpen =
    message.term > raft.currentTerm || (message.term === raft.currentTerm && mayVoteFor(raft, message.from));
  const granted = isTermOpen && !isLeaderBelievedIn(raft) && isUpToDate(raft, message);
  raft.send({
    type: "preVoteReply",
    from: raft.id,
    to: message.from,
    term: granted ? message.term : raft.currentTerm,
    granted,
  });
}

/** RequestVote receiver implementation (figure 2), in our own term: the caller has seen to terms. */
export function handleRequestVote(raft: Raft, message: RequestVote): void {
  const granted = mayVoteFor(raft, message.from) && isUpToDate(raft, message);
  if (granted) {
    raft.persistent.voteFor(message.from);
    raft.resetElectionTimer();
  }
  const { id, currentTerm } = raft;
  raft.sendWhenDurable({ type: "requestVoteReply", from: id, to: message.from, term: currentTerm, granted });
}

/**
 * A leader was heard from within the least election timeout and is still connected, or we lead ourselves: then nobody
 * else is wanted, and a candidate is one who cannot hear the leader (thesis §4.2.3, §6.2).
 */
export function isLeaderBelievedIn(raft: Raft): boolean {
  if (raft.leaderId === null || raft.lostLeaderTicks !== null) return false;
  return raft.role === "leader" || raft.electionElapsedTicks < raft.electionTimeoutTicks;
}

/**
 * The connection to `leader` broke, as when its process ends, or stands again. Whoever follows it need not sit out the
 * election timeout: if the leader lives, those who hear it refuse their pre-votes, and nothing comes of it (thesis §9.6).
 */
export function leaderLinkChanged(raft: Raft, leader: MemberId, up: boolean): void {
  if (raft.role !== "follower" || raft.leaderId !== leader) return;
  // The time since the leader was heard from goes on either way: a connection that comes and goes is no sign of life.
  if (up) raft.regainLeader();
  else raft.loseLeader();
}

/** Only a voter may lead. */
export function mayStand(raft: Raft): boolean {
  return isVoter(raft.configuration, raft.id);
}

/** One vote a term, first come first served (§5.2); none when the term has its leader already. */
function mayVoteFor(raft: Raft, candidate: MemberId): boolean {
  const { votedFor } = raft.persistent;
  return votedFor === null ? raft.leaderId === null : votedFor === candidate;
}

/** §5.4.1: the later last term wins, then the longer log (PITFALLS 4). */
function isUpToDate(raft: Raft, candidate: PreVote | RequestVote): boolean {
  const { lastIndex, lastTerm } = raft.log;
  if (candidate.lastLogTerm !== lastTerm) return candidate.lastLogTerm > lastTerm;
  return candidate.lastLogIndex >= lastIndex;
}
