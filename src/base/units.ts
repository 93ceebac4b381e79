/**
 * Durations and sizes as people write them: `150ms`, `2s`, `1m`; `64KiB`, `1MiB`, or plain bytes.
 * Whole numbers only: every value has one plain spelling in the next smaller unit.
 */

const DURATION_UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const SIZE_UNITS_BYTES: Readonly<Record<string, number>> = {
  "": 1,
  B: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

/** Milliseconds; null where `text` is not a duration with its unit. */
export function parseDuration(text: string): number | null {
  return parseWithUnit(text, DURATION_UNITS_MS);
}

/** Bytes; null where `text` is not a size. */
export function parseSize(text: string): number | null {
  return parseWithUnit(text, SIZE_UNITS_BYTES);
}

function parseWithUnit(text: string, units: Readonly<Record<string, number>>): number | null {
  const match = /^(\d+)([A-Za-z]*)$/.exec(text.trim());
  const unit = match?.[2] ?? "";
  if (match === null || !Object.hasOwn(units, unit)) return null;
  const value = Number(match[1]) * (units[unit] ?? Number.NaN);
  return Number.isSafeInteger(value) ? value : null;
}
