/** Numbers and durations that options of commands take. */
import { parseDuration } from "../base/units.js";
import { usageError } from "./failure.js";

/** Longer ones overflow the timers of Node, which would then fire at once. */
const DURATION_MS_MAX = 2 ** 31 - 1;

/** Of which command, and its option, as in `--clients`. */
export interface OptionName {
  readonly command: string;
  readonly option: string;
}

/** @throws CliError 64 */
export function wholeNumber(
  text: string,
  { command, option, least, most }: OptionName & { readonly least: number; readonly most: number },
): number {
  const value = /^\d{1,13}$/.test(text) ? Number(text) : -1;
  if (value >= least && value <= most) return value;
  throw usageError(
    `${option}: ${JSON.stringify(text)} is not a whole number from ${least} to ${most}`,
    command,
  );
}

/** In milliseconds. @throws CliError 64 */
export function duration(text: string, { command, option }: OptionName): number {
  const durationMs = parseDuration(text);
  if (durationMs !== null && durationMs > 0 && durationMs <= DURATION_MS_MAX) return durationMs;
  throw usageError(`${option}: ${JSON.stringify(text)} is not a duration such as 10s or 2m`, command);
}
