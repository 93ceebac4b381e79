/** Observations of members for the tests of what shows them. Two members that follow n1 in term 7, and answer. */
import { Histogram } from "../../src/base/histogram.js";
import type { Observation } from "../../src/clerk/observer.js";
import type { MemberStatus } from "../../src/wire/client-message.js";
import type { MemberLatencies, MemberStats, PeerStats } from "../../src/wire/member-stats.js";
import { blankStats } from "../clerk/blank-stats.js";

/** When everybody has answered, by the clock of the observations. */
export const NOW_MS = 60_000;
export const IDS = ["n1", "n2", "n3"] as const;

export function statusOf(id: string, overrides: Partial<MemberStatus> = {}): MemberStatus {
  return {
    id,
    role: id === "n1" ? "leader" : "follower",
    term: 7,
    leader: "n1",
    lastIndex: 1204,
    commitIndex: 1200,
    appliedIndex: 1200,
    snapshotIndex: 1000,
    logBytes: 3 * 2 ** 20,
    members: IDS.map((each) => ({ id: each, client: `${each}.example:6840`, peer: `${each}.example:6841` })),
    clusterId: Uint8Array.of(0x3f, 0xa9, 0xc1, 0xd2, 1, 2, 3, 4),
    version: "0.1.0",
    ...overrides,
  };
}

export function peerOf(id: string, overrides: Partial<PeerStats> = {}): PeerStats {
  return { id, isConnected: true, heardMs: 40, roundTripUs: 420, progress: null, ...overrides };
}

export function progress(matchIndex: number): NonNullable<PeerStats["progress"]> {
  const none = { snapshotIndex: 0, snapshotSentBytes: 0, snapshotBytes: 0 };
  return { state: "replicate", matchIndex, nextIndex: matchIndex + 1, ...none };
}

export function statsOf(id: string, overrides: Partial<MemberStats> = {}): MemberStats {
  return {
    ...blankStats(statusOf(id)),
    uptimeMs: 300_000,
    termAgeMs: 192_000,
    peers: IDS.filter((each) => each !== id).map((each) =>
      peerOf(each, id === "n1" ? { progress: progress(1204) } : {}),
    ),
    ...overrides,
  };
}

export function observation(id: string, overrides: Partial<Observation> = {}): Observation {
  return {
    id,
    client: `${id}.example:6840`,
    peer: `${id}.example:6841`,
    stats: statsOf(id),
    answeredMs: NOW_MS,
    roundTripMs: 0.8,
    error: null,
    ...overrides,
  };
}

export function allWell(): readonly Observation[] {
  return IDS.map((id) => observation(id));
}

/** Whose last answer came so long ago. */
export function down(id: string, overrides: Partial<Observation> = {}): Observation {
  return observation(id, { error: "refused the connection", answeredMs: NOW_MS - 12_300, ...overrides });
}

/** Each value `times` times. */
export function latenciesOf(us: number, times: number): MemberLatencies {
  const counts = new Histogram();
  counts.record(us, times);
  return { commit: counts, apply: counts, logWrite: counts, loopDelay: counts };
}
