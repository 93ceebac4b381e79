/** Real memory for values: what `wire` gives the state machine, which these tests do not build. */
import type { ByteMemory } from "../../src/kv/slabs.js";

export const byteMemory: ByteMemory = {
  allocate: (bytes) => Buffer.alloc(bytes),
  write: (memory, at, bytes) => (memory as Buffer).write(bytes, at, "latin1"),
  read: (memory, start, end) => (memory as Buffer).toString("latin1", start, end),
};
