/** Who hears whom: one row a member that hears, one column a member that is heard. */
import { formatAge } from "../../../figures.js";
import type { FrameSource, Size } from "../frame.js";
import type { Glyphs } from "../layout/glyphs.js";
import { aligned, BLANK, cut, type Line, line, printable, span } from "../layout/line.js";
import { type Windowed, windowed } from "../layout/window.js";
import { type Hearing, type HearingRow, oneWayCuts, whoHearsWhom } from "../model/hearing.js";

/** The longest of what a cell says: `x 12 min`. */
const CELL_COLUMNS = 8;
const NAME_COLUMNS_MAX = 12;

export function matrixPanel({ view, state, glyphs }: FrameSource, { rows }: Size): Windowed {
  const hearing = whoHearsWhom(view.members);
  const names = hearing.map(({ name }) => cut(line(printable(name)), NAME_COLUMNS_MAX, glyphs.ellipsis));
  const titles = names.map((name) =>
    aligned(cut(name, CELL_COLUMNS, glyphs.ellipsis), CELL_COLUMNS + 1, "left"),
  );
  const lines = [
    [...aligned(line("hears", "faint"), NAME_COLUMNS_MAX + 1, "left"), ...titles.flat()],
    ...hearing.map(({ cells }, at) => [
      ...aligned(names[at] ?? [], NAME_COLUMNS_MAX + 1, "left"),
      ...cells.flatMap((cell) => aligned(cellLine(cell, glyphs), CELL_COLUMNS + 1, "left")),
    ]),
    BLANK,
    ...remarks(hearing, glyphs),
  ];
  return windowed(lines, { height: rows, scroll: state.scroll, glyphs });
}

function cellLine(cell: Hearing, glyphs: Glyphs): Line {
  switch (cell.kind) {
    case "self":
      return line(glyphs.none, "faint");
    case "hears":
      return line(glyphs.yes, "good");
    case "deaf":
      return line(`${glyphs.no} ${cell.forMs === null ? "never" : formatAge(cell.forMs)}`, "warning");
    case "unknown":
      return line("?", "faint");
  }
}

function remarks(rows: readonly HearingRow[], { yes, no }: Glyphs): readonly Line[] {
  const cuts = oneWayCuts(rows).map(({ deaf, from }) =>
    line(`${printable(deaf)} does not hear ${printable(from)}, who hears it: a cut one way`, "warning"),
  );
  const legend = [
    [span(`${yes} heard in the last two seconds`, "faint")],
    [span(`${no} for how long not`, "faint")],
    [span("? does not answer us", "faint")],
  ];
  return [...cuts, ...legend];
}
