/** The Clerk's time and chance: the process's monotonic clock and timers, and the operating system's entropy. */
import type { Entropy, Timers } from "./ports.js";

// Not `performance.now()` and not an import of node:crypto: each loads a part of Node that takes a short command's time.

export const systemTimers: Timers = {
  nowMs: () => {
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1000 + nanoseconds / 1e6;
  },
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

export const systemEntropy: Entropy = (length) => process.getBuiltinModule("node:crypto").randomBytes(length);
