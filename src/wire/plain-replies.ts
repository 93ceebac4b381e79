/** Replies that come often: those of one write written in one piece of memory, see plain-writer.ts; and read, see plain-reader.ts. */
import type { ClientReply } from "./client-message.js";
import { COMMAND_STATUS } from "./command-codec.js";
import { FRAME_HEADER_BYTES } from "./frame.js";
import type { kvraft } from "./generated/client.js";
import { PlainReader } from "./plain-reader.js";
import { readStatus } from "./plain-status.js";
import { lengthBytes, numberBytes, optionalNumberBytes, type PlainWriter } from "./plain-writer.js";

// ClientReply, CommandResult and GetReply (client.proto).
const REQUEST_ID = 0x08;
const RESULT = 0x12;
const GET = 0x1a;
const MEMBER_STATUS = 0x2a;
const STATUS = 0x08;
const RESULT_INDEX = 0x10;
const FOUND = 0x08;
const VALUE = 0x12;
const GET_INDEX = 0x18;
const BEHIND_MS = 0x20;

/** Of the frame that {@link writeReply} writes; −1: it does not write such a reply. */
export function replyBytes(reply: ClientReply): number {
  const payload = payloadBytes(reply);
  return payload < 0 ? -1 : FRAME_HEADER_BYTES + numberBytes(reply.requestId) + lengthBytes(payload);
}

/** A whole frame. False, and nothing is written: it is a reply of another kind. */
export function writeReply(writer: PlainWriter, reply: ClientReply): boolean {
  const payload = payloadBytes(reply);
  if (payload < 0) return false;
  writer.frameHeader(numberBytes(reply.requestId) + lengthBytes(payload));
  writer.number(REQUEST_ID, reply.requestId);
  if (reply.kind === "result") {
    writer.begin(RESULT, payload);
    writer.number(STATUS, COMMAND_STATUS.toNumber(reply.result.status));
    writer.number(RESULT_INDEX, reply.result.index);
  } else if (reply.kind === "get") {
    writer.begin(GET, payload);
    if (reply.value !== null) {
      writer.number(FOUND, 1);
      writer.byteString(VALUE, reply.value);
    }
    writer.number(GET_INDEX, reply.index);
    writer.optionalNumber(BEHIND_MS, reply.behindMs);
  }
  return true;
}

function payloadBytes(reply: ClientReply): number {
  switch (reply.kind) {
    case "result":
      return numberBytes(COMMAND_STATUS.toNumber(reply.result.status)) + numberBytes(reply.result.index);
    case "get": {
      const found = reply.value === null ? 0 : numberBytes(1) + lengthBytes(reply.value.length);
      return found + numberBytes(reply.index) + optionalNumberBytes(reply.behindMs);
    }
    default:
      return -1;
  }
}

/** As the generated code reads it, bytes being views of `body`. Null: it is of another kind or form, or none at all. */
export function readPlainReply(body: Buffer): kvraft.ClientReply.$Properties | null {
  const reader = new PlainReader(body, 0, body.length);
  const requestId = reader.number(REQUEST_ID);
  const reply = readPayload(reader, body);
  return reply !== null && reader.isPlain ? { requestId, ...reply } : null;
}

function readPayload(reader: PlainReader, body: Buffer): kvraft.ClientReply.$Properties | null {
  if (reader.has(RESULT)) {
    const outer = reader.enter();
    const result = { status: reader.int32(STATUS), index: reader.number(RESULT_INDEX) };
    reader.leave(outer);
    return { result };
  }
  if (reader.has(GET)) {
    const outer = reader.enter();
    const found = reader.number(FOUND) !== 0;
    const value = reader.bytes(VALUE) ? body.subarray(reader.start, reader.at) : null;
    const get = {
      found,
      value,
      index: reader.number(GET_INDEX),
      behindMs: reader.optionalNumber(BEHIND_MS),
    };
    reader.leave(outer);
    return { get };
  }
  if (reader.has(MEMBER_STATUS)) {
    const outer = reader.enter();
    const status = readStatus(reader, body);
    reader.leave(outer);
    return { status };
  }
  return null;
}
