/** The line at the bottom: a question, what has become of something, or the keys. */
import type { FrameSource, Size } from "../frame.js";
import { BINDINGS } from "../keys.js";
import { type Line, line, printable, type Span, span, widthOf } from "../layout/line.js";

export function footerLine({ state, glyphs, allowActions }: FrameSource, { columns }: Size): Line {
  const { confirming, notice } = state;
  if (confirming !== null) return line(`make ${printable(confirming)} the leader? y/N`, "warning");
  if (notice !== "") return line(printable(notice), "strong");
  const shown: Span[] = [];
  for (const { action, label, hint } of BINDINGS) {
    if (hint === undefined || (action === "transfer" && !allowActions)) continue;
    const words = action === "pause" && state.isPaused ? "go on" : hint;
    const gap = shown.length === 0 ? "" : "   ";
    const next = [span(`${gap}${label(glyphs)}`, "strong"), span(` ${words}`, "faint")];
    if (widthOf([...shown, ...next]) > columns) break;
    shown.push(...next);
  }
  return shown;
}
