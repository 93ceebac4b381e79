/**
 * Run by itself with --expose-gc: prints the bytes of heap for each byte of a value that was appended byte by
 * byte and never read.
 */
import { appended } from "../../src/kv/appended.js";

const BYTES = 1_000_000;

function heapBytes(): number {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error("run with --expose-gc");
  gc();
  gc();
  return process.memoryUsage().heapUsed;
}

const before = heapBytes();
let value = "";
for (let at = 0; at < BYTES; at++) value = appended(value, String.fromCharCode(at % 256));
const after = heapBytes();
if (value.length !== BYTES) throw new Error("bytes are missing");
process.stdout.write(String((after - before) / BYTES));
