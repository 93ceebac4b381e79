/**
 * When a leader may call an entry committed: figure 2, "Rules for Servers", Leaders, last rule.
 * It stands alone because it is the line on which the safety of everything else rests.
 */
import { reachedByQuorum } from "./quorum.js";

/** The part of the log that the rule looks at. */
export interface CommittableLog {
  readonly commitIndex: number;
  termAt(index: number): number | undefined;
}

/**
 * The new commit index, given how far each voter's log durably equals the leader's (its own included).
 * An entry that a majority holds is committed only if it is of the leader's own term; whatever
 * precedes it is then committed too. An older entry that a majority holds may still be
 * overwritten (§5.4.2, figure 8). Never less than the present one.
 */
export function nextCommitIndex(
  log: CommittableLog,
  leader: { currentTerm: number; matchIndexes: number[] },
): number {
  const index = reachedByQuorum(leader.matchIndexes);
  return index > log.commitIndex && log.termAt(index) === leader.currentTerm ? index : log.commitIndex;
}
