/** Every kind of message with its codec, so that what must hold for all of them is shown for all of them. */
import type fc from "fast-check";
import {
  decodeClientReply,
  decodeClientRequest,
  encodeClientReply,
  encodeClientRequest,
} from "../../src/wire/client-codec.js";
import { decodeCommand, encodeCommand } from "../../src/wire/command-codec.js";
import {
  decodeLogRecord,
  decodeMemberFile,
  decodeSnapshotMetadata,
  encodeLogRecord,
  encodeMemberFile,
  encodeSnapshotMetadata,
} from "../../src/wire/disk-codec.js";
import { WireError } from "../../src/wire/errors.js";
import { FRAME_HEADER_BYTES } from "../../src/wire/frame.js";
import { decodeHello, encodeHello } from "../../src/wire/hello.js";
import {
  decodePeerMessage,
  decodePing,
  encodePeerMessage,
  encodePing,
  type Ping,
} from "../../src/wire/peer-codec.js";
import { decodeSnapshotBlock, encodeSnapshotBlock } from "../../src/wire/snapshot-block-codec.js";
import * as arbitrary from "./arbitraries.js";

interface Codec<T> {
  readonly name: string;
  readonly values: fc.Arbitrary<T>;
  /** Without the frame's header. */
  readonly encode: (value: T) => Uint8Array;
  readonly decode: (body: Uint8Array) => T;
}

/** Hides which type a codec is for, so that codecs of different types stand in one list. */
export type AnyCodec = <R>(run: <T>(codec: Codec<T>) => R) => R;

function codec<T>(
  name: string,
  values: fc.Arbitrary<T>,
  encode: (value: T) => Uint8Array,
  decode: (body: Uint8Array) => T,
): AnyCodec {
  return (run) => run({ name, values, encode, decode });
}

function framed<T>(
  name: string,
  values: fc.Arbitrary<T>,
  encode: (value: T) => Uint8Array,
  decode: (body: Uint8Array) => T,
): AnyCodec {
  return codec(name, values, (value) => bodyOf(encode(value)), decode);
}

/** The body of a whole frame; fails unless the header says its length. */
export function bodyOf(frame: Uint8Array): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const body = frame.subarray(FRAME_HEADER_BYTES);
  if (view.getUint32(0) !== body.length) throw new Error(`${view.getUint32(0)} is not ${body.length}`);
  return body;
}

export const CODECS: readonly AnyCodec[] = [
  framed("hello", arbitrary.hello, encodeHello, decodeHello),
  framed("client request", arbitrary.clientRequest, encodeClientRequest, decodeClientRequest),
  framed("client reply", arbitrary.clientReply, encodeClientReply, decodeClientReply),
  framed("peer message", arbitrary.peerMessage, encodePeerMessage, (body) =>
    decodePeerMessage(body, arbitrary.ends),
  ),
  codec("command", arbitrary.command, encodeCommand, decodeCommand),
  codec("log record", arbitrary.logRecord, encodeLogRecord, decodeLogRecord),
  codec("snapshot metadata", arbitrary.snapshotMetadata, encodeSnapshotMetadata, decodeSnapshotMetadata),
  codec("member file", arbitrary.memberFile, encodeMemberFile, decodeMemberFile),
  codec("snapshot block", arbitrary.snapshotBlock, encodeSnapshotBlock, decodeSnapshotBlock),
  framed("ping", arbitrary.ping, encodePing, pingIn),
];

function pingIn(body: Uint8Array): Ping {
  const ping = decodePing(body);
  if (ping === null) throw new WireError("unknown-kind", "this is no ping");
  return ping;
}

/** Byte arrays as plain text, so that a Buffer equals a Uint8Array of the same bytes. */
export function comparable(value: unknown): unknown {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString("hex")}`;
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, comparable(field)]));
}
