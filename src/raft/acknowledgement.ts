/**
 * What follows from a follower's (or our own disk's) word that it holds the leader's log up to some
 * index: the follower may be sent more, entries may be committed, reads and a transfer may go on.
 */
import { nextCommitIndex } from "./commit-rule.js";
import type { Leadership } from "./leadership.js";
import type { Progress } from "./progress.js";
import type { Raft } from "./raft.js";
import { releaseReads } from "./read-index.js";
import { handOnIfUpToDate } from "./transfer.js";

/** `peer` holds our log up to `matchIndex`, durably. */
export function acknowledge(raft: Raft, leadership: Leadership, peer: Progress, matchIndex: number): void {
  const isNews = peer.acknowledged(matchIndex);
  if (peer.state === "probe") peer.becomeReplicate();
  if (peer.state === "snapshot") settleTransfer(raft, peer);
  if (!isNews) return;
  maybeCommit(raft, leadership);
  handOnIfUpToDate(raft, leadership, peer);
}

/** Takes commitIndex as far as the acknowledgements allow; our own is what is durable here. */
export function maybeCommit(raft: Raft, leadership: Leadership): void {
  const { log, currentTerm } = raft;
  const matchIndexes = leadership.perVoter(log.marks.durableIndex, (peer) => peer.matchIndex);
  const commitIndex = nextCommitIndex(log, { currentTerm, matchIndexes });
  if (commitIndex === log.commitIndex) return;
  log.commitTo(commitIndex);
  releaseReads(raft, leadership);
}

/**
 * A follower that has got past the compacted entries by itself needs no snapshot any more; one that
 * has only got past the snapshot on its way to it needs the newest.
 */
function settleTransfer(raft: Raft, peer: Progress): void {
  const sentIndex = peer.transfer?.lastIncludedIndex ?? 0;
  if (raft.log.termAt(peer.matchIndex) !== undefined) peer.becomeReplicate();
  else if (sentIndex > 0 && sentIndex <= peer.matchIndex) peer.becomeProbe(peer.matchIndex + 1);
}
