/**
 * Leadership transfer (thesis §3.10): the leader refuses proposals, brings the target up to date, and
 * tells it to stand at once. It gives up after an election timeout and goes on leading.
 */
import type { MemberId } from "./entry.js";
import type { Leadership } from "./leadership.js";
import type { Progress } from "./progress.js";
import type { Raft } from "./raft.js";

/** False: we do not lead, or there is nobody like that. Asking for another target drops the first. */
export function transferLeadership(raft: Raft, to: MemberId | undefined): boolean {
  const { leadership } = raft;
  if (leadership === null) return false;
  const target = to === undefined ? mostUpToDate(raft, leadership) : leadership.peer(to);
  if (target === undefined) return false;
  if (leadership.transfer?.to !== target.id) {
    leadership.transfer = { to: target.id, elapsedTicks: 0 };
    handOnIfUpToDate(raft, leadership, target);
  }
  return true;
}

/** The target of a transfer may have caught up: then it takes over. */
export function handOnIfUpToDate(raft: Raft, leadership: Leadership, peer: Progress): void {
  if (leadership.transfer?.to !== peer.id || peer.matchIndex !== raft.log.lastIndex) return;
  raft.send({ type: "timeoutNow", from: raft.id, to: peer.id, term: raft.currentTerm });
}

export function tickTransfer(raft: Raft, leadership: Leadership): void {
  const { transfer } = leadership;
  if (transfer === null) return;
  transfer.elapsedTicks++;
  if (transfer.elapsedTicks >= raft.electionTimeoutTicks) leadership.transfer = null;
}

/** Of those heard from recently; undefined when there are none. */
function mostUpToDate(raft: Raft, leadership: Leadership): Progress | undefined {
  return leadership.peers
    .filter((peer) => peer.ticksSilent < raft.electionTimeoutTicks)
    .reduce<Progress | undefined>(
      (best, peer) => (peer.matchIndex > (best?.matchIndex ?? -1) ? peer : best),
      undefined,
    );
}
