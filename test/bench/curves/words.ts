/** The curves' settings in words, for tables and drawings alike. */
import type { CurveName } from "./names.js";
import type { Setting } from "./settings.js";

/** What stays the same along the curve, or along none in particular. */
export function fixedText({ members, valueBytes, clients, keys }: Setting, curve?: CurveName): string {
  const words: Readonly<Record<CurveName, string>> = {
    members: `${members} members`,
    "value-bytes": `values of ${valueBytes} bytes`,
    clients: `${clients} clients`,
    keys: curve === "value-bytes" ? `${keys} keys or 64 MiB of values` : `${keys} keys`,
  };
  return Object.entries(words)
    .filter(([name]) => name !== curve)
    .map(([, text]) => text)
    .join(", ");
}

const THOUSAND = 1000;

/** `250`, `1k`, `2.5k`, `1M`: short enough for an axis. */
export function shortNumber(value: number): string {
  const units = ["", "k", "M", "G"];
  let rest = value;
  while (rest >= THOUSAND && units.length > 1) {
    rest /= THOUSAND;
    units.shift();
  }
  return `${Number(rest.toPrecision(3))}${units[0]}`;
}

/** `16`, `4Ki`, `64Ki`: powers of two stay round. */
export function shortBytes(value: number): string {
  return value >= 1024 && value % 1024 === 0 ? `${value / 1024}Ki` : shortNumber(value);
}
