/**
 * The curves of puts as one SVG: a row for throughput, one for latency, a column for each thing that grows. All charts of a row have
 * one scale, so that what costs most is seen across them. It brings its own background: pages are light or dark.
 */
import { SYSTEMS, type SystemName } from "../system.js";
import {
  type Axis,
  drawChart,
  drawLine,
  drawMarker,
  FAINT_INK,
  INK,
  type LineStyle,
  type Series,
} from "./line-chart.js";
import type { CurvePoint } from "./measure.js";
import { CURVE_NAMES, type CurveName } from "./names.js";
import { linearScale, logScale, logTicks, type Range, roundRange } from "./scale.js";
import { coordinate, element, label } from "./svg.js";
import { shortBytes, shortNumber } from "./words.js";

export interface Captions {
  readonly title: string;
  /** A line each, below the title. */
  readonly notes: readonly string[];
}

type Figure = "perSecond" | "p99Ms";

const WIDTH = 980;
const CHART = { width: 204, height: 150, gapX: 24, gapY: 56, left: 64, top: 84 } as const;
const HEIGHT = CHART.top + 2 * CHART.height + CHART.gapY + 46;
/** Between a chart's edge and its first and last point. */
const INSET = 10;

/** Two of Okabe and Ito's colours, which people of all kinds of sight tell apart. */
const STYLES: Readonly<Record<SystemName, LineStyle>> = {
  kvraft: { colour: "#0072b2", dash: "", marker: "circle" },
  etcd: { colour: "#d55e00", dash: "6 3", marker: "square" },
};

const ROWS: readonly { readonly figure: Figure; readonly title: string }[] = [
  { figure: "perSecond", title: "throughput, puts/s" },
  { figure: "p99Ms", title: "latency p99, ms" },
];

interface Column {
  readonly title: string;
  readonly tick: (at: number) => string;
  readonly isLog: boolean;
}

const COLUMNS: Readonly<Record<CurveName, Column>> = {
  members: { title: "members", tick: String, isLog: false },
  "value-bytes": { title: "size of a value, bytes", tick: shortBytes, isLog: true },
  clients: { title: "clients", tick: String, isLog: true },
  keys: { title: "keys in the store", tick: shortNumber, isLog: true },
};

/** Points that are missing leave gaps; curves without any leave empty charts. */
export function curvesSvg(points: readonly CurvePoint[], { title, notes }: Captions): string {
  const puts = points.filter(({ operation }) => operation === "put");
  const systems = SYSTEMS.filter((system) => puts.some((point) => point.system === system));
  const whole = {
    xmlns: "http://www.w3.org/2000/svg",
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    width: WIDTH,
    height: HEIGHT,
    role: "img",
    "aria-label": [title, ...notes].join(". "),
    "font-family": "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif",
  };
  const parts = [
    element("rect", { width: WIDTH, height: HEIGHT, rx: 6, fill: "#ffffff" }),
    label(title, { x: 16, y: 28, "font-size": 16, "font-weight": 600, fill: INK }),
    ...notes.map((note, at) => label(note, { x: 16, y: 47 + 16 * at, "font-size": 11, fill: FAINT_INK })),
    legend(systems),
    ...ROWS.flatMap((_, row) => drawRow(row, puts)),
  ];
  return `${element("svg", whole, "\n", ...parts.map((part) => `${part}\n`))}\n`;
}

function legend(systems: readonly SystemName[]): string {
  const entryWidth = 92;
  const entries = systems.map((system, at) => {
    const x = WIDTH - 16 - entryWidth * (systems.length - at);
    const style = STYLES[system];
    return [
      drawLine(style, `M${coordinate(x)} 23H${coordinate(x + 32)}`),
      drawMarker(style, x + 16, 23),
      label(system, { x: x + 39, y: 27, "font-size": 13, fill: INK }),
    ].join("");
  });
  return element("g", {}, ...entries);
}

function drawRow(row: number, puts: readonly CurvePoint[]): readonly string[] {
  const { figure, title } = ROWS[row] as (typeof ROWS)[number];
  const top = CHART.top + row * (CHART.height + CHART.gapY);
  const values = roundRange(puts.map((point) => point[figure]));
  const middle = top + CHART.height / 2;
  const heading = label(title, {
    transform: `translate(20 ${coordinate(middle)}) rotate(-90)`,
    "text-anchor": "middle",
    "font-size": 12,
    fill: INK,
  });
  return [
    heading,
    ...CURVE_NAMES.map((curve, column) =>
      drawCell(
        { curve, column, top, figure, values },
        puts.filter((point) => point.curve === curve),
      ),
    ),
  ];
}

interface Cell {
  readonly curve: CurveName;
  readonly column: number;
  readonly top: number;
  readonly figure: Figure;
  readonly values: Range;
}

function drawCell({ curve, column, top, figure, values }: Cell, points: readonly CurvePoint[]): string {
  const left = CHART.left + column * (CHART.width + CHART.gapX);
  const box = { left, top, right: left + CHART.width, bottom: top + CHART.height };
  const { title, tick, isLog } = COLUMNS[curve];
  const places = [...new Set(points.map(({ at }) => at))].sort((one, other) => one - other);
  const span = { low: places[0] ?? 1, high: places.at(-1) ?? 1 };
  const pixels = { low: box.left + INSET, high: box.right - INSET };
  const x: Axis = {
    scale: isLog ? logScale(span, pixels) : linearScale(span, pixels),
    ticks: places.map((at) => ({ at, text: tick(at) })),
  };
  const y: Axis = {
    scale: logScale(values, { low: box.bottom, high: box.top }),
    ticks: logTicks(values).map((at) => ({ at, text: column === 0 ? shortNumber(at) : "" })),
  };
  const series = SYSTEMS.map((system): Series => {
    const own = points.filter((point) => point.system === system);
    const figureAt = (at: number): number | undefined => own.find((point) => point.at === at)?.[figure];
    return { style: STYLES[system], points: places.map((at) => ({ x: at, y: figureAt(at) })) };
  });
  const name = {
    x: left + CHART.width / 2,
    y: box.bottom + 31,
    "text-anchor": "middle",
    "font-size": 12,
    fill: INK,
  };
  return drawChart({ box, x, y, series }) + label(title, name);
}
