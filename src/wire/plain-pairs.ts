/**
 * Pairs in blocks of a snapshot, which is made of little else: written and read as plain-reader.ts and
 * plain-writer.ts say.
 */
import { CLIENT_ID_BYTES } from "../kv/command.js";
import { type KeptPair, type KeyMetadata, readClientId, UNKNOWN_METADATA } from "../kv/key-metadata.js";
import { PlainReader } from "./plain-reader.js";
import { lengthBytes, numberBytes, optionalNumberBytes, PlainWriter } from "./plain-writer.js";

// SnapshotBlock and Pair (disk.proto).
const PAIRS = 0x12;
const KEY = 0x0a;
const VALUE = 0x12;
const CREATED_INDEX = 0x18;
const CREATED_SECONDS = 0x20;
const CHANGED_INDEX = 0x28;
const CHANGED_SECONDS = 0x30;
const CLIENT_ID = 0x3a;
const SEQUENCE = 0x40;
const APPENDS = 0x48;

/** A block of nothing else. */
export function writePairs(pairs: readonly KeptPair[]): Buffer {
  const lengths = pairs.map(pairBytes);
  const bytes = lengths.reduce((sum, length) => sum + lengthBytes(length), 0);
  const writer = new PlainWriter(Buffer.allocUnsafe(bytes));
  pairs.forEach(({ key, value, metadata }, at) => {
    writer.begin(PAIRS, lengths[at] as number);
    if (key !== "") writer.byteString(KEY, key);
    if (value !== "") writer.byteString(VALUE, value);
    writer.number(CREATED_INDEX, metadata.createdIndex);
    writer.number(CREATED_SECONDS, metadata.createdSeconds);
    writer.number(CHANGED_INDEX, metadata.changedIndex);
    writer.number(CHANGED_SECONDS, metadata.changedSeconds);
    if (metadata.clientId !== "") writer.byteString(CLIENT_ID, metadata.clientId);
    writer.number(SEQUENCE, metadata.sequence);
    writer.optionalNumber(APPENDS, metadata.appends);
  });
  return writer.memory;
}

/** Null: `body` holds something else, or is of another form. */
export function readPairs(body: Buffer): readonly KeptPair[] | null {
  const reader = new PlainReader(body, 0, body.length);
  const pairs: KeptPair[] = [];
  while (reader.has(PAIRS)) {
    const outer = reader.enter();
    const key = reader.bytes(KEY) ? body.toString("latin1", reader.start, reader.at) : "";
    const value = reader.bytes(VALUE) ? body.toString("latin1", reader.start, reader.at) : "";
    const metadata = readMetadata(reader, body);
    reader.leave(outer);
    if (metadata === null) return null;
    pairs.push({ key, value, metadata });
  }
  return reader.isPlain ? pairs : null;
}

/** Null: there is something that does not go together. */
function readMetadata(reader: PlainReader, body: Buffer): KeyMetadata | null {
  const createdIndex = reader.number(CREATED_INDEX);
  const createdSeconds = reader.uint32(CREATED_SECONDS);
  const changedIndex = reader.number(CHANGED_INDEX);
  const changedSeconds = reader.uint32(CHANGED_SECONDS);
  const isNamed = reader.bytes(CLIENT_ID) && reader.at - reader.start === CLIENT_ID_BYTES;
  const clientId = isNamed ? readClientId(body, reader.start) : "";
  const sequence = reader.number(SEQUENCE);
  const appends = reader.optionalUint32(APPENDS);
  if (changedIndex === 0) return UNKNOWN_METADATA;
  if (!isNamed) return null;
  return { createdIndex, createdSeconds, changedIndex, changedSeconds, clientId, sequence, appends };
}

function pairBytes({ key, value, metadata }: KeptPair): number {
  return (
    textBytes(key) +
    textBytes(value) +
    numberBytes(metadata.createdIndex) +
    numberBytes(metadata.createdSeconds) +
    numberBytes(metadata.changedIndex) +
    numberBytes(metadata.changedSeconds) +
    textBytes(metadata.clientId) +
    numberBytes(metadata.sequence) +
    optionalNumberBytes(metadata.appends)
  );
}

function textBytes(text: string): number {
  return text === "" ? 0 : lengthBytes(text.length);
}
