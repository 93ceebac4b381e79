/** What a member has counted and measured since it started: see Stats in client.proto. Indexes and counts are whole numbers. */
import type { HistogramCounts } from "../base/histogram.js";
import type {
  ElectionRecord as CoreElectionRecord,
  ElectionCounts,
  ReplicationState,
} from "../raft/raw-node.js";
import type { ErrorCode, MemberStatus } from "./client-message.js";

export interface MemberStats {
  readonly status: MemberStatus;
  readonly uptimeMs: number;
  /** Since this member came to be in its term. */
  readonly termAgeMs: number;
  /** The member's wall clock, milliseconds since 1970. */
  readonly wallClockMs: number;
  readonly heartbeatMs: number;
  readonly electionTimeoutMs: number;
  /** How many files and connections the process may open; 0: not known. */
  readonly openFilesMax: number;
  readonly keys: number;
  readonly sessions: number;
  /** Of the newest snapshot's file; 0: there is none. */
  readonly snapshotBytes: number;
  /** Requests that wait for an answer. */
  readonly waitingWrites: number;
  readonly waitingReads: number;
  readonly counts: MemberCounts;
  readonly latencies: MemberLatencies;
  /** The other members, in the order of the configuration. */
  readonly peers: readonly PeerStats[];
  /** That this member stood in, or lost its leadership before; oldest first, the newest few. */
  readonly elections: readonly ElectionRecord[];
}

/** Since the member started. */
export interface MemberCounts extends ElectionCounts {
  /** Commands that this member, leading, took into its log. */
  readonly proposals: number;
  /** Linearizable reads that clients asked it for, and stale ones. */
  readonly reads: number;
  readonly staleReads: number;
  /** Another leader, or the first, was heard of. */
  readonly leaderChanges: number;
  readonly snapshotsTaken: number;
  readonly snapshotsInstalled: number;
  /** Requests that were answered with an error. */
  readonly refusals: RefusalCounts;
}

export type RefusalCounts = Readonly<Record<ErrorCode, number>>;

export const NO_REFUSALS: RefusalCounts = {
  "not-leader": 0,
  overloaded: 0,
  "outcome-unknown": 0,
  invalid: 0,
  "too-large": 0,
  unavailable: 0,
};

/** Microseconds, since the member started. */
export interface MemberLatencies {
  /** Of each entry that this member, leading, took into its log: until it was committed. */
  readonly commit: HistogramCounts;
  /** Of each batch of committed entries: applying it and answering. */
  readonly apply: HistogramCounts;
  /** Of each record of the log: until it was durable. */
  readonly logWrite: HistogramCounts;
  /** By how much each tick came too late: the event loop was busy. */
  readonly loopDelay: HistogramCounts;
}

export interface PeerStats {
  readonly id: string;
  /** Messages can be sent there. */
  readonly isConnected: boolean;
  /** Since anything last came from it; null: nothing did. */
  readonly heardMs: number | null;
  /** Microseconds there and back between the two processes, smoothed; null: not measured yet. */
  readonly roundTripUs: number | null;
  /** What a leader knows of it; null where this member does not lead. */
  readonly progress: PeerProgress | null;
}

export interface PeerProgress {
  readonly state: ReplicationState;
  readonly matchIndex: number;
  readonly nextIndex: number;
  /** Of the snapshot on its way there; 0 while there is none. */
  readonly snapshotIndex: number;
  readonly snapshotSentBytes: number;
  readonly snapshotBytes: number;
}

/** As the core has it, with its age by the clock. */
export interface ElectionRecord extends Omit<CoreElectionRecord, "ageTicks"> {
  /** Since it last changed. */
  readonly ageMs: number;
}
