/** One run of verify, put together: the load, the record of it, the verdict, and what is said of them. */
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seededRandom } from "../../base/random.js";
import { Clerk } from "../../clerk/clerk.js";
import { systemTimers } from "../../clerk/system-ports.js";
import type { Operation } from "../../lin/operation.js";
import type { Verdict } from "../../lin/verdict.js";
import { CliError, isSystemError } from "../failure.js";
import { onInterrupt } from "../interrupts.js";
import type { Invocation } from "../invocation.js";
import { ProgressLine } from "../progress-line.js";
import type { Settings } from "../settings.js";
import { readHistory } from "./history-input.js";
import { judge } from "./judge.js";
import { Load, type LoadReport } from "./load.js";
import { HistoryRecord } from "./record.js";
import {
  describeFindings,
  exitStatusOf,
  type Findings,
  jsonFindings,
  type Kept,
  remarksOn,
} from "./report.js";
import { ScratchKeys } from "./scratch-keys.js";

const PROGRESS_MS = 200;

interface JudgeOptions {
  readonly settings: Settings;
  readonly judgeTimeoutMs: number;
}

export interface ClusterOptions extends JudgeOptions {
  readonly clients: number;
  /** At work at a time. */
  readonly keys: number;
  readonly durationMs: number;
  readonly prefix: string;
  /** Null: the history is kept only if it is not linearizable. */
  readonly recordPath: string | null;
}

export async function verifyHistory(
  invocation: Invocation,
  { path, ...options }: JudgeOptions & { readonly path: string },
): Promise<void> {
  const history = await readHistory(path, invocation.input);
  const verdict = await judgeInTime(history, options);
  await tell(invocation, { verdict, run: null, kept: NOWHERE }, options.settings);
}

export async function verifyCluster(invocation: Invocation, options: ClusterOptions): Promise<void> {
  const { settings, clients, recordPath } = options;
  const name = randomBytes(6).toString("hex");
  const prefix = `${options.prefix}${name}/`;
  const keys = new ScratchKeys(prefix, options.keys);
  await invocation.withClerk({ name: "verify", isWrite: false, settings }, async (clerk) => {
    // Where there is no cluster, that is what is to be said, and nothing else is done.
    await clerk.get(keys.all[0] as string);
  });
  const record = recordPath === null ? null : await HistoryRecord.create(recordPath);
  const cut = new AbortController();
  invocation.handlesInterrupt = true;
  const release = onInterrupt(() => cut.abort());
  try {
    const report = await putLoad({ ...options, keys, signal: cut.signal }).catch(async (error: unknown) => {
      await record?.discard();
      throw error;
    });
    let kept = record === null ? NOWHERE : await keep(report.history, async () => record);
    const wasCut = cut.signal.aborted;
    const isOver = () => cut.signal.aborted && !wasCut;
    const verdict = await judgeInTime(report.history, { ...options, isOver });
    if (record === null && verdict.outcome !== "legal") {
      const path = join(tmpdir(), `kvraft-verify-${name}.jsonl`);
      kept = await keep(report.history, () => HistoryRecord.create(path));
    }
    const readers = Array.from({ length: clients }, (_, at) => at + 1).filter(readsFromAny);
    const run = { clients, readFromAny: readers, prefix, report, interrupted: cut.signal.aborted };
    await tell(invocation, { verdict, run, kept }, settings);
  } finally {
    release();
  }
}

/** Every second one. */
const readsFromAny = (client: number): boolean => client % 2 === 0;

async function putLoad({
  settings: { endpoints, timeoutMs },
  clients,
  signal,
  ...options
}: Omit<ClusterOptions, "keys"> & {
  readonly keys: ScratchKeys;
  readonly signal: AbortSignal;
}): Promise<LoadReport> {
  const clerks = Array.from(
    { length: clients },
    (_, at) => new Clerk({ endpoints, timeoutMs, readFrom: readsFromAny(at + 1) ? "any" : "leader" }),
  );
  const random = seededRandom(randomBytes(6).readUIntBE(0, 6));
  const load = new Load({ ...options, clerks, random, timers: systemTimers });
  signal.addEventListener("abort", () => load.stop());
  const line = new ProgressLine(process.stderr);
  const timer = setInterval(() => {
    const of = `of ${options.durationMs / 1000} s, ${load.answered} operations`;
    line.update((seconds) => `${seconds.toFixed(0)} ${of}`);
  }, PROGRESS_MS);
  try {
    return await load.run();
  } finally {
    clearInterval(timer);
    line.end();
    await Promise.all(clerks.map((clerk) => clerk.close()));
  }
}

async function judgeInTime(
  history: readonly Operation[],
  {
    judgeTimeoutMs,
    isOver = () => false,
  }: Pick<JudgeOptions, "judgeTimeoutMs"> & { readonly isOver?: () => boolean },
): Promise<Verdict> {
  const line = new ProgressLine(process.stderr);
  const endMs = performance.now() + judgeTimeoutMs;
  try {
    return await judge(history, {
      isOver: () => isOver() || performance.now() > endMs,
      onSlice: () =>
        line.update((seconds) => `judging ${history.length} operations for ${seconds.toFixed(0)} s`),
    });
  } finally {
    line.end();
  }
}

const NOWHERE: Kept = { path: null, problem: null };

/** What goes wrong with a file must not cost the verdict. */
async function keep(history: readonly Operation[], open: () => Promise<HistoryRecord>): Promise<Kept> {
  try {
    const record = await open();
    await record.write(history);
    return { path: record.path, problem: null };
  } catch (error) {
    if (!isSystemError(error) && !(error instanceof CliError)) throw error;
    return { path: null, problem: error.message };
  }
}

async function tell(invocation: Invocation, findings: Findings, { output }: Settings): Promise<void> {
  invocation.exitStatus = exitStatusOf(findings);
  await invocation.output.write(output === "json" ? jsonFindings(findings) : describeFindings(findings));
  for (const remark of remarksOn(findings)) invocation.note(remark);
}
