/** Memory outside the heap that is really held: whether garbage has been collected yet differs from run to run. */
import { collectGarbage } from "../base/garbage.js";

/** Bytes of all buffers that are still reachable. */
export async function liveBytes(): Promise<number> {
  // What the first pass finds dead is given back in the background; a second one waits for that.
  for (let pass = 0; pass < 2; pass++) {
    collectGarbage();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage().arrayBuffers;
}
