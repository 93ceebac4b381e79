/** What servers may say to a Clerk: well-formed answers that fit together as little as they like. */
import type { ClientReply, ErrorCode, MemberStatus, Role } from "../../src/wire/client-message.js";
import { encodeHello, type Hello } from "../../src/wire/hello.js";
import type { Draw } from "./draw.js";

const CLUSTER_ID = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const ADDRESSES = ["n1:1", "n2:1", "", "\0", "[::1]:70000"];
const IDS = ["n1", "n2", ""];

/** A whole frame. */
export function serverHello(memberId: string): Uint8Array {
  const hello: Hello = {
    protocolVersion: 1,
    role: "server",
    clusterId: CLUSTER_ID,
    memberId,
    clientAddress: `${memberId}:1`,
    targetMemberId: "",
    version: "",
  };
  return encodeHello(hello);
}

/** Any answer at all, often to a request that there is. */
export function drawReply(draw: Draw): ClientReply {
  const requestId = draw.integer(6);
  const index = draw.integer(9);
  const behindMs = draw.pick([null, index]);
  switch (draw.below(7)) {
    case 0:
      return { kind: "get", requestId, value: draw.pick([null, "", "v"]), index, behindMs };
    case 1:
      return {
        kind: "scan",
        requestId,
        pairs: [{ key: "k", value: "" }],
        nextKey: draw.pick(["", "k"]),
        index,
        behindMs,
      };
    case 2:
    case 3:
      return { kind: "result", requestId, result: { status: draw.pick(STATUSES), index } };
    case 4: {
      const [leaderId, leaderAddress] = [draw.pick(IDS), draw.pick(ADDRESSES)];
      return { kind: "error", requestId, code: draw.pick(CODES), message: "", leaderId, leaderAddress };
    }
    default:
      return { kind: "status", requestId, status: drawStatus(draw) };
  }
}

const STATUSES = [
  "done",
  "done",
  "absent",
  "value-too-large",
  "session-expired",
  "stale-sequence",
  "session-full",
] as const;
const CODES: readonly ErrorCode[] = [
  "not-leader",
  "overloaded",
  "outcome-unknown",
  "invalid",
  "too-large",
  "unavailable",
];

function drawStatus(draw: Draw): MemberStatus {
  const count = draw.integer(9);
  return {
    id: draw.pick(["n1", "n2"]),
    role: draw.pick<Role>(["leader", "leader", "follower", "candidate", "pre-candidate"]),
    term: draw.integer(5),
    leader: draw.pick(IDS),
    lastIndex: count,
    commitIndex: count,
    appliedIndex: count,
    snapshotIndex: count,
    logBytes: count,
    members: Array.from({ length: draw.below(4) }, () => ({
      id: draw.pick(["n1", "n2", "n3"]),
      client: draw.pick(ADDRESSES),
      peer: "",
    })),
    clusterId: CLUSTER_ID,
    version: "",
  };
}
