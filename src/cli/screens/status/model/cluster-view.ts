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
  /** It answers us, or somebody who does hears it. */
  readonly isUp: boolean;
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
  /** How many members are. */
  readonly up: number;
  readonly members: readonly MemberView[];
}

/** `nowMs` by the clock of the observations. */
export function viewOf(observations: readonly Observation[], nowMs: number): ClusterView {
  const answers = observations.flatMap((each) => answerOf(each) ?? []);
  const known = observations.flatMap(({ stats }) => stats ?? []);
  const newest = newestOf(answers);
  const leaderStats = newest?.status.role === "leader" ? newest : null;
  const members = observations.map((each) => memberView(each, { answers, leaderStats, nowMs }));
  const answeredMs = observations.find(({ stats }) => stats !== null && stats === newest)?.answeredMs;
  return {
    clusterId: Buffer.from(known[0]?.status.clusterId ?? []).toString("hex"),
    leader: newest?.status.leader ?? "",
    leaderStats,
    term: newest?.status.term ?? Math.max(0, ...known.map(({ status }) => status.term)),
    termAgeMs: newest === null ? null : newest.termAgeMs + nowMs - (answeredMs ?? nowMs),
    commitIndex: Math.max(0, ...known.map(({ status }) => status.commitIndex)),
    up: members.filter(({ isUp }) => isUp).length,
    members,
  };
}

/** Of those in the newest term the leader, or else who knows of one. A leader of an older term has been deposed and does not know it. */
function newestOf(answers: readonly MemberStats[]): MemberStats | null {
  const term = Math.max(...answers.map(({ status }) => status.term));
  const inTerm = answers.filter(({ status }) => status.term === term);
  const leading = inTerm.find(({ status }) => status.role === "leader");
  return leading ?? inTerm.find(({ status }) => status.leader !== "") ?? inTerm[0] ?? null;
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
    isUp: heard || answerOf(observation) !== null,
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
