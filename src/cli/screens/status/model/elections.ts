/** The newest elections, as all members remember them. Pure. */
import type { Observation } from "../../../../clerk/observer.js";
import type { ElectionRecord } from "../../../../wire/member-stats.js";

export interface Election extends ElectionRecord {
  /** Who stood, or lost its quorum. */
  readonly member: string;
}

const ELECTIONS_MAX = 10;

export const REASONS: Readonly<Record<ElectionRecord["reason"], string>> = {
  timeout: "timeout: no leader heard",
  "leader-lost": "connection to leader lost",
  transfer: "leadership transfer",
  "quorum-lost": "leader lost its quorum",
};

export const OUTCOMES: Readonly<Record<ElectionRecord["outcome"], string>> = {
  asking: "asking",
  standing: "standing",
  won: "won",
  lost: "lost",
  "stepped-down": "stepped down",
};

/** Newest first. Members that do not answer any more are asked for nothing: what they told before counts. */
export function lastElections(members: readonly Observation[], nowMs: number): readonly Election[] {
  return members
    .flatMap(({ id, stats, answeredMs }) =>
      (stats?.elections ?? []).map((election) => ({
        ...election,
        member: id,
        ageMs: election.ageMs + nowMs - (answeredMs ?? nowMs),
      })),
    )
    .sort((left, right) => left.ageMs - right.ageMs || right.term - left.term)
    .slice(0, ELECTIONS_MAX);
}
