/** What the Raft suite's clusters are made of: timings, limits, and its kinds of network. */
import type { ClusterPlan } from "../../sim/cluster-plan.js";
import type { PeerNetworkProfile } from "../../sim/peer-network.js";

/** The suite's own unit of patience: by then a solution is given the time to elect a leader. */
export const ELECTION_MS = 1000;
/** The suite asks for a snapshot after so many entries. */
export const SNAPSHOT_INTERVAL = 10;

/** Of one command here, whose value is as short as the names of values are, with what Raft charges for an entry. */
const ENTRY_BYTES = 50;
/** A snapshot is taken at so much of the limit. */
const SNAPSHOT_DUE_AT = 0.8;

export interface Conditions {
  /** How many. */
  readonly servers: number;
  readonly network: PeerNetworkProfile;
  readonly snapshots: boolean;
  readonly electionTimeoutTicks?: number;
}

export const RELIABLE: PeerNetworkProfile = {
  lossPercent: 0,
  duplicatePercent: 0,
  delayUsMin: 100,
  delayUsMax: 1000,
  stragglerPercent: 0,
};

export const UNRELIABLE: PeerNetworkProfile = {
  ...RELIABLE,
  lossPercent: 10,
  delayUsMin: 0,
  delayUsMax: 26_000,
};

export const LONG_REORDERING: PeerNetworkProfile = { ...UNRELIABLE, lateReplyPercent: 67 };

/**
 * Heartbeats and ticks are the product's. The election timeout is shorter: where four are left of seven, all four
 * have to vote for the same one, and the 5 s that the suite gives them must hold a good many attempts.
 */
export function planOf(
  seed: number,
  { servers, network, snapshots, electionTimeoutTicks = 20 }: Conditions,
): ClusterPlan {
  return {
    seed,
    ids: Array.from({ length: servers }, (_, at) => `n${at + 1}`),
    tickMs: 20,
    heartbeatTicks: 5,
    electionTimeoutTicks,
    snapshotLogBytes: snapshots
      ? (SNAPSHOT_INTERVAL * ENTRY_BYTES) / SNAPSHOT_DUE_AT
      : Number.POSITIVE_INFINITY,
    segmentBytes: 64 * 1024,
    chunkBytes: 512,
    stateLimits: {
      valueBytesMax: 10_000,
      sessionsMax: 10,
      sessionIdleMs: 3_600_000,
      // Commands that are proposed and never asked about again are never acknowledged.
      sessionResultsMax: 10_000,
    },
    raftLimits: {},
    network,
    diskUsMax: 500,
    turnUsMax: 100,
  };
}
