/** What a member has counted, as a protobuf message. */
import { HISTOGRAM_BUCKETS, type HistogramCounts } from "../base/histogram.js";
import { ERROR_CODES } from "./error-codes.js";
import { WireError } from "./errors.js";
import type { kvraft } from "./generated/client.js";
import {
  type ElectionRecord,
  type MemberCounts,
  type MemberStats,
  NO_REFUSALS,
  type PeerProgress,
  type PeerStats,
  type RefusalCounts,
} from "./member-stats.js";
import { fromMemberId, fromOptionalUint64, fromUint64, fromWord, present, toUint64 } from "./message.js";
import { statusFromProto, statusToProto } from "./status-codec.js";

const STATES: readonly PeerProgress["state"][] = ["probe", "replicate", "snapshot"];
const REASONS: readonly ElectionRecord["reason"][] = ["timeout", "leader-lost", "transfer", "quorum-lost"];
const OUTCOMES: readonly ElectionRecord["outcome"][] = ["asking", "standing", "won", "lost", "stepped-down"];

export function statsToProto(stats: MemberStats): kvraft.StatsReply.$Properties {
  const { latencies } = stats;
  return {
    status: statusToProto(stats.status),
    uptimeMs: toUint64(stats.uptimeMs),
    termAgeMs: toUint64(stats.termAgeMs),
    wallClockMs: toUint64(stats.wallClockMs),
    heartbeatMs: toUint64(stats.heartbeatMs),
    electionTimeoutMs: toUint64(stats.electionTimeoutMs),
    openFilesMax: toUint64(stats.openFilesMax),
    keys: toUint64(stats.keys),
    sessions: toUint64(stats.sessions),
    snapshotBytes: toUint64(stats.snapshotBytes),
    waitingWrites: toUint64(stats.waitingWrites),
    waitingReads: toUint64(stats.waitingReads),
    counts: { ...stats.counts, refusals: refusalsToProto(stats.counts.refusals) },
    commitUs: histogramToProto(latencies.commit),
    applyUs: histogramToProto(latencies.apply),
    logWriteUs: histogramToProto(latencies.logWrite),
    loopDelayUs: histogramToProto(latencies.loopDelay),
    peers: stats.peers.map(peerToProto),
    elections: stats.elections.map((election) => ({ ...election })),
  };
}

export function statsFromProto(proto: kvraft.StatsReply.$Properties): MemberStats {
  return {
    status: statusFromProto(present(proto.status, "status")),
    uptimeMs: fromUint64(proto.uptimeMs, "uptime_ms"),
    termAgeMs: fromUint64(proto.termAgeMs, "term_age_ms"),
    wallClockMs: fromUint64(proto.wallClockMs, "wall_clock_ms"),
    heartbeatMs: fromUint64(proto.heartbeatMs, "heartbeat_ms"),
    electionTimeoutMs: fromUint64(proto.electionTimeoutMs, "election_timeout_ms"),
    openFilesMax: fromUint64(proto.openFilesMax, "open_files_max"),
    keys: fromUint64(proto.keys, "keys"),
    sessions: fromUint64(proto.sessions, "sessions"),
    snapshotBytes: fromUint64(proto.snapshotBytes, "snapshot_bytes"),
    waitingWrites: fromUint64(proto.waitingWrites, "waiting_writes"),
    waitingReads: fromUint64(proto.waitingReads, "waiting_reads"),
    counts: countsFromProto(proto.counts ?? {}),
    latencies: {
      commit: histogramFromProto(proto.commitUs ?? {}),
      apply: histogramFromProto(proto.applyUs ?? {}),
      logWrite: histogramFromProto(proto.logWriteUs ?? {}),
      loopDelay: histogramFromProto(proto.loopDelayUs ?? {}),
    },
    peers: (proto.peers ?? []).map(peerFromProto),
    elections: (proto.elections ?? []).map(electionFromProto),
  };
}

