/** One line of the screen: pieces of text, each in a tone. What a tone looks like is decided where lines are drawn. */

/** None says anything that the words do not. */
export type Tone = "plain" | "strong" | "faint" | "good" | "warning";

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

export type Line = readonly Span[];

export const BLANK: Line = [];

export function span(text: string, tone: Tone = "plain"): Span {
  return { text, tone };
}

export function line(text: string, tone: Tone = "plain"): Line {
  return [span(text, tone)];
}

/** All in one tone. */
export function toned(spans: Line, tone: Tone): Line {
  return spans.map(({ text }) => span(text, tone));
}

/** Every character that we show takes one column: see {@link printable}. */
export function widthOf(spans: Line): number {
  return spans.reduce((width, { text }) => width + charactersOf(text).length, 0);
}

export function textOf(spans: Line): string {
  return spans.map(({ text }) => text).join("");
}

export function aligned(spans: Line, width: number, align: "left" | "right"): Line {
  const missing = width - widthOf(spans);
  if (missing <= 0) return spans;
  const blank = span(" ".repeat(missing));
  return align === "left" ? [...spans, blank] : [blank, ...spans];
}

/** No wider than `columns`; where something is cut off, `ellipsis` takes the place of the last of it. */
export function cut(spans: Line, columns: number, ellipsis: string): Line {
  if (widthOf(spans) <= columns) return spans;
  let room = columns - ellipsis.length;
  if (room < 0) return line(ellipsis.slice(0, columns));
  const kept: Span[] = [];
  for (const { text, tone } of spans) {
    const characters = charactersOf(text).slice(0, room);
    kept.push(span(characters.join(""), tone));
    room -= characters.length;
    if (room === 0) break;
  }
  return [...kept, span(ellipsis, "faint")];
}

/** Of text that others wrote: what is neither printable ASCII nor one column wide can move the cursor. */
export function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, "?");
}

function charactersOf(text: string): string[] {
  return Array.from(text);
}
