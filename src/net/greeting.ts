/**
 * What each side of a connection must say in its Hello to be spoken with. Pure: a Hello in, the
 * reason for refusing it out, in words for the log of whoever refuses.
 */

import type { Hello } from "../wire/hello.js";
import { PROTOCOL_VERSION } from "../wire/limits.js";

/** How this member introduces itself. */
export interface Identity {
  /** 8 bytes, the same on every member of the cluster. */
  readonly clusterId: Uint8Array;
  readonly memberId: string;
  /** Of the software, for people. */
  readonly version: string;
}

export function helloOf(
  identity: Identity,
  role: "server" | "peer",
  addressing: { readonly clientAddress: string; readonly targetMemberId: string },
): Hello {
  return { protocolVersion: PROTOCOL_VERSION, role, ...identity, ...addressing };
}

/** Why a client's Hello is refused on the client port; null: welcome. */
export function refusalOfClient(hello: Hello, self: Identity): string | null {
  if (hello.protocolVersion !== PROTOCOL_VERSION) return versionText(hello);
  if (hello.role === "peer") {
    return `this is the client port of ${self.memberId}, and ${hello.memberId} dialled it as a member: give it the peer address`;
  }
  if (hello.role !== "client") return `the other side is no client but a ${hello.role}`;
  if (hello.clusterId.length > 0 && !sameBytes(hello.clusterId, self.clusterId)) {
    return `the client means another cluster than ${self.memberId}'s`;
  }
  return null;
}

/** Why the Hello of a dialling member is refused on the peer port; null: welcome. */
export function refusalOfDialler(
  hello: Hello,
  self: Identity,
  isMember: (id: string) => boolean,
): string | null {
  if (hello.protocolVersion !== PROTOCOL_VERSION) return versionText(hello);
  if (hello.role !== "peer") return `a ${hello.role} dialled the peer port`;
  if (!sameBytes(hello.clusterId, self.clusterId)) return `${hello.memberId} belongs to another cluster`;
  if (hello.targetMemberId !== self.memberId) {
    return `${hello.memberId} means to reach ${hello.targetMemberId}, and this is ${self.memberId}: a peer address is wrong`;
  }
  if (hello.memberId === self.memberId) return `it calls itself ${self.memberId}, which is this member`;
  if (!isMember(hello.memberId)) return `${hello.memberId} is no member of this cluster`;
  return null;
}

/** Why the answer to our dial is refused; null: this is the member that we meant to reach. */
export function refusalOfAcceptor(hello: Hello, self: Identity, targetMemberId: string): string | null {
  if (hello.protocolVersion !== PROTOCOL_VERSION) return versionText(hello);
  if (hello.role === "server") {
    return `that is the client port of ${hello.memberId}: its peer address is needed`;
  }
  if (hello.role !== "peer") return "that is no kvraft member";
  if (!sameBytes(hello.clusterId, self.clusterId)) {
    return `${hello.memberId} there belongs to another cluster`;
  }
  if (hello.memberId !== targetMemberId) return `that is ${hello.memberId}: a peer address is wrong`;
  if (hello.targetMemberId !== self.memberId) return `${hello.memberId} turned us away; its log says why`;
  return null;
}

function versionText(hello: Hello): string {
  return `the other side (${hello.version || "unknown software"}) speaks protocol version ${hello.protocolVersion}, this one ${PROTOCOL_VERSION}`;
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}
