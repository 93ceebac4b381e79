/**
 * Every metric of a member, once: name, meaning and where its value comes from. Names follow Prometheus: base units, `_total` for what
 * only grows. kvraftd(8) lists them all.
 */
import { counter, type Family, gauge, histogram, perPeer, US_PER_S } from "./family.js";

export const FAMILIES: readonly Family[] = [
  {
    name: "kvraft_build_info",
    help: "The version of kvraft; always 1.",
    type: "gauge",
    read: ({ stats }) => [{ labels: { version: stats.status.version }, value: 1 }],
  },
  {
    name: "kvraft_member_info",
    help: "The member's name and its cluster's id; always 1.",
    type: "gauge",
    read: ({ stats }) => {
      const { id, clusterId } = stats.status;
      return [{ labels: { member: id, cluster: Buffer.from(clusterId).toString("hex") }, value: 1 }];
    },
  },
  gauge("members", "Members of the cluster.", ({ status }) => status.members.length),
  gauge("has_leader", "Whether this member knows of a leader.", ({ status }) => Number(status.leader !== "")),
  gauge("is_leader", "Whether this member leads.", ({ status }) => Number(status.role === "leader")),
  gauge("term", "The member's current term.", ({ status }) => status.term),
  counter("leader_changes_total", "Leaders that were heard of anew.", ({ counts }) => counts.leaderChanges),
  counter(
    "elections_stood_total",
    "Elections in which this member asked for votes.",
    ({ counts }) => counts.electionsStood,
  ),
  counter("elections_won_total", "Elections that this member won.", ({ counts }) => counts.electionsWon),

  gauge("log_last_index", "Index of the newest entry of the log.", ({ status }) => status.lastIndex),
  gauge("commit_index", "Up to here the log is committed.", ({ status }) => status.commitIndex),
  gauge("applied_index", "Up to here the log is applied.", ({ status }) => status.appliedIndex),
  gauge("snapshot_index", "Up to here a snapshot covers the log.", ({ status }) => status.snapshotIndex),
  gauge("log_bytes", "Size of the log since the snapshot.", ({ status }) => status.logBytes),
  gauge("snapshot_bytes", "Size of the newest snapshot.", ({ snapshotBytes }) => snapshotBytes),
  counter("snapshots_taken_total", "Snapshots of its own state.", ({ counts }) => counts.snapshotsTaken),
  counter(
    "snapshots_installed_total",
    "Snapshots that came from a leader.",
    ({ counts }) => counts.snapshotsInstalled,
  ),
  gauge("keys", "Keys in the store.", ({ keys }) => keys),
  gauge("sessions", "Sessions of clients.", ({ sessions }) => sessions),

  counter(
    "proposals_total",
    "Commands that this member, leading, took into its log.",
    ({ counts }) => counts.proposals,
  ),
  {
    name: "kvraft_reads_total",
    help: "Reads that clients asked this member for.",
    type: "counter",
    read: ({ stats: { counts } }) => [
      { labels: { consistency: "linearizable" }, value: counts.reads },
      { labels: { consistency: "stale" }, value: counts.staleReads },
    ],
  },
  {
    name: "kvraft_requests_refused_total",
    help: "Requests that were answered with an error.",
    type: "counter",
    read: ({ stats }) =>
      Object.entries(stats.counts.refusals).map(([code, value]) => ({ labels: { code }, value })),
  },
  gauge("waiting_writes", "Writes without an answer yet.", ({ waitingWrites }) => waitingWrites),
  gauge("waiting_reads", "Reads without an answer yet.", ({ waitingReads }) => waitingReads),
  {
    name: "kvraft_client_connections",
    help: "Open connections of clients.",
    type: "gauge",
    read: ({ connections }) => [{ labels: {}, value: connections.open }],
  },
  {
    name: "kvraft_client_connections_total",
    help: "Connections of clients, by what became of them: accepted, or refused as too many.",
    type: "counter",
    read: ({ connections: { accepted, refused } }) => [
      { labels: { result: "accepted" }, value: accepted },
      { labels: { result: "refused" }, value: refused },
    ],
  },

  histogram(
    "commit_duration_seconds",
    "From an entry's arrival in the leader's log until it is committed.",
    ({ latencies }) => latencies.commit,
  ),
  histogram(
    "apply_duration_seconds",
    "Applying a batch of committed entries and answering.",
    ({ latencies }) => latencies.apply,
  ),
  histogram(
    "log_write_duration_seconds",
    "Writing a record of the log and syncing it.",
    ({ latencies }) => latencies.logWrite,
  ),
  histogram(
    "event_loop_delay_seconds",
    "By how much the member's ticks came too late.",
    ({ latencies }) => latencies.loopDelay,
  ),

  perPeer("peer_connected", "Whether messages can be sent to that member.", (peer) =>
    Number(peer.isConnected),
  ),
  perPeer("peer_heard_age_seconds", "Since anything last came from that member.", ({ heardMs }) =>
    heardMs === null ? null : heardMs / 1000,
  ),
  perPeer(
    "peer_round_trip_seconds",
    "There and back between the two processes, smoothed.",
    ({ roundTripUs }) => (roundTripUs === null ? null : roundTripUs / US_PER_S),
  ),
  perPeer(
    "peer_lag_entries",
    "Entries of the leader's log that the follower is not known to have.",
    (peer, stats) =>
      peer.progress === null ? null : Math.max(0, stats.status.lastIndex - peer.progress.matchIndex),
  ),
];
