/** What a client finds wrong with whoever answers at an address. */
import type { ByteString } from "../base/byte-string.js";
import type { Hello } from "../wire/hello.js";
import { PROTOCOL_VERSION } from "../wire/limits.js";

/** It completes a sentence about the other side; null: this is a member, of the cluster `expected` (empty: of any). */
export function greetingFault(
  hello: Hello,
  cluster: { readonly expected: ByteString; readonly clusterId: ByteString },
): string | null {
  if (hello.protocolVersion !== PROTOCOL_VERSION) {
    return `speaks protocol version ${hello.protocolVersion}, not ${PROTOCOL_VERSION}`;
  }
  if (hello.role === "peer") {
    const instead = hello.clientAddress === "" ? "" : `; its clients go to ${hello.clientAddress}`;
    return `is the peer port of ${hello.memberId}${instead}`;
  }
  if (hello.role !== "server") return "is no kvraft member";
  if (cluster.expected !== "" && cluster.expected !== cluster.clusterId) return "belongs to another cluster";
  return null;
}
