/** What the keys and the columns mean. */
import type { FrameSource, Size } from "../frame.js";
import { BINDINGS } from "../keys.js";
import { BLANK, type Line, line, span } from "../layout/line.js";
import { type Windowed, windowed } from "../layout/window.js";

const LABEL_COLUMNS = 11;

const COLUMNS: readonly (readonly [string, string])[] = [
  ["LAG", "entries the leader does not know it to have"],
  ["APPLY", "committed entries it has not applied yet"],
  ["HEARD", "since the leader last heard from it"],
  ["RTT", "there and back between it and the leader"],
  ["FSYNC P99", "until a record of its log is durable, lately"],
];

export function helpPanel({ state, glyphs }: FrameSource, { rows }: Size): Windowed {
  const keys = BINDINGS.filter(({ help }) => help !== "").map(({ label, help }) =>
    entry(label(glyphs), help),
  );
  const columns = COLUMNS.map(([title, meaning]) => entry(title, meaning));
  return windowed([...keys, BLANK, ...columns], { height: rows, scroll: state.scroll, glyphs });
}

function entry(label: string, meaning: string): Line {
  return [...line(label.padEnd(LABEL_COLUMNS), "strong"), span(meaning)];
}
