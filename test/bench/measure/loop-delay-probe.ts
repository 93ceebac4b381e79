/** Loaded into a member before the daemon: see loop-delay.ts. At each SIGUSR2 it tells of the time since the last one. */
import { renameSync, writeFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";

const { KVRAFT_BENCH_LOOP_DELAYS: directory } = process.env;
const RESOLUTION_MS = 2;

if (directory !== undefined) {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  // The time between two wake-ups of a timer: what is past its interval is the delay.
  const delayMs = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
  process.on("SIGUSR2", () => {
    const { max } = histogram;
    const delays = { p999Ms: delayMs(histogram.percentile(99.9)), maxMs: delayMs(max) };
    const path = `${directory}/${process.pid}.json`;
    writeFileSync(`${path}.new`, JSON.stringify(delays));
    renameSync(`${path}.new`, path);
    histogram.reset();
  });
}
