/** What the observations of all members, taken together, say of the cluster and of each member. Pure. */
import { Buffer } from "node:buffer";
import { answerOf, type Observation } from "../../../../clerk/observer.js";
import type { MemberStats, PeerProgress, PeerStats } from "../../../../wire/member-stats.js";
import { isHeard } from "../../../hearing.js";

/**
 * "down": it does not answer, and nobody who does hears it. "silent": it does not answer us, and others hear it. "asked": nothing
 * is known yet.
 */
export type MemberState = "leader" | "follower" | "candidate" | "down" | "silent" | "asked";

export interface MemberView {
  /** Its id, or its address where nobody has told the id. */
  readonly name: string;
  readonly state: MemberState;
  readonly observation: Observation;
  /** Of what is shown of it; null: it never answered. */
  readonly ageMs: number | null;
  /** As the leader has it; null: nobody who leads answers, or this one leads. */
  readonly asFollower: PeerStats | null;
  /** Entries that the leader does not know it to have. */
  readonly lag: number | null;
  /** Committed entries that it has not applied, by its own account. */
  readonly applyLag: number | null;
  /** Of the snapshot that is being sent to it; null: none is. */
  readonly snapshot: PeerProgress | null;
}

export interface ClusterView {
  /** In hexadecimal; empty: nobody has told. */
  readonly clusterId: string;
  /** Whom those that answer in the newest term take for the leader; empty: nobody. */
  readonly leader: string;
  /** What the leader says; null: there is none, or it does not answer. */
  readonly leaderStats: MemberStats | null;
  readonly term: number;
  /** For how long the leader, or else whoever is in the newest term, has been in it; null: nobody answers. */
  readonly termAgeMs: number | null;
  /** The greatest that somebody has told. */
  readonly commitIndex: number;
  /** Answer us, or somebody who does. */
  readonly up: number;
  readonly members: readonly MemberView[];
}

/** `nowMs` by the clock of the observations. */
export function viewOf(observations: readonly Observation[], nowMs: number): ClusterView {
  const answers = observations.flatMap((each) => answerOf(each) ?? []);
  const known = observations.flatMap(({ stats }) => stats ?? []);
  const leaderStats = newestOf(answers.filter(({ status }) => status.role === "leader"));
  const newest = leaderStats ?? newestOf(answers);
  const source = observations.find(({ stats }) => stats !== null && stats === newest);
  const members = observations.map((each) => memberView(each, { answers, leaderStats, nowMs }));
  return {
    clusterId: Buffer.from(known[0]?.status.clusterId ?? []).toString("hex"),
    leader: newest?.status.leader ?? "",
    leaderStats,
    term: Math.max(0, ...known.map(({ status }) => status.term)),
    termAgeMs: newest === null ? null : newest.termAgeMs + nowMs - (source?.answeredMs ?? nowMs),
    commitIndex: Math.max(0, ...known.map(({ status }) => status.commitIndex)),
    up: members.filter(({ state }) => state !== "down" && state !== "asked").length,
    members,
  };
}

function newestOf(stats: readonly MemberStats[]): MemberStats | null {
  return stats.reduce<MemberStats | null>(
    (newest, each) => (newest === null || each.status.term > newest.status.term ? each : newest),
    null,
  );
}

function memberView(
  observation: Observation,
  others: {
    readonly answers: readonly MemberStats[];
    readonly leaderStats: MemberStats | null;
    readonly nowMs: number;
  },
): MemberView {
  const { id, client, stats, answeredMs } = observation;
  const { answers, leaderStats, nowMs } = others;
  const asFollower = leaderStats?.peers.find((peer) => peer.id === id) ?? null;
  const progress = asFollower?.progress ?? null;
  const heard = answers.some(({ peers }) => peers.some((peer) => peer.id === id && isHeard(peer)));
  return {
    name: id || client,
    state: stateOf(observation, heard),
    observation,
    ageMs: answeredMs === null ? null : nowMs - answeredMs,
    asFollower,
    lag:
      leaderStats === null || progress === null
        ? null
        : Math.max(0, leaderStats.status.lastIndex - progress.matchIndex),
    applyLag: stats === null ? null : stats.status.commitIndex - stats.status.appliedIndex,
    snapshot: progress !== null && progress.snapshotIndex > 0 ? progress : null,
  };
}

function stateOf({ stats, error }: Observation, heard: boolean): MemberState {
  if (error !== null) return heard ? "silent" : "down";
  if (stats === null) return "asked";
  const { role } = stats.status;
  return role === "pre-candidate" ? "candidate" : role;
}
