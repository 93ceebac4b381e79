/** What a member answers to whoever asks about it: put together from the core, the state and what was counted. */
import type { StateMachine } from "../kv/state-machine.js";
import type { MemberId } from "../raft/entry.js";
import type { FollowerStatus, RawNode } from "../raft/raw-node.js";
import type { MemberStatus } from "../wire/client-message.js";
import type { MemberStats, PeerProgress } from "../wire/member-stats.js";
import type { ClientService } from "./client-service.js";
import type { Host, SnapshotStore, Transport } from "./ports.js";
import type { SnapshotSender } from "./snapshot-sender.js";
import type { Statistics } from "./statistics.js";

export interface ReportSources {
  readonly id: MemberId;
  readonly clusterId: Uint8Array;
  readonly version: string;
  readonly tickMs: number;
  readonly heartbeatTicks: number;
  readonly electionTimeoutTicks: number;
  readonly raft: RawNode;
  readonly clients: ClientService;
  readonly sender: SnapshotSender;
  readonly snapshots: SnapshotStore;
  readonly transport: Transport;
  readonly host: Host;
  readonly statistics: Statistics;
  /** HOST:PORT for clients of a member; empty where unknown. */
  readonly clientAddress: (id: MemberId) => string;
}

export function memberStatus({ id, clusterId, version, raft, clientAddress }: ReportSources): MemberStatus {
  return {
    id,
    role: raft.role,
    term: raft.currentTerm,
    leader: raft.leaderId ?? "",
    lastIndex: raft.lastIndex,
    commitIndex: raft.commitIndex,
    appliedIndex: raft.lastApplied,
    snapshotIndex: raft.snapshotMetadata.lastIncludedIndex,
    logBytes: raft.logBytes,
    members: raft.configuration.voters.map((member) => ({
      id: member.id,
      client: clientAddress(member.id),
      peer: member.peerAddress,
    })),
    clusterId,
    version,
  };
}

export function memberStats(sources: ReportSources, state: StateMachine): MemberStats {
  const { id, raft, clients, sender, snapshots, transport, host, statistics, tickMs } = sources;
  const followers = new Map(raft.progress().map((follower) => [follower.id, follower]));
  return {
    status: memberStatus(sources),
    uptimeMs: statistics.uptimeMs,
    termAgeMs: statistics.termAgeMs,
    wallClockMs: host.wallClockMs(),
    heartbeatMs: sources.heartbeatTicks * tickMs,
    electionTimeoutMs: sources.electionTimeoutTicks * tickMs,
    openFilesMax: host.openFilesMax,
    keys: state.keyCount,
    sessions: state.sessionCount,
    snapshotBytes: snapshots.newestBytes,
    waitingWrites: clients.waitingWrites,
    waitingReads: clients.waitingReads,
    counts: { ...statistics.counts, ...raft.electionCounts },
    latencies: statistics.latencies,
    peers: raft.configuration.voters
      .filter((member) => member.id !== id)
      .map((member) => ({
        id: member.id,
        ...transport.contact(member.id),
        progress: progressOf(followers.get(member.id), sender),
      })),
    elections: raft.elections().map(({ ageTicks, ...record }) => ({ ...record, ageMs: ageTicks * tickMs })),
  };
}

function progressOf(follower: FollowerStatus | undefined, sender: SnapshotSender): PeerProgress | null {
  if (follower === undefined) return null;
  const { id, state, matchIndex, nextIndex, snapshot } = follower;
  return {
    state,
    matchIndex,
    nextIndex,
    snapshotIndex: snapshot?.lastIncludedIndex ?? 0,
    snapshotSentBytes: snapshot?.offset ?? 0,
    snapshotBytes: sender.sizeBytesFor(id),
  };
}
