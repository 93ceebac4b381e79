/**
 * Which entries leave memory before a snapshot covers them, so that a long log costs disk and not memory. A leader keeps what
 * the followers that answer still need; one that was away for long gets a snapshot instead, as in etcd.
 */
import type { Progress } from "./progress.js";
import type { Raft } from "./raft.js";

export function trimLog(raft: Raft): void {
  const { log, leadership, limits, electionTimeoutTicks } = raft;
  let lastIndex = Math.min(log.lastApplied, log.marks.durableIndex);
  for (const peer of leadership?.peers ?? []) {
    if (peer.ticksSilent < electionTimeoutTicks) lastIndex = Math.min(lastIndex, neededAfter(peer));
  }
  log.trim({ lastIndex, bytesMax: limits.heldBytesMax });
}

/** A snapshot on its way is followed by the entries after it; 0: it is not known yet which one it is. */
function neededAfter({ state, transfer, matchIndex }: Progress): number {
  return state === "snapshot" ? (transfer?.lastIncludedIndex ?? 0) : matchIndex;
}
