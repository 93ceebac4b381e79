/** What tells a member that gets on from one that hangs. */
import type { MemberStatus } from "../../wire/client-message.js";

export interface Vitals
  extends Pick<MemberStatus, "role" | "term" | "leader" | "commitIndex" | "appliedIndex"> {
  /** The number of the record of the log that is being made durable; null: none is. */
  readonly recordUnderWay: number | null;
}

/**
 * Why a member has not got on from one look at it to the next; null: it has. It hangs where one and the same record was all the time on
 * its way to the disk, or nothing was applied although there was something to apply. One that is idle gets on, and so does one without
 * a quorum.
 */
export function hangOf(before: Vitals, now: Vitals): string | null {
  if (now.recordUnderWay !== null && now.recordUnderWay === before.recordUnderWay) {
    return "a record of the log does not get to the disk";
  }
  if (before.appliedIndex < before.commitIndex && now.appliedIndex === before.appliedIndex) {
    return "what is committed is not applied";
  }
  return null;
}

/** For people, in one line. */
export function describe({ role, leader, term, commitIndex }: Vitals): string {
  const who = role === "follower" && leader !== "" ? `follower of ${leader}` : role;
  return `${who}, term ${term}, commit index ${commitIndex}`;
}
