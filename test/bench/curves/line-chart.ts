/** One small chart: a frame, ticks, and a line with markers for each series. What is missing leaves a gap. */
import { isDrawable, type Scale } from "./scale.js";
import { coordinate, element, label } from "./svg.js";

export const INK = "#1f2328";
export const FAINT_INK = "#59636e";
const GRID = "#e3e6ea";
const FRAME = "#b6bcc4";

const TICK_FONT = 10;
const MARKER = 3.5;

/** Told apart by colour, dash and marker, each of which is enough. */
export interface LineStyle {
  readonly colour: string;
  readonly dash: string;
  readonly marker: "circle" | "square";
}

export interface Series {
  readonly style: LineStyle;
  /** From left to right; what is not above 0 is missing. */
  readonly points: readonly { readonly x: number; readonly y: number | undefined }[];
}

export interface Tick {
  readonly at: number;
  /** Empty: a line of the grid alone. */
  readonly text: string;
}

export interface Axis {
  readonly scale: Scale;
  readonly ticks: readonly Tick[];
}

/** In pixels, from the drawing's corner at the top left. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface LineChart {
  readonly box: Box;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
}

export function drawChart({ box, x, y, series }: LineChart): string {
  return element(
    "g",
    {},
    ...x.ticks.map((tick) => columnTick(box, x.scale(tick.at), tick)),
    ...y.ticks.map((tick) => rowTick(box, y.scale(tick.at), tick)),
    element("path", {
      d: `M${coordinate(box.left)} ${coordinate(box.top)}V${coordinate(box.bottom)}H${coordinate(box.right)}`,
      fill: "none",
      stroke: FRAME,
    }),
    ...series.map((one) => drawSeries(one, x.scale, y.scale)),
  );
}

export function drawMarker({ colour, marker }: LineStyle, x: number, y: number): string {
  // A rim in the background's colour keeps markers apart where lines meet.
  const look = { fill: colour, stroke: "#ffffff", "stroke-width": 1 };
  if (marker === "circle") return element("circle", { cx: x, cy: y, r: MARKER, ...look });
  return element("rect", { x: x - MARKER, y: y - MARKER, width: 2 * MARKER, height: 2 * MARKER, ...look });
}

export function drawLine({ colour, dash }: LineStyle, d: string): string {
  const look = { fill: "none", stroke: colour, "stroke-width": 2, "stroke-linejoin": "round" };
  return element("path", { d, ...look, ...(dash === "" ? {} : { "stroke-dasharray": dash }) });
}

function drawSeries({ style, points }: Series, x: Scale, y: Scale): string {
  const places = points.map((point) => (isDrawable(point.y) ? { x: x(point.x), y: y(point.y) } : null));
  const steps = places.flatMap((place, at) => {
    if (place === null) return [];
    const command = at > 0 && places[at - 1] !== null ? "L" : "M";
    return [`${command}${coordinate(place.x)} ${coordinate(place.y)}`];
  });
  if (steps.length === 0) return "";
  const markers = places.flatMap((place) => (place === null ? [] : [drawMarker(style, place.x, place.y)]));
  return element("g", {}, drawLine(style, steps.join("")), ...markers);
}

function columnTick({ top, bottom }: Box, x: number, { text }: Tick): string {
  const line = element("line", { x1: x, y1: top, x2: x, y2: bottom, stroke: GRID });
  const words = { x, y: bottom + 14, "text-anchor": "middle", "font-size": TICK_FONT, fill: FAINT_INK };
  return line + (text === "" ? "" : label(text, words));
}

function rowTick({ left, right }: Box, y: number, { text }: Tick): string {
  const line = element("line", { x1: left, y1: y, x2: right, y2: y, stroke: GRID });
  const words = { x: left - 6, y: y + 3.5, "text-anchor": "end", "font-size": TICK_FONT, fill: FAINT_INK };
  return line + (text === "" ? "" : label(text, words));
}
