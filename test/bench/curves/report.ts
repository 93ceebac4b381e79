/** The curves as tables: one of each curve and operation, kvraft and etcd side by side. */
import { formatNumber } from "../statistics.js";
import type { SystemName } from "../system.js";
import type { Table } from "../table.js";
import { CURVE_OPERATIONS, type CurveOperation, type CurvePoint } from "./measure.js";
import { CURVE_NAMES, type CurveName } from "./names.js";
import type { Setting } from "./settings.js";
import { fixedText } from "./words.js";

const NAMES: Readonly<Record<CurveOperation, string>> = { put: "puts", get: "linearizable gets" };

/** `base`: what did not grow. */
export function curveTables(points: readonly CurvePoint[], base: Setting): readonly Table[] {
  return CURVE_NAMES.flatMap((curve) =>
    CURVE_OPERATIONS.flatMap((operation) => {
      const own = points.filter((point) => point.curve === curve && point.operation === operation);
      return own.length === 0 ? [] : [curveTable({ curve, operation, base }, own)];
    }),
  );
}

interface Heading {
  readonly curve: CurveName;
  readonly operation: CurveOperation;
  readonly base: Setting;
}

function curveTable({ curve, operation, base }: Heading, points: readonly CurvePoint[]): Table {
  const values = [...new Set(points.map(({ at }) => at))];
  return {
    title: `${curve}: ${NAMES[operation]}; ${fixedText(base, curve)}`,
    header: [
      ...[curve, "kvraft op/s", "etcd op/s", "kvraft / etcd"],
      ...["kvraft p99, ms", "etcd p99, ms", "kvraft / etcd", "errors", "disturbed"],
    ],
    rows: values.map((at) => tableRow(at, points)),
  };
}

function tableRow(at: number, points: readonly CurvePoint[]): readonly string[] {
  const here = points.filter((point) => point.at === at);
  const of = (system: SystemName, figure: "perSecond" | "p99Ms"): number =>
    here.find((point) => point.system === system)?.[figure] ?? Number.NaN;
  const compared = (figure: "perSecond" | "p99Ms"): readonly string[] => {
    const [ours, theirs] = [of("kvraft", figure), of("etcd", figure)];
    return [ours, theirs, ours / theirs].map(formatNumber);
  };
  const errors = here.reduce((sum, point) => sum + point.errors, 0);
  const disturbed = here.filter((point) => point.disturbed).length;
  return [
    String(at),
    ...compared("perSecond"),
    ...compared("p99Ms"),
    String(errors),
    `${disturbed} of ${here.length}`,
  ];
}
