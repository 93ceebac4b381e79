/** The lines above every panel: the cluster, its leader, its quorum, its commits. The least important leave where rows are few. */
import { quantile } from "../../../../base/histogram.js";
import { formatAge, formatCount, formatInterval, formatLatency, formatRoughly } from "../../../figures.js";
import { sparkline } from "../../../sparkline.js";
import type { FrameSource, Size } from "../frame.js";
import { aligned, type Line, line, printable, type Span, span, widthOf } from "../layout/line.js";
import { quorumWords } from "../model/quorum.js";

const LABEL_COLUMNS = 9;
const SPARK_COLUMNS_MAX = 40;

/** In the order on the screen, and in which order they leave: the greatest first. */
const LINES: readonly {
  readonly leaves: number;
  readonly draw: (source: FrameSource, width: number) => Line;
}[] = [
  { leaves: 4, draw: titleLine },
  { leaves: 1, draw: leaderLine },
  { leaves: 0, draw: quorumLine },
  { leaves: 2, draw: commitsLine },
  { leaves: 3, draw: latencyLine },
];
export const HEADER_ROWS = LINES.length;

export function headerLines(source: FrameSource, { columns, rows }: Size): readonly Line[] {
  return LINES.filter(({ leaves }) => leaves < rows).map(({ draw }) => draw(source, columns));
}

function titleLine({ view, state, glyphs, endpoints }: FrameSource, width: number): Line {
  const cluster =
    view.clusterId === "" ? `asking ${endpoints.join(", ")}` : `cluster ${view.clusterId.slice(0, 8)}`;
  const left = [span("kvraft", "strong"), span(` ${glyphs.separator} ${cluster}`)];
  const right = state.isPaused
    ? span("paused", "warning")
    : span(`every ${formatInterval(state.intervalMs)}`, "faint");
  return [...aligned(left, width - right.text.length - 1, "left"), span(" "), right];
}

function leaderLine({ view, glyphs }: FrameSource): Line {
  const { leader, leaderStats, term, termAgeMs } = view;
  const since = termAgeMs === null ? "" : ` for ${formatAge(termAgeMs)}`;
  const inTerm = term === 0 ? "" : ` ${glyphs.separator} term ${term}${since}`;
  if (leader === "") return labelled("leader", [span("none", "warning"), span(inTerm)]);
  if (leaderStats === null) {
    const isAsked = view.members.some(({ name, state }) => name === leader && state === "asked");
    const words = isAsked
      ? span(printable(leader))
      : span(`${printable(leader)}, which does not answer`, "warning");
    return labelled("leader", [words, span(inTerm)]);
  }
  return labelled("leader", [span(`${glyphs.leader} ${printable(leader)}`, "good"), span(inTerm)]);
}

function quorumLine({ view }: FrameSource): Line {
  const { text, isWarning } = quorumWords(view);
  return labelled("quorum", line(text, isWarning ? "warning" : "plain"));
}

function commitsLine({ view, trends, glyphs }: FrameSource, width: number): Line {
  const rates = trends.commitsPerSecond;
  const rate = rates.at(-1);
  const words = labelled("commits", [
    span(`index ${formatCount(view.commitIndex)}`),
    span(` ${glyphs.separator} ${rate === undefined ? "?" : formatRoughly(rate)}/s `),
  ]);
  const room = Math.max(1, Math.min(SPARK_COLUMNS_MAX, width - widthOf(words)));
  return [...words, span(sparkline(rates.slice(-room), { width: room, ascii: glyphs.isAscii }), "good")];
}

function latencyLine({ view, trends, glyphs }: FrameSource): Line {
  if (view.leaderStats === null) return labelled("latency", line("known to a leader alone", "faint"));
  const recent = trends.recent(view.leader);
  if (recent === null) return labelled("latency", line("not measured yet", "faint"));
  const { latencies, windowMs } = recent;
  const ago = `in the last ${formatAge(windowMs)}`;
  if (latencies.commit.count === 0) return labelled("latency", line(`no commits ${ago}`, "faint"));
  const [p50, p99] = [quantile(latencies.commit, 0.5), quantile(latencies.commit, 0.99)].map(formatLatency);
  return labelled("latency", [span(`p50 ${p50} ${glyphs.separator} p99 ${p99}`), span(` ${ago}`, "faint")]);
}

function labelled(label: string, words: readonly Span[]): Line {
  return [span(label.padEnd(LABEL_COLUMNS), "faint"), ...words];
}
