/** The last elections, newest first: who, when, why, and what came of it. */
import { formatAge } from "../../../figures.js";
import type { FrameSource, Size } from "../frame.js";
import type { Glyphs } from "../layout/glyphs.js";
import { line, printable } from "../layout/line.js";
import { type Column, layOut } from "../layout/table.js";
import { type Windowed, windowed } from "../layout/window.js";
import { type Election, lastElections, OUTCOMES, REASONS } from "../model/elections.js";

export function electionsPanel(
  { view, state, glyphs, nowMs }: FrameSource,
  { columns, rows }: Size,
): Windowed {
  const members = view.members.map(({ observation }) => observation);
  const elections = lastElections(members, nowMs);
  const { heading, lines } = layOut(electionColumns(glyphs), elections, columns);
  const body = elections.length === 0 ? [line("none that a member remembers", "faint")] : lines;
  return windowed([heading, ...body], { height: rows, scroll: state.scroll, glyphs });
}

function electionColumns({ times }: Glyphs): readonly Column<Election>[] {
  return [
    { title: "AGO", align: "right", cell: ({ ageMs }) => line(formatAge(ageMs)) },
    { title: "TERM", align: "right", cell: ({ term }) => line(String(term)) },
    { title: "MEMBER", align: "left", cell: ({ member }) => line(printable(member)) },
    {
      title: "OUTCOME",
      align: "left",
      cell: ({ outcome }) => line(OUTCOMES[outcome], outcome === "won" ? "good" : "plain"),
    },
    {
      title: "REASON",
      align: "left",
      cell: ({ reason, attempts }) => line(REASONS[reason] + (attempts > 1 ? ` ${times}${attempts}` : "")),
    },
  ];
}
