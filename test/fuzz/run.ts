/**
 * Runs cases by the thousand and reports: what failed and how to see it again, how long it took, and what memory it
 * has left behind.
 */
import { collectGarbage } from "../base/garbage.js";
import { faultOf } from "./case.js";
import { Draw } from "./draw.js";
import { keepCase } from "./kept.js";
import type { Target } from "./target.js";
import type { Watchdog } from "./watchdog.js";

/** What a whole run may leave behind. */
export const GROWTH_MAX_BYTES = 64 * 1024 * 1024;
const FAULTS_MAX = 5;
const MIB = 1024 * 1024;

export interface RunOptions {
  readonly seed: number;
  /** In all; each target gets its share. */
  readonly cases: number;
  readonly print: (line: string) => void;
  readonly watchdog?: Watchdog;
  /** Where failing inputs are kept. */
  readonly keptIn?: string;
}

/** False: something failed. */
export async function runTargets(targets: readonly Target[], options: RunOptions): Promise<boolean> {
  const { seed, cases, print, watchdog } = options;
  const shares = targets.reduce((sum, { share }) => sum + share, 0);
  const startMs = performance.now();
  let growth = 0;
  let sound = true;
  for (const target of targets) {
    const count = Math.ceil((cases * target.share) / shares);
    watchdog?.watch(replayOf(target, seed));
    const report = await runTarget(target, { ...options, cases: count });
    growth += report.growthBytes;
    sound &&= report.faults === 0;
  }
  watchdog?.stop();
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  print(`${cases} cases of seed ${seed} in ${seconds} s; memory grew by ${(growth / MIB).toFixed(1)} MiB`);
  if (growth <= GROWTH_MAX_BYTES) return sound;
  print(`memory grew by more than ${GROWTH_MAX_BYTES / MIB} MiB`);
  return false;
}

export interface TargetReport {
  readonly faults: number;
  readonly growthBytes: number;
}

/** Stops early when one fault after the other is found. */
export async function runTarget(target: Target, options: RunOptions): Promise<TargetReport> {
  const { seed, cases, print, watchdog } = options;
  const startMs = performance.now();
  const warm = Math.min(cases, 1000);
  let faults = 0;
  let before = 0;
  for (let number = 0; number < cases && faults < FAULTS_MAX; number++) {
    // What is compiled and cached once is not growth.
    if (number === warm) before = await usedBytes();
    watchdog?.begins(number);
    if (!(await runCase(target, { seed, number }, options))) faults++;
  }
  const growthBytes = before === 0 ? 0 : (await usedBytes()) - before;
  const ms = performance.now() - startMs;
  const pace = `${(ms / 1000).toFixed(1)} s, ${((1000 * ms) / cases).toFixed(0)} µs each`;
  print(
    `${target.name}: ${cases} cases, ${pace}, ${(growthBytes / MIB).toFixed(1)} MiB left, ${faults} faults`,
  );
  return { faults, growthBytes };
}

/** False: it failed, and is kept. */
export async function runCase(
  target: Target,
  at: { readonly seed: number; readonly number: number },
  { print, keptIn }: Pick<RunOptions, "print" | "keptIn">,
): Promise<boolean> {
  const input = target.make(new Draw(at));
  const fault = await faultOf(target, input);
  if (fault === null) return true;
  const replay = `${replayOf(target, at.seed)} --case ${at.number}`;
  print(`FAULT ${target.name}: ${fault.stack ?? fault.message}`);
  print(`replay: ${replay}`);
  print(`kept as ${keepCase(target.name, input, { fault, replay }, keptIn)}`);
  print(hexDump(input));
  return false;
}

function replayOf(target: Target, seed: number): string {
  return `npm run fuzz -- --target ${target.name} --seed ${seed}`;
}

export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length && lines.length < 64; at += 32) {
    const hex = Buffer.from(bytes.subarray(at, at + 32)).toString("hex");
    lines.push(`${String(at).padStart(6)}  ${hex}`);
  }
  if (lines.length * 32 < bytes.length) lines.push(`        … ${bytes.length} bytes in all`);
  return lines.join("\n");
}

/** What is in use once all that was begun has ended and all that was left has been collected. */
async function usedBytes(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    await new Promise(setImmediate);
    // Memory of buffers comes free a while after the buffers: the next round sees it.
    collectGarbage();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
