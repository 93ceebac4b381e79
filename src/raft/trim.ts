/**
 * Which entries leave memory before a snapshot covers them, so that a long log costs disk and not memory. A leader keeps what
 * the followers that answer still need; one that was away for long gets a snapshot instead, as in etcd.
 */
import type { Progress } from "./progress.js";
import type { Raft } from "./raft.js";

/** The others move whenever some leave: so it is many at a time, this part of the limit at least. */
const BATCH = 1 / 8;

export function trimLog(raft: Raft): void {
  const { log, leadership, limits, electionTimeoutTicks } = raft;
  const bytesMax = limits.heldBytesMax;
  const batchBytes = bytesMax * BATCH;
  if (log.heldBytes <= bytesMax + batchBytes) return;
  let lastIndex = Math.min(log.lastApplied, log.marks.durableIndex);
  for (const peer of leadership?.peers ?? []) {
    if (peer.ticksSilent < electionTimeoutTicks) lastIndex = Math.min(lastIndex, neededAfter(peer));
  }
  log.trim({ lastIndex, bytesMax, batchBytes });
}

/** A snapshot on its way is followed by the entries after it; 0: it is not known yet which one it is. */
function neededAfter({ state, transfer, matchIndex }: Progress): number {
  return state === "snapshot" ? (transfer?.lastIncludedIndex ?? 0) : matchIndex;
}
