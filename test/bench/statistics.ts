/** Medians and ranges of a few repetitions. */

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
  readonly count: number;
}

/** Null of nothing. */
export function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((left, right) => left - right);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? 0;
  return {
    median: (lower + upper) / 2,
    least: sorted[0] ?? 0,
    greatest: sorted.at(-1) ?? 0,
    count: sorted.length,
  };
}

/** `12.3 (11.8-14.0)`; the median alone of one value; `-` of none. */
export function formatSpread(values: readonly number[]): string {
  const spread = spreadOf(values);
  if (spread === null) return "-";
  const { median, least, greatest, count } = spread;
  if (count === 1) return formatNumber(median);
  return `${formatNumber(median)} (${formatNumber(least)}-${formatNumber(greatest)})`;
}

/** Three digits that mean something, or all of a larger whole number. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return "-";
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toString();
  return value.toFixed(size >= 10 ? 1 : 2);
}
