/** What a member says of itself, as a protobuf message. */
import type { MemberAddresses, MemberStatus, Role } from "./client-message.js";
import type { kvraft } from "./generated/client.js";
import { fromMemberId, fromOptionalMemberId, fromUint64, fromWord, toUint64 } from "./message.js";

const ROLES: readonly Role[] = ["leader", "follower", "candidate", "pre-candidate"];

export function statusToProto(status: MemberStatus): kvraft.StatusReply.$Properties {
  return {
    id: status.id,
    role: status.role,
    term: toUint64(status.term),
    leader: status.leader,
    lastIndex: toUint64(status.lastIndex),
    commitIndex: toUint64(status.commitIndex),
    appliedIndex: toUint64(status.appliedIndex),
    snapshotIndex: toUint64(status.snapshotIndex),
    logBytes: toUint64(status.logBytes),
    members: status.members.map(({ id, client, peer }) => ({ id, client, peer })),
    clusterId: status.clusterId,
    version: status.version,
  };
}

export function statusFromProto(proto: kvraft.StatusReply.$Properties): MemberStatus {
  return {
    id: fromMemberId(proto.id, "id"),
    role: fromWord(ROLES, proto.role, "role"),
    term: fromUint64(proto.term, "term"),
    leader: fromOptionalMemberId(proto.leader, "leader"),
    lastIndex: fromUint64(proto.lastIndex, "last_index"),
    commitIndex: fromUint64(proto.commitIndex, "commit_index"),
    appliedIndex: fromUint64(proto.appliedIndex, "applied_index"),
    snapshotIndex: fromUint64(proto.snapshotIndex, "snapshot_index"),
    logBytes: fromUint64(proto.logBytes, "log_bytes"),
    members: (proto.members ?? []).map(memberFromProto),
    clusterId: Uint8Array.from(proto.clusterId ?? []),
    version: proto.version ?? "",
  };
}

function memberFromProto(proto: kvraft.MemberAddresses.$Properties): MemberAddresses {
  return { id: fromMemberId(proto.id, "id"), client: proto.client ?? "", peer: proto.peer ?? "" };
}
