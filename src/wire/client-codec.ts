/** Requests of clients and the replies to them as frames. */
import { unreachable } from "../base/assert.js";
import type { KeyValue } from "../kv/store.js";
import { asBuffer, fromByteString } from "./bytes.js";
import type { ClientReply, ClientRequest, StateRead } from "./client-message.js";
import { COMMAND_STATUS, decodeCommand } from "./command-codec.js";
import { consistencyFromNumber, consistencyToNumber } from "./consistency.js";
import { ERROR_CODES } from "./error-codes.js";
import { RequestError, WireError } from "./errors.js";
import { explainReplyToProto, explanationFromProto } from "./explain-codec.js";
import { kvraft } from "./generated/client.js";
import {
  decodeBody,
  encodeFrame,
  fromBytes,
  fromOptionalMemberId,
  fromOptionalUint64,
  fromPositive,
  fromUint64,
  toUint64,
} from "./message.js";
import { readPlainReply, replyBytes, writeReply } from "./plain-replies.js";
import { type PlainRequest, readPlainRequest, writePlainRequest } from "./plain-request.js";
import { PlainWriter } from "./plain-writer.js";
import { Retainer } from "./retainer.js";
import { statsFromProto, statsToProto } from "./stats-codec.js";
import { statusFromProto, statusToProto } from "./status-codec.js";

/** Of commands that enter the log. */
const retainer = new Retainer();

/** A whole frame. Of a command `bytes` is what is sent. */
export function encodeClientRequest(request: ClientRequest): Uint8Array {
  switch (request.kind) {
    case "command":
    case "get":
    case "status":
      return writePlainRequest(request);
    default:
      return encodeFrame(kvraft.ClientRequest, requestToProto(request));
  }
}

function requestToProto(
  request: Extract<ClientRequest, { kind: "scan" | "explain" | "stats" | "transfer" }>,
): kvraft.ClientRequest.$Properties {
  const requestId = toUint64(request.requestId);
  switch (request.kind) {
    case "scan":
      return { requestId, scan: scanToProto(request) };
    case "explain":
      return { requestId, explain: { key: fromByteString(request.key) } };
    case "stats":
      return { requestId, stats: {} };
    case "transfer":
      return { requestId, transferLeadership: { to: request.to } };
    default:
      return unreachable(request);
  }
}

function scanToProto(scan: Extract<ClientRequest, { kind: "scan" }>): kvraft.Scan.$Properties {
  return {
    from: fromByteString(scan.from),
    to: fromByteString(scan.to),
    prefix: fromByteString(scan.prefix),
    // 32 bits: no page holds more.
    limit: Math.min(toUint64(scan.limit), 0xffffffff),
    keysOnly: scan.keysOnly,
    consistency: consistencyToNumber(scan.consistency),
  };
}

/** `bytes` of a command is a copy: it outlives `body`. Throws RequestError where the request's number is known. */
export function decodeClientRequest(body: Uint8Array): ClientRequest {
  let requestId = 0;
  try {
    const memory = asBuffer(body);
    const plain = readPlainRequest(memory);
    if (plain !== null) {
      requestId = plain.requestId;
      return requestFromPlain(plain, memory);
    }
    const proto = decodeBody(kvraft.ClientRequest, body);
    requestId = fromPositive(proto.requestId, "request_id");
    return requestFromProto(requestId, proto);
  } catch (error) {
    throw requestId > 0 && error instanceof WireError ? new RequestError(requestId, error) : error;
  }
}

function requestFromPlain(plain: PlainRequest, memory: Buffer): ClientRequest {
  const { requestId, start, end } = plain;
  if (plain.kind === "command") return commandRequest(requestId, memory.subarray(start, end));
  const key = memory.toString("latin1", start, end);
  return { kind: "get", requestId, key, consistency: plain.consistency };
}

function commandRequest(requestId: number, encoded: Uint8Array): ClientRequest {
  const bytes = retainer.keep(encoded);
  return { kind: "command", requestId, bytes, command: decodeCommand(bytes) };
}

function requestFromProto(requestId: number, proto: kvraft.ClientRequest.$Properties): ClientRequest {
  if (proto.command != null) return commandRequest(requestId, proto.command);
  if (proto.get != null) {
    const consistency = consistencyFromNumber(proto.get.consistency ?? 0);
    return { kind: "get", requestId, key: fromBytes(proto.get.key), consistency };
  }
  if (proto.scan != null) {
    return {
      kind: "scan",
      requestId,
      from: fromBytes(proto.scan.from),
      to: fromBytes(proto.scan.to),
      prefix: fromBytes(proto.scan.prefix),
      limit: proto.scan.limit ?? 0,
      keysOnly: proto.scan.keysOnly ?? false,
      consistency: consistencyFromNumber(proto.scan.consistency ?? 0),
    };
  }
  if (proto.explain != null) return { kind: "explain", requestId, key: fromBytes(proto.explain.key) };
  if (proto.status != null) return { kind: "status", requestId };
  if (proto.stats != null) return { kind: "stats", requestId };
  if (proto.transferLeadership != null) {
    return { kind: "transfer", requestId, to: fromOptionalMemberId(proto.transferLeadership.to, "to") };
  }
  throw new WireError("unknown-kind", "a request that is not known");
}

