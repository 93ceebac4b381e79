/** Requests that come often, in the form in which they are written here: see plain-reader.ts and plain-writer.ts. */
import { unreachable } from "../base/assert.js";
import type { ClientRequest, Consistency } from "./client-message.js";
import { consistencyFromNumber, consistencyToNumber } from "./consistency.js";
import { FRAME_HEADER_BYTES } from "./frame.js";
import { PlainReader } from "./plain-reader.js";
import { lengthBytes, numberBytes, PlainWriter } from "./plain-writer.js";

// ClientRequest and Get (client.proto).
const REQUEST_ID = 0x08;
const COMMAND = 0x12;
const GET = 0x1a;
const STATUS = 0x2a;
const KEY = 0x0a;
const CONSISTENCY = 0x10;

/** A request whose payload, a command or a get's key, lies in [start, end) of the body that was read. */
export type PlainRequest = { readonly requestId: number; readonly start: number; readonly end: number } & (
  | { readonly kind: "command" }
  | { readonly kind: "get"; readonly consistency: Consistency }
);

/** Null: it is of another kind or form, or none at all. */
export function readPlainRequest(body: Uint8Array): PlainRequest | null {
  const reader = new PlainReader(body, 0, body.length);
  const requestId = reader.number(REQUEST_ID);
  if (requestId === 0) return null;
  if (reader.bytes(COMMAND)) {
    const { start, at } = reader;
    return reader.isPlain ? { kind: "command", requestId, start, end: at } : null;
  }
  if (!reader.has(GET)) return null;
  const outer = reader.enter();
  const hasKey = reader.bytes(KEY);
  const { start, at } = reader;
  const consistency = consistencyFromNumber(reader.int32(CONSISTENCY));
  reader.leave(outer);
  if (!hasKey || !reader.isPlain) return null;
  return { kind: "get", requestId, start, end: at, consistency };
}

/** Those that the short commands send. */
type WrittenRequest = Extract<ClientRequest, { kind: "command" | "get" | "status" }>;

/** A whole frame. */
export function writePlainRequest(request: WrittenRequest): Uint8Array {
  const { kind, requestId } = request;
  const payload = payloadBytes(request);
  const bytes = numberBytes(requestId) + lengthBytes(payload);
  const writer = new PlainWriter(Buffer.allocUnsafe(FRAME_HEADER_BYTES + bytes));
  writer.frameHeader(bytes);
  writer.number(REQUEST_ID, requestId);
  if (kind === "command") {
    writer.bytes(COMMAND, request.bytes);
  } else {
    writer.begin(kind === "get" ? GET : STATUS, payload);
    if (kind === "get") {
      writer.byteString(KEY, request.key);
      writer.number(CONSISTENCY, consistencyToNumber(request.consistency));
    }
  }
  return writer.memory;
}

function payloadBytes(request: WrittenRequest): number {
  switch (request.kind) {
    case "command":
      return request.bytes.length;
    case "get":
      return lengthBytes(request.key.length) + numberBytes(consistencyToNumber(request.consistency));
    case "status":
      return 0;
    default:
      return unreachable(request);
  }
}
