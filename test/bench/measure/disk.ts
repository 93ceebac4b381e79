/** How good the disk is just now: it drifts on a shared host, and a row is worth little without it. */
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

const BLOCK_BYTES = 4096;
const BLOCKS = 1024;

/** Writes of 4 KiB a second, each synced, into space that is already allocated. Blocks this process meanwhile. */
export function syncedWritesPerSecond(directory: string, ms: number): number {
  const file = join(directory, "disk-probe");
  const descriptor = openSync(file, "w");
  try {
    writeSync(descriptor, Buffer.alloc(BLOCK_BYTES * BLOCKS));
    fdatasyncSync(descriptor);
    const block = Buffer.alloc(BLOCK_BYTES, 1);
    const startedMs = performance.now();
    let writes = 0;
    for (; performance.now() - startedMs < ms; writes++) {
      writeSync(descriptor, block, 0, BLOCK_BYTES, BLOCK_BYTES * (writes % BLOCKS));
      fdatasyncSync(descriptor);
    }
    return (1000 * writes) / (performance.now() - startedMs);
  } finally {
    closeSync(descriptor);
    rmSync(file);
  }
}
