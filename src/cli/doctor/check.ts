/** What `kvraft doctor` looks at, and what it finds. Pure: the members' own words in, findings out. */
import { answerOf, type Observation } from "../../clerk/observer.js";
import type { MemberStats, PeerStats } from "../../wire/member-stats.js";

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
  return members.filter((member): member is Answered => answerOf(member) !== null);
}

/** Who leads the newest term that anybody who answered is in. */
export function leaderOf(examined: Examined): Answered | undefined {
  const there = answered(examined);
  const term = Math.max(0, ...there.map(({ stats }) => stats.status.term));
  return there.find(({ stats: { status } }) => status.role === "leader" && status.term === term);
}

/** What each member says of each other one, where both answered. */
export function contacts(
  examined: Examined,
): readonly { readonly member: Answered; readonly peer: PeerStats }[] {
  const there = answered(examined);
  const up = new Set(there.map(({ id }) => id));
  return there.flatMap((member) =>
    member.stats.peers.filter(({ id }) => up.has(id)).map((peer) => ({ member, peer })),
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
