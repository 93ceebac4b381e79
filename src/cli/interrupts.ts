/** SIGINT for commands that end in their own way: the first asks for that, a later one ends the process at once. */
import { EXIT } from "../base/exit-status.js";

/** Programs that run others (timeout, npx) pass on what the terminal has sent already: that is one Ctrl-C, not two. */
const SAME_MS = 500;

/** Calls `end` once. What is returned takes the handler away again. */
export function onInterrupt(end: () => void): () => void {
  let firstMs: number | null = null;
  const listener = () => {
    const nowMs = performance.now();
    if (firstMs === null) {
      firstMs = nowMs;
      end();
    } else if (nowMs - firstMs > SAME_MS) {
      process.exit(EXIT.interrupted);
    }
  };
  process.on("SIGINT", listener);
  return () => process.off("SIGINT", listener);
}
