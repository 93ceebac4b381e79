/** What the curves go along, in the order in which they are measured and drawn. */

export const CURVE_NAMES = ["members", "value-bytes", "clients", "keys"] as const;
export type CurveName = (typeof CURVE_NAMES)[number];

const PREFIX = "curve:";

/** As rows are named on the command line: `curve:members`. */
export const CURVE_ROWS: readonly string[] = CURVE_NAMES.map((name) => `${PREFIX}${name}`);

/** Null where `row` is not the name of a curve's row. */
export function parseCurveRow(row: string): CurveName | null {
  return CURVE_NAMES.find((name) => row === `${PREFIX}${name}`) ?? null;
}
