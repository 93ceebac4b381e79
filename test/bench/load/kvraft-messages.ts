/**
 * kvraft's two hot requests, written byte by byte into memory that is there already. A test holds them to the product's own
 * codecs, field for field.
 */
import { FRAME_HEADER_BYTES } from "../../../src/wire/frame.js";
import { lengthBytes, varintBytes, writeVarint } from "../../../src/wire/plain-writer.js";
import { KEY_EMPTY, type Put } from "./connection.js";
import { KEY_BYTES, writeKey } from "./data.js";

/** Of a protobuf field's tag: its number times eight, and whether bytes or a number follow. */
const BYTES = 2;
const TAG = {
  requestId: 1 << 3,
  requestCommand: (2 << 3) | BYTES,
  requestGet: (3 << 3) | BYTES,
  clientId: (1 << 3) | BYTES,
  session: 2 << 3,
  sequence: 3 << 3,
  acknowledgedBelow: 4 << 3,
  put: (5 << 3) | BYTES,
  key: (1 << 3) | BYTES,
  value: (2 << 3) | BYTES,
} as const;

/** More than a request takes beside its value. */
export const REQUEST_OVERHEAD_BYTES = 128;

export interface WorkerSession {
  readonly clientId: Uint8Array;
  /** 0 until it is open. */
  session: number;
  sequence: number;
}

export interface PutRequest {
  readonly requestId: number;
  readonly session: WorkerSession;
  readonly put: Put;
  readonly pool: Uint8Array;
  readonly valueBytes: number;
}

/** A whole frame with a ClientRequest that holds a Command; returns where it ends. */
export function writePut(target: Uint8Array, start: number, request: PutRequest): number {
  const { requestId, session, put, pool, valueBytes } = request;
  const keyBytes = put.key === KEY_EMPTY ? 0 : KEY_BYTES;
  const { clientId, sequence } = session;
  const putBytes = lengthBytes(keyBytes) + lengthBytes(valueBytes);
  const numbersBytes = 3 + varintBytes(session.session) + 2 * varintBytes(sequence);
  const commandBytes = lengthBytes(clientId.length) + numbersBytes + lengthBytes(putBytes);
  const bodyBytes = 1 + varintBytes(requestId) + lengthBytes(commandBytes);
  let at = writeFrameHeader(target, start, bodyBytes);
  target[at++] = TAG.requestId;
  at = writeVarint(target, at, requestId);
  target[at++] = TAG.requestCommand;
  at = writeVarint(target, at, commandBytes);
  target[at++] = TAG.clientId;
  target[at++] = clientId.length;
  target.set(clientId, at);
  at += clientId.length;
  target[at++] = TAG.session;
  at = writeVarint(target, at, session.session);
  target[at++] = TAG.sequence;
  at = writeVarint(target, at, sequence);
  // A closed loop: all that came before has been answered.
  target[at++] = TAG.acknowledgedBelow;
  at = writeVarint(target, at, sequence);
  target[at++] = TAG.put;
  at = writeVarint(target, at, putBytes);
  at = writeKeyField(target, at, put.key);
  target[at++] = TAG.value;
  at = writeVarint(target, at, valueBytes);
  target.set(pool.subarray(put.valueStart, put.valueStart + valueBytes), at);
  return at + valueBytes;
}

/** A whole frame with a ClientRequest that holds a Get; returns where it ends. */
export function writeGet(
  target: Uint8Array,
  start: number,
  { requestId, key }: { readonly requestId: number; readonly key: number },
): number {
  const getBytes = lengthBytes(KEY_BYTES);
  let at = writeFrameHeader(target, start, 1 + varintBytes(requestId) + lengthBytes(getBytes));
  target[at++] = TAG.requestId;
  at = writeVarint(target, at, requestId);
  target[at++] = TAG.requestGet;
  target[at++] = getBytes;
  return writeKeyField(target, at, key);
}

function writeKeyField(target: Uint8Array, start: number, key: number): number {
  const keyBytes = key === KEY_EMPTY ? 0 : KEY_BYTES;
  target[start] = TAG.key;
  target[start + 1] = keyBytes;
  if (keyBytes > 0) writeKey(target, start + 2, key);
  return start + 2 + keyBytes;
}

function writeFrameHeader(target: Uint8Array, at: number, bodyBytes: number): number {
  target[at] = bodyBytes >>> 24;
  target[at + 1] = bodyBytes >>> 16;
  target[at + 2] = bodyBytes >>> 8;
  target[at + 3] = bodyBytes;
  return at + FRAME_HEADER_BYTES;
}
