/** From values to pixels along an axis, and where its ticks lie. */

export interface Range {
  readonly low: number;
  readonly high: number;
}

export type Scale = (value: number) => number;

const STEPS = [1, 2, 5] as const;
/** An axis over more decades than this has a tick at each of them alone. */
const DECADES_WITH_STEPS = 2;

export function linearScale(values: Range, pixels: Range): Scale {
  const size = values.high - values.low;
  const start = size === 0 ? (pixels.low + pixels.high) / 2 : pixels.low;
  const step = size === 0 ? 0 : (pixels.high - pixels.low) / size;
  return (value) => start + step * (value - values.low);
}

/** For values above 0. */
export function logScale({ low, high }: Range, pixels: Range): Scale {
  const scale = linearScale({ low: Math.log10(low), high: Math.log10(high) }, pixels);
  return (value) => scale(Math.log10(value));
}

/** What can be drawn on a logarithmic axis. */
export function isDrawable(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value) && value > 0;
}

/** From a 1, 2 or 5 times a power of ten to another, with all values between; one decade where there is none. */
export function roundRange(values: readonly number[]): Range {
  const drawable = values.filter(isDrawable);
  if (drawable.length === 0) return { low: 1, high: 10 };
  const low = roundDown(Math.min(...drawable));
  const high = roundUp(Math.max(...drawable));
  return low < high ? { low, high } : { low, high: 10 * low };
}

export function logTicks({ low, high }: Range): readonly number[] {
  const steps = Math.log10(high / low) > DECADES_WITH_STEPS ? [1] : STEPS;
  const ticks: number[] = [];
  for (let exponent = Math.floor(Math.log10(low)); 10 ** exponent <= high; exponent++) {
    ticks.push(...steps.map((step) => times(step, exponent)));
  }
  return ticks.filter((tick) => tick >= low && tick <= high);
}

function roundDown(value: number): number {
  const exponent = Math.floor(Math.log10(value));
  const step = STEPS.findLast((candidate) => times(candidate, exponent) <= value);
  return times(step ?? 1, exponent);
}

function roundUp(value: number): number {
  const exponent = Math.floor(Math.log10(value));
  const step = STEPS.find((candidate) => times(candidate, exponent) >= value);
  return step === undefined ? times(1, exponent + 1) : times(step, exponent);
}

/** The double nearest to it, so that equal ticks are equal: 5 times 10 ** -1 would do, 3 times would not. */
function times(step: number, exponent: number): number {
  return Number(`${step}e${exponent}`);
}
