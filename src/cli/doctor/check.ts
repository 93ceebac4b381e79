/** What `kvraft doctor` looks at, and what it finds. Pure: the members' own words in, findings out. */
import type { Observation } from "../../clerk/observer.js";
import type { MemberStats } from "../../wire/member-stats.js";

export interface Examined {
  /** All of the cluster, also those that did not answer. */
  readonly members: readonly Observation[];
  /** This machine's wall clock, milliseconds since 1970, at a moment of {@link Observation.answeredMs}. */
  readonly wallClockAt: (momentMs: number) => number;
  /** Of this tool. */
  readonly version: string;
}

/** "trouble": the cluster does not serve, or only just. "warning": it does, and something will make it slow or stop it one day. */
export type Verdict = "ok" | "warning" | "trouble";

export interface Finding {
  readonly verdict: Verdict;
  /** What was found, in figures where there are any. */
  readonly text: string;
  /** What to do about it; empty where all is well. */
  readonly fix: string;
}

export interface Check {
  readonly name: string;
  readonly examine: (examined: Examined) => Finding;
}

/** A member that has answered just now. */
export interface Answered extends Observation {
  readonly stats: MemberStats;
  readonly answeredMs: number;
}

export function answered({ members }: Examined): readonly Answered[] {
  return members.filter(
    (member): member is Answered =>
      member.error === null && member.stats !== null && member.answeredMs !== null,
  );
}

export function ok(text: string): Finding {
  return { verdict: "ok", text, fix: "" };
}

export function warning(text: string, fix: string): Finding {
  return { verdict: "warning", text, fix };
}

export function trouble(text: string, fix: string): Finding {
  return { verdict: "trouble", text, fix };
}

/** `n1 3.2 ms, n2 4 ms`: of each member that answered. */
export function each(examined: Examined, figure: (member: Answered) => string): string {
  return answered(examined)
    .map((member) => `${member.id} ${figure(member)}`)
    .join(", ");
}