function countsFromProto(proto: kvraft.MemberCounts.$Properties): MemberCounts {
  return {
    proposals: fromUint64(proto.proposals, "proposals"),
    reads: fromUint64(proto.reads, "reads"),
    staleReads: fromUint64(proto.staleReads, "stale_reads"),
    leaderChanges: fromUint64(proto.leaderChanges, "leader_changes"),
    snapshotsTaken: fromUint64(proto.snapshotsTaken, "snapshots_taken"),
    snapshotsInstalled: fromUint64(proto.snapshotsInstalled, "snapshots_installed"),
    electionsStood: fromUint64(proto.electionsStood, "elections_stood"),
    electionsWon: fromUint64(proto.electionsWon, "elections_won"),
    refusals: refusalsFromProto(proto.refusals ?? []),
  };
}

function refusalsToProto(refusals: RefusalCounts): kvraft.RefusalCount.$Properties[] {
  const codes = Object.keys(refusals) as (keyof RefusalCounts)[];
  return codes.map((code) => ({ code: ERROR_CODES.toNumber(code), count: toUint64(refusals[code]) }));
}

function refusalsFromProto(protos: readonly kvraft.RefusalCount.$Properties[]): RefusalCounts {
  const counted = protos.map(
    ({ code, count }) => [ERROR_CODES.fromNumber(code), fromUint64(count, "count")] as const,
  );
  return { ...NO_REFUSALS, ...Object.fromEntries(counted) };
}

function histogramToProto({ count, sum, max, buckets }: HistogramCounts): kvraft.Histogram.$Properties {
  const counted = Array.from(buckets);
  return { count, sum, max, buckets: counted.slice(0, counted.findLastIndex((times) => times > 0) + 1) };
}

function histogramFromProto(proto: kvraft.Histogram.$Properties): HistogramCounts {
  const buckets = proto.buckets ?? [];
  if (buckets.length > HISTOGRAM_BUCKETS) throw new WireError("field-invalid", "a histogram is too long");
  return {
    count: fromUint64(proto.count, "count"),
    sum: fromUint64(proto.sum, "sum"),
    max: fromUint64(proto.max, "max"),
    buckets: buckets.map((times) => fromUint64(times, "buckets")),
  };
}

function peerToProto(peer: PeerStats): kvraft.PeerStats.$Properties {
  return {
    id: peer.id,
    connected: peer.isConnected,
    heardMs: peer.heardMs,
    roundTripUs: peer.roundTripUs,
    progress: peer.progress,
  };
}

function peerFromProto(proto: kvraft.PeerStats.$Properties): PeerStats {
  return {
    id: fromMemberId(proto.id, "id"),
    isConnected: proto.connected ?? false,
    heardMs: fromOptionalUint64(proto.heardMs, "heard_ms"),
    roundTripUs: fromOptionalUint64(proto.roundTripUs, "round_trip_us"),
    progress: proto.progress == null ? null : progressFromProto(proto.progress),
  };
}

function progressFromProto(proto: kvraft.PeerProgress.$Properties): PeerProgress {
  return {
    state: fromWord(STATES, proto.state, "state"),
    matchIndex: fromUint64(proto.matchIndex, "match_index"),
    nextIndex: fromUint64(proto.nextIndex, "next_index"),
    snapshotIndex: fromUint64(proto.snapshotIndex, "snapshot_index"),
    snapshotSentBytes: fromUint64(proto.snapshotSentBytes, "snapshot_sent_bytes"),
    snapshotBytes: fromUint64(proto.snapshotBytes, "snapshot_bytes"),
  };
}

function electionFromProto(proto: kvraft.ElectionRecord.$Properties): ElectionRecord {
  return {
    term: fromUint64(proto.term, "term"),
    reason: fromWord(REASONS, proto.reason, "reason"),
    outcome: fromWord(OUTCOMES, proto.outcome, "outcome"),
    attempts: fromUint64(proto.attempts, "attempts"),
    ageMs: fromUint64(proto.ageMs, "age_ms"),
  };
}
