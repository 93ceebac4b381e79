/**
 * The points of each curve: one thing grows, everything else stays as the options say. So all curves have one point in common,
 * and can be held against each other there.
 */
import type { Options } from "../options.js";
import type { CurveName } from "./names.js";

/** All that a point is measured with. */
export interface Setting {
  readonly members: number;
  readonly valueBytes: number;
  readonly clients: number;
  readonly keys: number;
}

/** What grows, and the setting with it. */
export interface CurveStep {
  readonly at: number;
  readonly setting: Setting;
}

type Fixed = Pick<Options, "members" | "valueBytes" | "keys" | "scale">;

const CLIENTS = 64;
/** The keys times their values take no more, on each member, when the values grow. */
const FILLED_BYTES_MAX = 64 * 1024 * 1024;

const POINTS: Readonly<Record<CurveName, readonly number[]>> = {
  members: [3, 5, 7],
  "value-bytes": [16, 256, 4096, 65_536],
  clients: [1, 4, 16, 64, 256, 1024, 4096],
  keys: [1000, 10_000, 100_000, 1_000_000],
};

export function baseSetting({ members, valueBytes, keys }: Omit<Fixed, "scale">): Setting {
  return { members, valueBytes, clients: CLIENTS, keys };
}

export function stepsOf(curve: CurveName, options: Fixed): readonly CurveStep[] {
  const base = baseSetting(options);
  return POINTS[curve].map((point) => {
    const at = curve === "keys" ? Math.ceil(point * options.scale) : point;
    return { at, setting: { ...base, ...changed(curve, at, base) } };
  });
}

/** Whether what holds the data of one serves for the other. */
export function holdsFor(held: Setting, wanted: Setting): boolean {
  const { members, valueBytes, keys } = wanted;
  return held.members === members && held.valueBytes === valueBytes && held.keys === keys;
}

function changed(curve: CurveName, at: number, base: Setting): Partial<Setting> {
  switch (curve) {
    case "members":
      return { members: at };
    case "value-bytes":
      return { valueBytes: at, keys: Math.min(base.keys, FILLED_BYTES_MAX / at) };
    case "clients":
      return { clients: at };
    case "keys":
      return { keys: at };
  }
}
