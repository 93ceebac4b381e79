/** The part of a list that there is room for, and how much of it is left out, in words. */
import type { Glyphs } from "./glyphs.js";
import { type Line, line } from "./line.js";

export interface Windowed {
  readonly lines: readonly Line[];
  /** The greatest offset that shows anything new. */
  readonly scrollMax: number;
}

/** From the line at `scroll` on, or the last that fill the height. */
export function windowed(
  lines: readonly Line[],
  { height, scroll, glyphs }: { readonly height: number; readonly scroll: number; readonly glyphs: Glyphs },
): Windowed {
  if (lines.length <= height) return { lines, scrollMax: 0 };
  const shown = Math.max(0, height - 1);
  const scrollMax = lines.length - shown;
  const from = Math.min(scroll, scrollMax);
  return {
    lines: [...lines.slice(from, from + shown), moreLine(lines.length - shown, glyphs)].slice(0, height),
    scrollMax,
  };
}

/** Of groups that stay together the first, or as many before `chosen` as fit with it. */
export function around(
  groups: readonly (readonly Line[])[],
  { height, chosen, glyphs }: { readonly height: number; readonly chosen: number; readonly glyphs: Glyphs },
): readonly Line[] {
  const size = (from: number, to: number) =>
    groups.slice(from, to).reduce((sum, group) => sum + group.length, 0);
  if (size(0, groups.length) <= height) return groups.flat();
  const room = Math.max(0, height - 1);
  let from = 0;
  while (from < chosen && size(from, chosen + 1) > room) from++;
  let to = from;
  while (to < groups.length && size(from, to + 1) <= room) to++;
  const hidden = groups.length - (to - from);
  return [...groups.slice(from, to).flat(), moreLine(hidden, glyphs)].slice(0, height);
}

function moreLine(hidden: number, { ellipsis }: Glyphs): Line {
  return line(`${ellipsis} and ${hidden} more`, "faint");
}