/** A whole frame. */
export function encodeClientReply(reply: ClientReply): Uint8Array {
  const bytes = replyBytes(reply);
  if (bytes < 0) return encodeAnyReply(reply);
  const writer = new PlainWriter(Buffer.allocUnsafe(bytes));
  writeReply(writer, reply);
  return writer.memory;
}

function encodeAnyReply(reply: ClientReply): Uint8Array {
  return encodeFrame(kvraft.ClientReply, replyToProto(reply));
}

/** Whole frames in one piece of memory: of the replies from `first` on, until there are `bytesMax` bytes. */
export function encodeClientReplies(
  replies: readonly ClientReply[],
  { first, bytesMax }: { readonly first: number; readonly bytesMax: number },
): { readonly frames: Uint8Array; readonly count: number } {
  const others: Uint8Array[] = [];
  let bytes = 0;
  let next = first;
  for (; next < replies.length && bytes < bytesMax; next++) {
    const reply = replies[next] as ClientReply;
    let length = replyBytes(reply);
    if (length < 0) {
      const frame = encodeAnyReply(reply);
      others.push(frame);
      length = frame.length;
    }
    bytes += length;
  }
  const writer = new PlainWriter(Buffer.allocUnsafe(bytes));
  let other = 0;
  for (let at = first; at < next; at++) {
    const reply = replies[at] as ClientReply;
    if (!writeReply(writer, reply)) writer.raw(others[other++] as Uint8Array);
  }
  return { frames: writer.memory, count: next - first };
}

/** The result holds nothing of `body`. */
export function decodeClientReply(body: Uint8Array): ClientReply {
  const proto = readPlainReply(asBuffer(body)) ?? decodeBody(kvraft.ClientReply, body);
  const requestId = fromUint64(proto.requestId, "request_id");
  if (proto.result != null) {
    const status = COMMAND_STATUS.fromNumber(proto.result.status);
    return { kind: "result", requestId, result: { status, index: fromUint64(proto.result.index, "index") } };
  }
  if (proto.get != null) {
    const value = proto.get.found ? fromBytes(proto.get.value) : null;
    return { kind: "get", requestId, value, ...stateReadFromProto(proto.get) };
  }
  if (proto.scan != null) {
    return {
      kind: "scan",
      requestId,
      pairs: (proto.scan.pairs ?? []).map(pairFromProto),
      nextKey: fromBytes(proto.scan.nextKey),
      ...stateReadFromProto(proto.scan),
    };
  }
  if (proto.explain != null) {
    const explanation = explanationFromProto(proto.explain);
    return { kind: "explain", requestId, explanation, index: fromUint64(proto.explain.index, "index") };
  }
  if (proto.status != null) return { kind: "status", requestId, status: statusFromProto(proto.status) };
  if (proto.stats != null) return { kind: "stats", requestId, stats: statsFromProto(proto.stats) };
  if (proto.transferLeadership != null) return { kind: "transfer", requestId };
  if (proto.error != null) {
    return {
      kind: "error",
      requestId,
      code: ERROR_CODES.fromNumber(proto.error.code),
      message: proto.error.message ?? "",
      leaderId: fromOptionalMemberId(proto.error.leaderId, "leader_id"),
      leaderAddress: proto.error.leaderAddress ?? "",
    };
  }
  throw new WireError("unknown-kind", "a reply that is not known");
}

function replyToProto(reply: ClientReply): kvraft.ClientReply.$Properties {
  const requestId = toUint64(reply.requestId);
  switch (reply.kind) {
    case "result": {
      const { status, index } = reply.result;
      return { requestId, result: { status: COMMAND_STATUS.toNumber(status), index: toUint64(index) } };
    }
    case "get": {
      const state = stateReadToProto(reply);
      if (reply.value === null) return { requestId, get: state };
      return { requestId, get: { found: true, value: fromByteString(reply.value), ...state } };
    }
    case "scan":
      return {
        requestId,
        scan: {
          pairs: reply.pairs.map(pairToProto),
          nextKey: fromByteString(reply.nextKey),
          ...stateReadToProto(reply),
        },
      };
    case "explain":
      return { requestId, explain: explainReplyToProto(reply.explanation, reply.index) };
    case "status":
      return { requestId, status: statusToProto(reply.status) };
    case "stats":
      return { requestId, stats: statsToProto(reply.stats) };
    case "transfer":
      return { requestId, transferLeadership: {} };
    case "error": {
      const { message, leaderId, leaderAddress } = reply;
      return {
        requestId,
        error: { code: ERROR_CODES.toNumber(reply.code), message, leaderId, leaderAddress },
      };
    }
    default:
      return unreachable(reply);
  }
}

function pairToProto({ key, value }: KeyValue): kvraft.KeyValue.$Properties {
  return { key: fromByteString(key), value: fromByteString(value) };
}

function pairFromProto(proto: kvraft.KeyValue.$Properties): KeyValue {
  return { key: fromBytes(proto.key), value: fromBytes(proto.value) };
}

function stateReadToProto({ index, behindMs }: StateRead): kvraft.GetReply.$Properties {
  return { index: toUint64(index), ...(behindMs === null ? {} : { behindMs: toUint64(behindMs) }) };
}

function stateReadFromProto(proto: kvraft.GetReply.$Properties | kvraft.ScanReply.$Properties): StateRead {
  const { behindMs } = proto;
  return {
    index: fromUint64(proto.index, "index"),
    behindMs: fromOptionalUint64(behindMs, "behind_ms"),
  };
}
