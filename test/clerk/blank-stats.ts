/** What a member reports that has done nothing yet, for tests to fill in. */
import { NO_COUNTS } from "../../src/base/histogram.js";
import type { MemberStatus } from "../../src/wire/client-message.js";
import { type MemberStats, NO_REFUSALS } from "../../src/wire/member-stats.js";

export function blankStats(status: MemberStatus): MemberStats {
  return {
    status,
    uptimeMs: 0,
    termAgeMs: 0,
    wallClockMs: 0,
    heartbeatMs: 100,
    electionTimeoutMs: 1000,
    openFilesMax: 0,
    keys: 0,
    sessions: 0,
    snapshotBytes: 0,
    waitingWrites: 0,
    waitingReads: 0,
    counts: {
      proposals: 0,
      reads: 0,
      staleReads: 0,
      leaderChanges: 0,
      snapshotsTaken: 0,
      snapshotsInstalled: 0,
      electionsStood: 0,
      electionsWon: 0,
      refusals: NO_REFUSALS,
    },
    latencies: { commit: NO_COUNTS, apply: NO_COUNTS, logWrite: NO_COUNTS, loopDelay: NO_COUNTS },
    peers: [],
    elections: [],
  };
}
