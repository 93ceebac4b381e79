import test from "ava";
import type { SystemName } from "../system.js";
import { curvesSvg } from "./drawing.js";
import type { CurvePoint } from "./measure.js";
import { CURVE_NAMES } from "./names.js";
import { stepsOf } from "./settings.js";

const CAPTIONS = { title: "Puts", notes: ["2 cores of A & B"] };
const OPTIONS = { members: 3, valueBytes: 256, keys: 10_000, scale: 1 };
const COLOURS: Readonly<Record<SystemName, string>> = { kvraft: "#0072b2", etcd: "#d55e00" };

const ALL: readonly CurvePoint[] = CURVE_NAMES.flatMap((curve) =>
  stepsOf(curve, OPTIONS).flatMap(({ at }, step) =>
    (["kvraft", "etcd"] as const).map((system) => ({
      curve,
      at,
      operation: "put" as const,
      system,
      perSecond: 1000 * (step + 1),
      p99Ms: 1 + step,
      errors: 0,
      disturbed: false,
    })),
  ),
);

function markers(svg: string, system: SystemName): number {
  const shape = system === "kvraft" ? "<circle" : "<rect x=";
  return svg.split(shape).length - 1;
}

/** How often a line is begun, the one in the legend apart. */
function begun(svg: string, system: SystemName): number {
  const lines =
    svg.match(new RegExp(`<path d="[^"]*" fill="none" stroke="${COLOURS[system]}"[^>]*>`, "g")) ?? [];
  return lines.join("").split("M").length - 2;
}

test("each point is a marker in both rows, and each series one line a chart", (t) => {
  const svg = curvesSvg(ALL, CAPTIONS);
  for (const system of ["kvraft", "etcd"] as const) {
    t.is(markers(svg, system), 1 + 2 * (3 + 4 + 7 + 4));
    t.is(begun(svg, system), 2 * 4);
  }
});

test("axes, units, title, notes and legend are written out", (t) => {
  const svg = curvesSvg(ALL, CAPTIONS);
  const texts = ["members", "clients", "keys in the store", "size of a value, bytes", "latency p99, ms"];
  for (const text of [
    ...texts,
    "throughput, puts/s",
    "Puts",
    "2 cores of A &amp; B",
    "kvraft",
    "etcd",
    "64Ki",
    "1M",
  ]) {
    t.true(svg.includes(`>${text}</text>`), text);
  }
});

test("it stands on a background of its own", (t) => {
  t.regex(curvesSvg(ALL, CAPTIONS), /^<svg [^>]*>\n<rect width="980" height="\d+" rx="6" fill="#ffffff"\/>/);
});

test("a point that is missing leaves a gap in its line, and nothing that is no number", (t) => {
  const svg = curvesSvg(
    ALL.filter(({ curve, at, system }) => !(curve === "clients" && at === 64 && system === "etcd")),
    CAPTIONS,
  );
  t.is(markers(svg, "etcd"), markers(svg, "kvraft") - 2);
  t.is(begun(svg, "etcd"), 2 * 4 + 2);
  t.notRegex(svg, /NaN|Infinity|undefined|null/);
});

test("figures of nothing are missing, too", (t) => {
  const svg = curvesSvg(
    ALL.map((point) => (point.at === 5 ? { ...point, perSecond: 0, p99Ms: Number.NaN } : point)),
    CAPTIONS,
  );
  t.is(markers(svg, "kvraft"), 1 + 2 * (2 + 4 + 7 + 4));
  t.notRegex(svg, /NaN|Infinity|undefined|null/);
});

test("without etcd there is one line, and nothing speaks of another", (t) => {
  const svg = curvesSvg(
    ALL.filter(({ system }) => system === "kvraft"),
    CAPTIONS,
  );
  t.is(markers(svg, "etcd"), 0);
  t.false(svg.includes("etcd"));
});

test("gets are not drawn; without any puts the charts are empty", (t) => {
  const gets = ALL.map((point) => ({ ...point, operation: "get" as const }));
  t.is(curvesSvg(gets, CAPTIONS), curvesSvg([], CAPTIONS));
  t.notRegex(curvesSvg([], CAPTIONS), /NaN|Infinity|undefined|null/);
});
