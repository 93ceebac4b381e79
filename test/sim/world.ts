/** What all parts of one run share. */
import type { MemberId } from "../../src/raft/entry.js";
import type { Message } from "../../src/raft/message.js";
import type { ClusterPlan } from "./cluster-plan.js";
import type { ConsensusChecker } from "./consensus-checker.js";
import type { EventLoop } from "./event-loop.js";
import type { ReadChecker } from "./read-checker.js";
import type { ServiceModel } from "./service-model.js";
import type { Trace } from "./trace.js";

export interface World {
  readonly plan: ClusterPlan;
  readonly loop: EventLoop;
  readonly trace: Trace;
  readonly consensus: ConsensusChecker;
  readonly reads: ReadChecker;
  readonly service: ServiceModel;
  readonly counts: Counts;
  /** `frame` holds `message`. */
  sendToPeer(message: Message, frame: Uint8Array): void;
  /** The process of `id` runs now, or no longer: its connections stand, or break. */
  processChanged(id: MemberId, up: boolean): void;
}

/** What a run came to, to show that it was worth something. */
export interface Counts {
  boots: number;
  crashes: number;
  diskFaults: number;
  rotten: number;
  snapshotsTaken: number;
  snapshotsInstalled: number;
  done: number;
  failed: number;
  unknown: number;
}

export function noCounts(): Counts {
  return {
    boots: 0,
    crashes: 0,
    diskFaults: 0,
    rotten: 0,
    snapshotsTaken: 0,
    snapshotsInstalled: 0,
    done: 0,
    failed: 0,
    unknown: 0,
  };
}
