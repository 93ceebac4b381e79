/** The first frame of a connection by hand: see plain-reader.ts and plain-writer.ts. */
import { FRAME_HEADER_BYTES } from "./frame.js";
import type { kvraft } from "./generated/client.js";
import type { Hello } from "./hello.js";
import { PlainReader } from "./plain-reader.js";
import { lengthBytes, numberBytes, PlainWriter, textBytes } from "./plain-writer.js";

// Hello (client.proto).
const PROTOCOL_VERSION = 0x08;
const ROLE = 0x10;
const CLUSTER_ID = 0x1a;
const MEMBER_ID = 0x22;
const CLIENT_ADDRESS = 0x2a;
const TARGET_MEMBER_ID = 0x32;
const VERSION = 0x3a;

/** A whole frame. */
export function writeHello(hello: Omit<Hello, "role"> & { readonly role: number }): Uint8Array {
  const { protocolVersion, role, clusterId, memberId, clientAddress, targetMemberId, version } = hello;
  const bytes =
    numberBytes(protocolVersion) +
    numberBytes(role) +
    (clusterId.length === 0 ? 0 : lengthBytes(clusterId.length)) +
    textBytes(memberId) +
    textBytes(clientAddress) +
    textBytes(targetMemberId) +
    textBytes(version);
  const writer = new PlainWriter(Buffer.allocUnsafe(FRAME_HEADER_BYTES + bytes));
  writer.frameHeader(bytes);
  writer.number(PROTOCOL_VERSION, protocolVersion);
  writer.number(ROLE, role);
  if (clusterId.length > 0) writer.bytes(CLUSTER_ID, clusterId);
  writer.text(MEMBER_ID, memberId);
  writer.text(CLIENT_ADDRESS, clientAddress);
  writer.text(TARGET_MEMBER_ID, targetMemberId);
  writer.text(VERSION, version);
  return writer.memory;
}

/** As the generated code reads it, bytes being views of `body`. Null: it is of another form, or none at all. */
export function readHello(body: Buffer): kvraft.Hello.$Properties | null {
  const reader = new PlainReader(body, 0, body.length);
  const hello = {
    protocolVersion: reader.int32(PROTOCOL_VERSION),
    role: reader.int32(ROLE),
    clusterId: reader.bytes(CLUSTER_ID) ? body.subarray(reader.start, reader.at) : null,
    memberId: reader.text(MEMBER_ID),
    clientAddress: reader.text(CLIENT_ADDRESS),
    targetMemberId: reader.text(TARGET_MEMBER_ID),
    version: reader.text(VERSION),
  };
  return reader.isPlain ? hello : null;
}
