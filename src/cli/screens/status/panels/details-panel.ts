/** Everything that one member reports, and how it is reached. */
import { type HistogramCounts, quantile } from "../../../../base/histogram.js";
import type { MemberLatencies, MemberStats } from "../../../../wire/member-stats.js";
import { formatAge, formatCount, formatLatency, formatSize } from "../../../figures.js";
import type { FrameSource, Size } from "../frame.js";
import type { Glyphs } from "../layout/glyphs.js";
import { BLANK, type Line, line, printable, span } from "../layout/line.js";
import { type Column, layOut } from "../layout/table.js";
import { type Windowed, windowed } from "../layout/window.js";
import type { MemberView } from "../model/cluster-view.js";
import { chosenOf } from "../view-state.js";
import { stateLine } from "./member-state.js";

const LABEL_COLUMNS = 10;

export function detailsPanel(
  { view, trends, state, glyphs }: FrameSource,
  { columns, rows }: Size,
): Windowed {
  const name = chosenOf(
    state,
    view.members.map((member) => member.name),
  );
  const member = view.members.find((each) => each.name === name);
  if (member === undefined) return { lines: [line("no member is known", "faint")], scrollMax: 0 };
  const { stats } = member.observation;
  const lines = [
    [span(`${printable(name)} `, "strong"), ...stateLine(member.state, glyphs)],
    ...reached(member, glyphs),
  ];
  if (stats !== null) {
    const lately = trends.recent(name)?.latencies ?? null;
    lines.push(...figures(stats, glyphs), BLANK, ...latencies(stats.latencies, lately, { glyphs, columns }));
  }
  return windowed(lines, { height: rows, scroll: state.scroll, glyphs });
}

function reached({ observation, ageMs }: MemberView, { separator }: Glyphs): readonly Line[] {
  const { client, peer, error, roundTripMs } = observation;
  const lines = [entry("clients", client || "address unknown"), entry("peers", peer || "address unknown")];
  if (error !== null) lines.push(entry("error", printable(error)));
  if (ageMs === null) lines.push(entry("answer", "none so far"));
  else {
    const came = roundTripMs === null ? "" : ` ${separator} it took ${formatLatency(1000 * roundTripMs)}`;
    lines.push(entry("answer", `${formatAge(ageMs)} old${came}`));
  }
  return lines;
}

function figures(stats: MemberStats, { separator }: Glyphs): readonly Line[] {
  const { status, counts } = stats;
  const number = formatCount;
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ["process", [`kvraft ${printable(status.version)}`, `up for ${formatAge(stats.uptimeMs)}`]],
    [
      "term",
      [
        `${status.term} for ${formatAge(stats.termAgeMs)}`,
        `leader ${printable(status.leader) || "none"}`,
        `changes ${counts.leaderChanges}`,
      ],
    ],
    ["index", [`last ${status.lastIndex}`, `commit ${status.commitIndex}`, `applied ${status.appliedIndex}`]],
    ["log", [formatSize(status.logBytes)]],
    [
      "snapshot",
      [
        `index ${status.snapshotIndex}`,
        formatSize(stats.snapshotBytes),
        `taken ${counts.snapshotsTaken}`,
        `installed ${counts.snapshotsInstalled}`,
      ],
    ],
    ["data", [`keys ${number(stats.keys)}`, `sessions ${number(stats.sessions)}`]],
    ["waiting", [`writes ${stats.waitingWrites}`, `reads ${stats.waitingReads}`]],
    [
      "served",
      [
        `writes ${number(counts.proposals)}`,
        `reads ${number(counts.reads)}`,
        `stale ${number(counts.staleReads)}`,
      ],
    ],
  ];
  return rows.map(([label, words]) => entry(label, words.join(` ${separator} `)));
}

interface LatencyRow {
  readonly name: string;
  readonly lately: HistogramCounts | null;
  readonly all: HistogramCounts;
}

function latencies(
  all: MemberLatencies,
  lately: MemberLatencies | null,
  { glyphs, columns }: { readonly glyphs: Glyphs; readonly columns: number },
): readonly Line[] {
  const row = (name: string, of: (latencies: MemberLatencies) => HistogramCounts): LatencyRow => ({
    name,
    lately: lately === null ? null : of(lately),
    all: of(all),
  });
  const rows = [
    row("commit", ({ commit }) => commit),
    row("apply", ({ apply }) => apply),
    row("log write", ({ logWrite }) => logWrite),
    row("loop delay", ({ loopDelay }) => loopDelay),
  ];
  const at = (counts: HistogramCounts | null, q: number): Line =>
    counts === null || counts.count === 0
      ? line(glyphs.none, "faint")
      : line(formatLatency(quantile(counts, q)));
  const tableColumns: readonly Column<LatencyRow>[] = [
    { title: "LATENCY", align: "left", cell: ({ name }) => line(name) },
    { title: "P50 LATELY", align: "right", cell: (row) => at(row.lately, 0.5) },
    { title: "P99", align: "right", cell: (row) => at(row.lately, 0.99) },
    { title: "P50 SINCE START", align: "right", leaves: 1, cell: (row) => at(row.all, 0.5) },
    { title: "P99", align: "right", leaves: 1, cell: (row) => at(row.all, 0.99) },
    { title: "MAX", align: "right", cell: (row) => at(row.all, 1) },
  ];
  const { heading, lines } = layOut(tableColumns, rows, columns);
  return [heading, ...lines];
}

function entry(label: string, words: string): Line {
  return [span(label.padEnd(LABEL_COLUMNS), "faint"), span(words)];
}
