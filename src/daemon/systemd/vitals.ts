/** What tells a member that gets on from one that hangs. */
import type { MemberStatus } from "../../wire/client-message.js";

export interface Vitals
  extends Pick<MemberStatus, "role" | "term" | "leader" | "commitIndex" | "appliedIndex"> {
  /** The number of the record of the log that is being made durable; null: none is. */
  readonly recordUnderWay: number | null;
}

/**
 * Whether a member has got on from one look at it to the next. It has not where one and the same record was all the time on its way to
 * the disk, or nothing was applied although there was something to apply. One that is idle gets on, and so does one without a quorum.
 */
export function hasGotOn(before: Vitals, now: Vitals): boolean {
  const hangsInWrite = now.recordUnderWay !== null && now.recordUnderWay === before.recordUnderWay;
  const hangsInApply = before.appliedIndex < before.commitIndex && now.appliedIndex === before.appliedIndex;
  return !hangsInWrite && !hangsInApply;
}

/** For people, in one line. */
export function describe({ role, leader, term, commitIndex }: Vitals): string {
  const who = role === "follower" && leader !== "" ? `follower of ${leader}` : role;
  return `${who}, term ${term}, commit index ${commitIndex}`;
}
