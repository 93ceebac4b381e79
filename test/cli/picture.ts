/**
 * `node dist/test/cli/picture.js HOST:PORT,… [SECONDS] > test/cli/status.svg`: what `kvraft status` shows of a running cluster after so many
 * seconds, as a picture for the README.
 */

import { systemTimers } from "../../src/clerk/system-ports.js";
import { TcpDialer } from "../../src/clerk/tcp-dialer.js";
import { UNICODE } from "../../src/cli/screens/status/layout/glyphs.js";
import type { Line, Tone } from "../../src/cli/screens/status/layout/line.js";
import { LiveSession } from "../../src/cli/screens/status/live-session.js";
import { element, label } from "../bench/curves/svg.js";

const SIZE = { columns: 100, rows: 17 } as const;
/** Pixels. */
const CELL = { width: 8.4, height: 19 } as const;
const MARGIN = 16;
const FONT = "ui-monospace, 'SF Mono', Menlo, 'DejaVu Sans Mono', Consolas, monospace";

const LOOKS: Readonly<Record<Tone, Readonly<Record<string, string>>>> = {
  plain: { fill: "#d6dde4" },
  strong: { fill: "#ffffff", "font-weight": "bold" },
  faint: { fill: "#8b98a5" },
  good: { fill: "#56b4e9" },
  warning: { fill: "#e69f00" },
};

function pictureOf(lines: readonly Line[]): string {
  const width = SIZE.columns * CELL.width + 2 * MARGIN;
  const height = lines.length * CELL.height + 2 * MARGIN;
  const whole = {
    xmlns: "http://www.w3.org/2000/svg",
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: "img",
    "aria-label": "kvraft status",
    "font-family": FONT,
    "font-size": 14,
    "xml:space": "preserve",
  };
  const background = element("rect", { width, height, rx: 8, fill: "#14191f" });
  return `${element("svg", whole, "\n", background, "\n", ...lines.flatMap(rowOf))}\n`;
}

/** Each piece has its place in the grid, whatever the font's width. */
function rowOf(line: Line, row: number): readonly string[] {
  let column = 0;
  return line.flatMap(({ text, tone }) => {
    const x = MARGIN + column * CELL.width;
    const { length } = Array.from(text);
    column += length;
    if (text.trim() === "") return [];
    const place = { x, y: MARGIN + (row + 0.75) * CELL.height, textLength: length * CELL.width };
    return [`${label(text, { ...place, ...LOOKS[tone] })}\n`];
  });
}

const [endpoints = "127.0.0.1:6840", seconds = "15"] = process.argv.slice(2);
const session = new LiveSession({
  endpoints: endpoints.split(","),
  timeoutMs: 1000,
  allowActions: false,
  glyphs: UNICODE,
  dialer: new TcpDialer(),
  timers: systemTimers,
});
session.start();
setTimeout(() => {
  process.stdout.write(pictureOf(session.frame(SIZE).lines));
  session.close();
}, 1000 * Number(seconds));
