/** Replies that come often, all those of one write in one piece of memory: see plain-writer.ts. */
import type { ClientReply } from "./client-message.js";
import { COMMAND_STATUS } from "./command-codec.js";
import { FRAME_HEADER_BYTES } from "./frame.js";
import { lengthBytes, numberBytes, optionalNumberBytes, type PlainWriter } from "./plain-writer.js";

// ClientReply, CommandResult and GetReply (client.proto).
const REQUEST_ID = 0x08;
const RESULT = 0x12;
const GET = 0x1a;
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
