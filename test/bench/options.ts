/** The command line of the benchmark. */
import { parseArgs } from "node:util";
import { CURVE_ROWS, type CurveName, parseCurveRow } from "./curves/names.js";
import { DEFAULT_ROWS, type MatrixRow, parseRow } from "./rows.js";
import { isSpecialName, SPECIAL_NAMES, type SpecialName } from "./special/names.js";
import { SYSTEMS, type SystemName } from "./system.js";
import type { TableStyle } from "./table.js";

export interface Options {
  readonly rounds: number;
  readonly seconds: number;
  readonly warmSeconds: number;
  readonly members: number;
  readonly valueBytes: number;
  readonly keys: number;
  readonly matrix: readonly MatrixRow[];
  readonly specials: readonly SpecialName[];
  readonly curves: readonly CurveName[];
  readonly only: SystemName | null;
  readonly json: string | null;
  /** Where the curves are drawn. */
  readonly svg: string | null;
  readonly style: TableStyle;
  readonly toleratesNoise: boolean;
  /** Of failover and handover, for kvraft. */
  readonly trials: number;
  /** Times the keys of memory, restart and the curve of keys. */
  readonly scale: number;
  readonly soakMinutes: number;
}

export const HELP = `usage: npm run bench -- [--rows ROW,...] [options]

Runs clusters of kvraft, and of etcd in turn where it is on PATH, on loopback, and prints medians (least-greatest).
ROW of the matrix: put:N, get:N (linearizable) or mix:N (9 gets to 1 put) with N clients
    default: ${DEFAULT_ROWS.join(",")}
ROW of its own: ${SPECIAL_NAMES.join(", ")}
ROW that is a curve of puts and gets while one thing grows, measured once: ${CURVE_ROWS.join(", ")}
    (3 to 7 members; 16 bytes to 64 KiB; 1 to 4096 clients, on 16 connections at most; 1k to 1M keys; else 64 clients)
"matrix" stands for the default rows, "curves" for all curves, "all" for these rows and all others but soak and curves.

  --rounds 3        rounds of the matrix, each with fresh clusters; repetitions of appends and restart
  --seconds 10      measured time of a row, after --warm 3
  --members 3       of each cluster: 3, 5 or 7
  --value-bytes 256 --keys 10000     of the matrix and the curves; keys have 16 bytes
  --trials 15       of failover and handover (etcd: a third of them)
  --scale 1         multiplies the 100k and 1M keys of memory and restart, and those of curve:keys
  --minutes 10      of soak
  --only kvraft|etcd
  --json FILE       appends every raw result as a line of JSON
  --svg FILE        draws the curves of puts
  --markdown        prints tables as Markdown
  --tolerate-noise  takes rows as they come; otherwise a row during which others used the machine is repeated, at most 4 times

Needs Linux, and a TMPDIR on a real disk.
`;

/** Throws with a text for the user. */
export function parseOptions(args: string[]): Options | "help" {
  const { values } = parseArgs({
    args,
    options: {
      help: { type: "boolean", default: false },
      rows: { type: "string", default: "matrix" },
      rounds: { type: "string", default: "3" },
      seconds: { type: "string", default: "10" },
      warm: { type: "string", default: "3" },
      members: { type: "string", default: "3" },
      "value-bytes": { type: "string", default: "256" },
      keys: { type: "string", default: "10000" },
      trials: { type: "string", default: "15" },
      scale: { type: "string", default: "1" },
      minutes: { type: "string", default: "10" },
      only: { type: "string" },
      json: { type: "string" },
      svg: { type: "string" },
      markdown: { type: "boolean", default: false },
      "tolerate-noise": { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  const names = values.rows.split(",").flatMap(expandRow);
  const members = number("members", values.members, { least: 3, greatest: 7 });
  if (members % 2 === 0) throw new Error("--members is 3, 5 or 7");
  const curves = names.map(parseCurveRow).filter((curve) => curve !== null);
  if (values.svg !== undefined && curves.length === 0)
    throw new Error("--svg draws curves: name some in --rows");
  return {
    rounds: number("rounds", values.rounds, { least: 1, greatest: 1000 }),
    seconds: number("seconds", values.seconds, { least: 0.1, greatest: 100_000 }),
    warmSeconds: number("warm", values.warm, { least: 0, greatest: 1000 }),
    members,
    // With its key it is a request that kvraft takes by default.
    valueBytes: number("value-bytes", values["value-bytes"], { least: 1, greatest: 1_000_000 }),
    keys: number("keys", values.keys, { least: 1, greatest: 10_000_000 }),
    matrix: names.map(parseRow).filter((row) => row !== null),
    specials: names.filter(isSpecialName),
    curves,
    only: values.only === undefined ? null : systemNamed(values.only),
    json: values.json ?? null,
    svg: values.svg ?? null,
    style: values.markdown ? "markdown" : "text",
    toleratesNoise: values["tolerate-noise"],
    trials: number("trials", values.trials, { least: 1, greatest: 1000 }),
    scale: number("scale", values.scale, { least: 0.001, greatest: 100 }),
    soakMinutes: number("minutes", values.minutes, { least: 0.1, greatest: 10_000 }),
  };
}

function expandRow(name: string): readonly string[] {
  if (name === "matrix") return DEFAULT_ROWS;
  if (name === "all") return [...DEFAULT_ROWS, ...SPECIAL_NAMES.filter((special) => special !== "soak")];
  if (name === "curves") return CURVE_ROWS;
  const exists = parseRow(name) !== null || isSpecialName(name) || parseCurveRow(name) !== null;
  if (!exists) throw new Error(`there is no row "${name}"`);
  return [name];
}

function systemNamed(name: string): SystemName {
  const system = SYSTEMS.find((candidate) => candidate === name);
  if (system === undefined) throw new Error(`--only is ${SYSTEMS.join(" or ")}, not "${name}"`);
  return system;
}

function number(
  flag: string,
  text: string,
  { least, greatest }: { readonly least: number; readonly greatest: number },
): number {
  const value = Number(text);
  if (!(value >= least && value <= greatest)) {
    throw new Error(`--${flag} is a number from ${least} to ${greatest}, not "${text}"`);
  }
  return value;
}
