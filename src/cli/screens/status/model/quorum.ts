/** How far the cluster is from having no majority, in words. */
import type { ClusterView } from "./cluster-view.js";

export interface QuorumWords {
  readonly text: string;
  /** Nothing can be written, or one more failure and nothing can be. */
  readonly isWarning: boolean;
}

export function quorumWords({ members, up, leader }: ClusterView): QuorumWords {
  const total = members.length;
  const needed = Math.floor(total / 2) + 1;
  const spare = up - needed;
  const count = `${up} of ${total} up`;
  if (spare < 0 && members.some(({ state }) => state === "asked"))
    return { text: "asking", isWarning: false };
  if (up === 0) return { text: "nobody answers", isWarning: true };
  if (spare < 0) return { text: `${count}: no quorum, nothing can be written`, isWarning: true };
  if (leader === "") return { text: `${count}, but nobody leads: nothing can be written`, isWarning: true };
  if (spare > 0) return { text: `${count}, ${spare} may fail`, isWarning: false };
  return up === total
    ? { text: `${count}, none may fail`, isWarning: false }
    : { text: `${count}, no more may fail`, isWarning: true };
}
