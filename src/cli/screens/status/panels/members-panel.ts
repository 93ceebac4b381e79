/** One row a member, and below it what is out of the ordinary: why it does not answer, how far its snapshot has come. */
import { formatAge, formatSize } from "../../../figures.js";
import type { FrameSource, Size } from "../frame.js";
import { bar } from "../layout/bar.js";
import type { Glyphs } from "../layout/glyphs.js";
import { type Line, printable, span, toned } from "../layout/line.js";
import { layOut } from "../layout/table.js";
import { around, type Windowed } from "../layout/window.js";
import type { MemberView } from "../model/cluster-view.js";
import { chosenOf } from "../view-state.js";
import { memberColumns } from "./member-columns.js";

const INDENT = "  ";
const BAR_COLUMNS = 10;

export function membersPanel(source: FrameSource, { columns, rows }: Size): Windowed {
  const { view, trends, state, glyphs } = source;
  const { members } = view;
  const table = layOut(memberColumns(glyphs, trends), members, columns - INDENT.length);
  const names = members.map(({ name }) => name);
  const chosen = names.indexOf(chosenOf(state, names));
  const groups = members.map((member, at) => {
    const row = table.lines[at] ?? [];
    const mark = at === chosen ? span(`${glyphs.pointer} `, "strong") : span(INDENT);
    const isOld = member.observation.error !== null;
    return [[mark, ...(isOld ? toned(row, "faint") : row)], ...remarks(member, glyphs)];
  });
  const body = around(groups, { height: rows - 1, chosen, glyphs });
  return { lines: [[span(INDENT), ...table.heading], ...body], scrollMax: 0 };
}

function remarks({ observation, ageMs, snapshot }: MemberView, glyphs: Glyphs): readonly Line[] {
  const { error } = observation;
  const lines: Line[] = [];
  if (error !== null) {
    const age = ageMs === null ? "never answered" : `shown as of ${formatAge(ageMs)} ago`;
    lines.push([span(printable(error), "warning"), span(` ${glyphs.separator} ${age}`, "faint")]);
  }
  if (snapshot !== null) {
    const { snapshotIndex, snapshotSentBytes: sent, snapshotBytes: total } = snapshot;
    const part = total === 0 ? 0 : sent / total;
    lines.push([
      span(`receives snapshot ${snapshotIndex} `, "faint"),
      span(`${bar(part, BAR_COLUMNS, glyphs)} ${Math.floor(100 * part)} %`, "good"),
      span(` of ${formatSize(total)}`, "faint"),
    ]);
  }
  return lines.map((words) => [span(INDENT.repeat(2)), ...words]);
}
