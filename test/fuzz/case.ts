/**
 * Runs one case and says what is wrong with it: what it throws, what it allocates, how long it takes.
 */
import { beginCounting, endCounting } from "./allocations.js";
import { Fault, type Target } from "./target.js";

/** No input of the fuzzer's size takes so long, unless something is quadratic. */
const CASE_MS_MAX = 100;
/** A case that took too long is judged by the median of so many more runs: the machine may have been busy. */
const RERUNS = 5;

/** What reached nobody: a promise that was rejected, an exception in a callback. */
let stray: unknown = null;
let running = false;

/** From now on what nobody catches counts as the fault of the case that runs. For a process of its own. */
export function catchStrayErrors(): void {
  const note = (error: unknown): void => {
    if (!running) {
      // The fuzzer's own fault, not that of a case.
      process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
      process.exit(70);
    }
    stray ??= error;
  };
  process.on("unhandledRejection", note);
  process.on("uncaughtException", note);
}

/** Null: nothing is wrong. A fault that shows itself again bears the trace of where. */
export async function faultOf(target: Target, input: Uint8Array): Promise<Error | null> {
  const { stackTraceLimit } = Error;
  // Most inputs end in an error, and a trace costs more than all the rest of a case.
  Error.stackTraceLimit = 0;
  const fault = await faultWithoutTrace(target, input);
  Error.stackTraceLimit = stackTraceLimit;
  if (fault === null) return null;
  return (await timed(target, input)).fault ?? fault;
}

async function faultWithoutTrace(target: Target, input: Uint8Array): Promise<Error | null> {
  const first = await timed(target, input);
  if (first.fault !== null || first.ms <= CASE_MS_MAX) return first.fault;
  const times: number[] = [];
  for (let run = 0; run < RERUNS; run++) {
    const before = process.cpuUsage();
    const { ms } = await timed(target, input);
    const { user, system } = process.cpuUsage(before);
    // Waiting for a processor is not the input's doing, nor is what other threads do meanwhile.
    times.push(Math.min(ms, (user + system) / 1000));
  }
  const median = times.sort((a, b) => a - b)[Math.floor(RERUNS / 2)] ?? 0;
  return median > CASE_MS_MAX ? new Fault(`it takes ${median.toFixed(0)} ms`) : null;
}

async function timed(target: Target, input: Uint8Array): Promise<{ fault: Error | null; ms: number }> {
  stray = null;
  running = true;
  beginCounting();
  const startMs = performance.now();
  let fault: unknown = null;
  try {
    // Not awaited where it is no promise: most cases are over at once.
    const judging = target.judge(input);
    if (judging !== undefined) await judging;
  } catch (error) {
    fault = error;
  }
  const allocations = endCounting();
  running = false;
  const ms = performance.now() - startMs;
  const found = allocations ?? fault ?? stray;
  return { fault: found === null || found instanceof Error ? found : new Fault(String(found)), ms };
}
