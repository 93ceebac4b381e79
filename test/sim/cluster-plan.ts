/** What a cluster is made of and what it runs on, before anything happens to it. */
import type { StateMachineLimits } from "../../src/kv/state-machine.js";
import type { MemberId } from "../../src/raft/entry.js";
import type { RaftLimits } from "../../src/raft/limits.js";
import type { PeerNetworkProfile } from "./peer-network.js";

export interface ClusterPlan {
  /** Decides every draw of the run. */
  readonly seed: number;
  readonly ids: readonly MemberId[];
  readonly tickMs: number;
  readonly heartbeatTicks: number;
  readonly electionTimeoutTicks: number;
  /** Infinity: no snapshots. */
  readonly snapshotLogBytes: number;
  readonly segmentBytes: number;
  /** Of a snapshot on its way to a follower. */
  readonly chunkBytes: number;
  readonly stateLimits: StateMachineLimits;
  readonly raftLimits: Partial<RaftLimits>;
  readonly network: PeerNetworkProfile;
  readonly diskUsMax: number;
  /** From an event to the turn that takes it in: how busy the processors are. */
  readonly turnUsMax: number;
}
