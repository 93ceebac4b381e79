/**
 * How a test tells a preloaded module in a daemon what to do: by the environment from the first moment on, or by a line on
 * the daemon's stdin (`Daemon.tell`) at any time later.
 */
import type { Life } from "./cluster.js";

const VARIABLE = "KVRAFT_TEST_ORDER";

/** A life that has its first order when it begins. */
export function orderedLife(preload: string, order: string): Life {
  return { preload, environment: { [VARIABLE]: order } };
}

/** For the preloaded module. */
export function onOrder(carryOut: (order: string) => void): void {
  const { [VARIABLE]: first } = process.env;
  if (first !== undefined) carryOut(first);
  process.stdin.on("data", (chunk: Buffer) => {
    for (const line of chunk.toString().trim().split("\n")) carryOut(line);
  });
}
