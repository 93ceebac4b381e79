/** The Clerk's time: the process's monotonic clock and its timers. */
import type { Timers } from "./ports.js";

export const systemTimers: Timers = {
  nowMs: () => performance.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
