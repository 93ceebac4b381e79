/**
 * What is kept of each key beside its value: when it was created and last changed, by whom, and how often it was appended to.
 * It follows from the log alone, so all members know the same; and how it lies in memory, where every key pays for
 * each byte of it: that is why numbers take seven bytes, times are whole seconds, and terms are found by
 * their indexes (terms.ts).
 */
import type { ByteString } from "../base/byte-string.js";
import { CLIENT_ID_BYTES, type ClientId, type LogPosition } from "./command.js";

/** A put or append that takes effect. */
export interface Change extends LogPosition {
  /** See {@link loggedSeconds}. */
  readonly seconds: number;
  readonly clientId: ClientId;
  readonly sequence: number;
}

/** What the next change of a key goes by. */
export interface KeyPast {
  /** In the log. 0: it is not known, since the key comes from a snapshot of a version that did not keep it. */
  readonly createdIndex: number;
  /** By the logged clock; 0: not known. */
  readonly createdSeconds: number;
  /** Of the last put or append; as `createdIndex`, and 0 only where that is. */
  readonly changedIndex: number;
  /** Appends since the last put, the one that created the key among them; null: not known, or too many. */
  readonly appends: number | null;
}

/** Where `changedIndex` is 0, nothing is known. */
export interface KeyMetadata extends KeyPast {
  readonly changedSeconds: number;
  /** Who made the last change; empty: not known. */
  readonly clientId: ClientId;
  readonly sequence: number;
}

/** A key with all that is kept of it, as snapshots carry it. */
export interface KeptPair {
  readonly key: ByteString;
  readonly value: ByteString;
  readonly metadata: KeyMetadata;
}

export const UNKNOWN_METADATA: KeyMetadata = {
  createdIndex: 0,
  createdSeconds: 0,
  changedIndex: 0,
  changedSeconds: 0,
  clientId: "",
  sequence: 0,
  appends: null,
};

const UINT32_MAX = 2 ** 32 - 1;
/** Stands for null. */
const NOT_COUNTED = UINT32_MAX;

/** The logged clock as it is kept: since 1970, rounded up, since the clock is behind; until 2106. */
export function loggedSeconds(clockMs: number): number {
  return Math.min(Math.ceil(clockMs / 1000), UINT32_MAX);
}

/** After a put; `past` null: there was no such key. */
export function afterPut(past: KeyPast | null, change: Change): KeyMetadata {
  return after(past, change, 0);
}

/** After an append. What is not known to begin with does not become known by counting on. */
export function afterAppend(past: KeyPast | null, change: Change): KeyMetadata {
  const before = past === null ? 0 : past.appends;
  return after(past, change, before === null || before + 1 === NOT_COUNTED ? null : before + 1);
}

function after(past: KeyPast | null, change: Change, appends: number | null): KeyMetadata {
  const { index, seconds, clientId, sequence } = change;
  return {
    createdIndex: past === null ? index : past.createdIndex,
    createdSeconds: past === null ? seconds : past.createdSeconds,
    changedIndex: index,
    changedSeconds: seconds,
    clientId,
    sequence,
    appends,
  };
}

// Where each field lies.
const CREATED_INDEX = 0;
const CREATED_SECONDS = 7;
const CHANGED_INDEX = 11;
const CHANGED_SECONDS = 18;
const CLIENT_ID = 22;
const SEQUENCE = 30;
const APPENDS = 37;
export const METADATA_BYTES = 41;

export function writeMetadata(memory: Uint8Array, at: number, metadata: KeyMetadata): void {
  const { clientId, appends } = metadata;
  writeUint56(memory, at + CREATED_INDEX, metadata.createdIndex);
  writeUint32(memory, at + CREATED_SECONDS, metadata.createdSeconds);
  writeUint56(memory, at + CHANGED_INDEX, metadata.changedIndex);
  writeUint32(memory, at + CHANGED_SECONDS, metadata.changedSeconds);
  // Of a client that is not known, zeros.
  for (let byte = 0; byte < CLIENT_ID_BYTES; byte++) {
    memory[at + CLIENT_ID + byte] = clientId.charCodeAt(byte);
  }
  writeUint56(memory, at + SEQUENCE, metadata.sequence);
  writeUint32(memory, at + APPENDS, appends ?? NOT_COUNTED);
}

/** A put or append needs no more, and does without the rest. */
export function readPast(memory: Uint8Array, at: number): KeyPast {
  const appends = readUint32(memory, at + APPENDS);
  return {
    createdIndex: readUint56(memory, at + CREATED_INDEX),
    createdSeconds: readUint32(memory, at + CREATED_SECONDS),
    changedIndex: readUint56(memory, at + CHANGED_INDEX),
    appends: appends === NOT_COUNTED ? null : appends,
  };
}

export function readMetadata(memory: Uint8Array, at: number): KeyMetadata {
  const { createdIndex, createdSeconds, changedIndex, appends } = readPast(memory, at);
  if (changedIndex === 0) return UNKNOWN_METADATA;
  // Field by field: to spread one object into another takes ten times as long.
  return {
    createdIndex,
    createdSeconds,
    changedIndex,
    changedSeconds: readUint32(memory, at + CHANGED_SECONDS),
    clientId: readClientId(memory, at + CLIENT_ID),
    sequence: readUint56(memory, at + SEQUENCE),
    appends,
  };
}

/** Eight arguments are several times faster than a loop, and than Buffer. */
export function readClientId(memory: Uint8Array, at: number): ClientId {
  const byte = (place: number) => byteAt(memory, at + place);
  return String.fromCharCode(byte(0), byte(1), byte(2), byte(3), byte(4), byte(5), byte(6), byte(7));
}

/** Every number that members use is below 2⁵³. */
function writeUint56(memory: Uint8Array, at: number, value: number): void {
  const low = value >>> 0;
  const high = (value - low) / 2 ** 32;
  writeUint32(memory, at, low);
  memory[at + 4] = high;
  memory[at + 5] = high >>> 8;
  memory[at + 6] = high >>> 16;
}

function readUint56(memory: Uint8Array, at: number): number {
  const high = byteAt(memory, at + 4) | (byteAt(memory, at + 5) << 8) | (byteAt(memory, at + 6) << 16);
  return high * 2 ** 32 + readUint32(memory, at);
}

function writeUint32(memory: Uint8Array, at: number, value: number): void {
  memory[at] = value;
  memory[at + 1] = value >>> 8;
  memory[at + 2] = value >>> 16;
  memory[at + 3] = value >>> 24;
}

function readUint32(memory: Uint8Array, at: number): number {
  const low = byteAt(memory, at) | (byteAt(memory, at + 1) << 8) | (byteAt(memory, at + 2) << 16);
  return (low | (byteAt(memory, at + 3) << 24)) >>> 0;
}

function byteAt(memory: Uint8Array, at: number): number {
  return memory[at] as number;
}
