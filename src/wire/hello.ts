/** The first frame in each direction of every connection: who speaks, and which version of the protocol. */

import { asBuffer } from "./bytes.js";
import { WireError } from "./errors.js";
import { kvraft } from "./generated/client.js";
import { PROTOCOL_VERSION } from "./limits.js";
import { decodeBody, EnumTable, fromMemberId, fromOptionalMemberId } from "./message.js";
import { readHello, writeHello } from "./plain-hello.js";

export const CLUSTER_ID_BYTES = 8;

export interface Hello {
  readonly protocolVersion: number;
  readonly role: HelloRole;
  /** 8 bytes; a client that does not know it leaves it empty. */
  readonly clusterId: Uint8Array;
  /** Of the sender; empty for a client. */
  readonly memberId: string;
  /** HOST:PORT where the sender's clients reach it; empty for a client. */
  readonly clientAddress: string;
  /** Whom a dialling member means to reach; empty otherwise. */
  readonly targetMemberId: string;
  /** Of the software, for people. */
  readonly version: string;
}

export type HelloRole = "client" | "server" | "peer";

const ROLES = new EnumTable<HelloRole>("role", {
  client: 1 satisfies kvraft.Role.ROLE_CLIENT,
  server: 2 satisfies kvraft.Role.ROLE_SERVER,
  peer: 3 satisfies kvraft.Role.ROLE_PEER,
});

/** What a client says of itself; `clusterId` is empty where it does not know it. */
export function clientHello(clusterId: Uint8Array = new Uint8Array(0)): Hello {
  return {
    protocolVersion: PROTOCOL_VERSION,
    role: "client",
    clusterId,
    memberId: "",
    clientAddress: "",
    targetMemberId: "",
    version: "",
  };
}

/** A whole frame. */
export function encodeHello(hello: Hello): Uint8Array {
  return writeHello({ ...hello, role: ROLES.toNumber(hello.role) });
}

/** Checks the form alone: whether the version, the cluster and the names fit is the receiver's to say. */
export function decodeHello(body: Uint8Array): Hello {
  const proto = readHello(asBuffer(body)) ?? decodeBody(kvraft.Hello, body);
  const role = ROLES.fromNumber(proto.role);
  const clusterId = proto.clusterId ?? new Uint8Array(0);
  if (clusterId.length !== CLUSTER_ID_BYTES && !(role === "client" && clusterId.length === 0)) {
    throw new WireError(
      "field-invalid",
      `a cluster id has ${CLUSTER_ID_BYTES} bytes, not ${clusterId.length}`,
    );
  }
  return {
    protocolVersion: proto.protocolVersion ?? 0,
    role,
    clusterId: Uint8Array.from(clusterId),
    memberId: role === "client" ? "" : fromMemberId(proto.memberId, "member_id"),
    clientAddress: proto.clientAddress ?? "",
    targetMemberId: fromOptionalMemberId(proto.targetMemberId, "target_member_id"),
    version: proto.version ?? "",
  };
}
