/**
 * Keys and values in blocks of a snapshot, which is made of little else: written and read as plain-reader.ts and
 * plain-writer.ts say.
 */
import type { KeyValue } from "../kv/store.js";
import { PlainReader } from "./plain-reader.js";
import { lengthBytes, PlainWriter } from "./plain-writer.js";

// SnapshotBlock and Pair (disk.proto).
const PAIRS = 0x12;
const KEY = 0x0a;
const VALUE = 0x12;

/** A block of nothing else. */
export function writePairs(pairs: readonly KeyValue[]): Buffer {
  let bytes = 0;
  for (const pair of pairs) bytes += lengthBytes(pairBytes(pair));
  const writer = new PlainWriter(Buffer.allocUnsafe(bytes));
  for (const pair of pairs) {
    writer.begin(PAIRS, pairBytes(pair));
    if (pair.key !== "") writer.byteString(KEY, pair.key);
    if (pair.value !== "") writer.byteString(VALUE, pair.value);
  }
  return writer.memory;
}

/** Null: `body` holds something else, or is of another form. */
export function readPairs(body: Buffer): readonly KeyValue[] | null {
  const reader = new PlainReader(body, 0, body.length);
  const pairs: KeyValue[] = [];
  while (reader.has(PAIRS)) {
    const outer = reader.enter();
    const key = reader.bytes(KEY) ? body.toString("latin1", reader.start, reader.at) : "";
    const value = reader.bytes(VALUE) ? body.toString("latin1", reader.start, reader.at) : "";
    reader.leave(outer);
    pairs.push({ key, value });
  }
  return reader.isPlain ? pairs : null;
}

function pairBytes({ key, value }: KeyValue): number {
  return (key === "" ? 0 : lengthBytes(key.length)) + (value === "" ? 0 : lengthBytes(value.length));
}
