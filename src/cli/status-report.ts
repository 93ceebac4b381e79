/**
 * What members say of themselves, as a table for people and as JSON for programs.
 */
import { type HistogramCounts, quantile } from "../base/histogram.js";
import { answerOf, type Observation } from "../clerk/observer.js";
import type { MemberStatus } from "../wire/client-message.js";
import type { MemberStats, PeerStats } from "../wire/member-stats.js";
import { formatSize } from "./figures.js";
import { jsonDocument } from "./format.js";

interface Column {
  readonly title: string;
  readonly align: "left" | "right";
  /** Of a member that answers. */
  readonly cell: (status: MemberStatus, member: Observation) => string;
  /** Known of one that does not answer, too. */
  readonly otherwise?: (member: Observation) => string;
}

const client = (member: Observation) => member.client || "?";
const peer = (member: Observation) => member.peer || "?";

const COLUMNS: readonly Column[] = [
  { title: "ID", align: "left", cell: (status) => status.id, otherwise: (member) => member.id || "?" },
  { title: "ROLE", align: "left", cell: (status) => status.role },
  { title: "TERM", align: "right", cell: (status) => String(status.term) },
  { title: "LEADER", align: "left", cell: (status) => status.leader || "none" },
  { title: "LAST", align: "right", cell: (status) => String(status.lastIndex) },
  { title: "COMMIT", align: "right", cell: (status) => String(status.commitIndex) },
  { title: "APPLIED", align: "right", cell: (status) => String(status.appliedIndex) },
  { title: "SNAPSHOT", align: "right", cell: (status) => String(status.snapshotIndex) },
  { title: "LOG", align: "right", cell: (status) => formatSize(status.logBytes) },
  { title: "CLIENT", align: "left", cell: (_, member) => client(member), otherwise: client },
  { title: "PEER", align: "left", cell: (_, member) => peer(member), otherwise: peer },
];
const ERROR_COLUMN: Column = {
  title: "ERROR",
  align: "left",
  cell: () => "",
  otherwise: (member) => member.error ?? "",
};

/** The heading and one line a member, columns aligned. */
export function statusTable(members: readonly Observation[]): string {
  const columns = members.every(answerOf) ? COLUMNS : [...COLUMNS, ERROR_COLUMN];
  const rows = [columns.map((column) => column.title), ...members.map((member) => cellsOf(member, columns))];
  const widths = columns.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, at) =>
        columns[at]?.align === "right" ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
  return `${lines.join("\n")}\n`;
}

function cellsOf(member: Observation, columns: readonly Column[]): readonly string[] {
  const status = answerOf(member)?.status;
  return columns.map(({ cell, otherwise }) =>
    status === undefined ? (otherwise?.(member) ?? "-") : cell(status, member),
  );
}

/** Indexes are text: in other languages they may exceed what a JSON number holds. `more`: fields of the whole document. */
export function statusJson(members: readonly Observation[], more: { readonly time?: string } = {}): string {
  return jsonDocument({ ...more, members: members.map(memberJson) });
}

function memberJson(member: Observation): object {
  const stats = answerOf(member);
  const { status } = stats ?? {};
  return {
    id: member.id,
    role: status?.role ?? "unknown",
    term: status?.term ?? 0,
    leader: status?.leader ?? "",
    lastIndex: String(status?.lastIndex ?? 0),
    commitIndex: String(status?.commitIndex ?? 0),
    appliedIndex: String(status?.appliedIndex ?? 0),
    snapshotIndex: String(status?.snapshotIndex ?? 0),
    logBytes: status?.logBytes ?? 0,
    client: member.client,
    peer: member.peer,
    ...(stats === null ? { error: member.error ?? "" } : statsJson(stats)),
  };
}

function statsJson({ status, latencies, counts, peers, elections, ...stats }: MemberStats): object {
  return {
    version: status.version,
    uptimeMs: stats.uptimeMs,
    termAgeMs: stats.termAgeMs,
    keys: stats.keys,
    sessions: stats.sessions,
    snapshotBytes: stats.snapshotBytes,
    waitingWrites: stats.waitingWrites,
    waitingReads: stats.waitingReads,
    counts,
    latencies: {
      commit: latencyJson(latencies.commit),
      apply: latencyJson(latencies.apply),
      logWrite: latencyJson(latencies.logWrite),
      loopDelay: latencyJson(latencies.loopDelay),
    },
    peers: peers.map(peerJson),
    elections,
  };
}

function peerJson({ id, isConnected, heardMs, roundTripUs, progress }: PeerStats): object {
  const contact = { id, connected: isConnected, heardMs, roundTripUs };
  if (progress === null) return contact;
  const { state, matchIndex, snapshotSentBytes, snapshotBytes } = progress;
  return { ...contact, state, matchIndex: String(matchIndex), snapshotSentBytes, snapshotBytes };
}

function latencyJson(counts: HistogramCounts): object {
  return {
    count: counts.count,
    p50Us: quantile(counts, 0.5),
    p99Us: quantile(counts, 0.99),
    maxUs: counts.max,
  };
}
