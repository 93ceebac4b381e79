/** Bars in characters. */
import type { Glyphs } from "./glyphs.js";

/** `fraction` in [0, 1], filled from the left; anything above 0 shows. */
export function bar(fraction: number, width: number, { bar: steps }: Glyphs): string {
  const perCell = steps.length - 1;
  const filled = Math.min(1, Math.max(0, fraction)) * width * perCell;
  const total = fraction > 0 ? Math.max(1, Math.round(filled)) : 0;
  return Array.from({ length: width }, (_, cell) => {
    const step = Math.min(perCell, Math.max(0, total - cell * perCell));
    return steps[step] ?? "";
  }).join("");
}
