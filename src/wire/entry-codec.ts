/** Log entries and configurations as protobuf messages: what peers exchange and disks keep alike. */
import { unreachable } from "../base/assert.js";
import type { Configuration, Entry, Member, SnapshotMetadata } from "../raft/entry.js";
import { WireError } from "./errors.js";
import type { kvraft } from "./generated/members.js";
import { fromMemberId, fromPositive, fromUint64, present, toUint64 } from "./message.js";

export function entryToProto(entry: Entry): kvraft.Entry.$Properties {
  const index = toUint64(entry.index);
  const term = toUint64(entry.term);
  switch (entry.kind) {
    case "command":
      return { index, term, command: entry.data };
    case "noop":
      return { index, term };
    case "configuration":
      return { index, term, configuration: configurationToProto(entry.configuration) };
    default:
      return unreachable(entry);
  }
}

/** `data` of commands aliases what was decoded. Throws WireError where the indexes leave a gap. */
export function entriesFromProto(protos: readonly kvraft.Entry.$Shape[]): Entry[] {
  const entries = protos.map(entryFromProto);
  for (let at = 1; at < entries.length; at++) {
    if ((entries[at] as Entry).index !== (entries[at - 1] as Entry).index + 1) {
      throw new WireError("field-invalid", "entries whose indexes do not follow each other");
    }
  }
  return entries;
}

function entryFromProto(proto: kvraft.Entry.$Shape): Entry {
  const index = fromPositive(proto.index, "index");
  const term = fromUint64(proto.term, "term");
  if (proto.command != null) return { kind: "command", index, term, data: proto.command };
  if (proto.configuration != null) {
    return { kind: "configuration", index, term, configuration: configurationFromProto(proto.configuration) };
  }
  return { kind: "noop", index, term };
}

export function configurationToProto(configuration: Configuration): kvraft.Configuration.$Properties {
  return { voters: configuration.voters.map(({ id, peerAddress }) => ({ id, peerAddress })) };
}

export function configurationFromProto(proto: kvraft.Configuration.$Properties): Configuration {
  const voters = (proto.voters ?? []).map(memberFromProto);
  for (let at = 1; at < voters.length; at++) {
    if ((voters[at - 1] as Member).id >= (voters[at] as Member).id) {
      throw new WireError("field-invalid", "voters that are not sorted by id");
    }
  }
  return { voters };
}

function memberFromProto(proto: kvraft.Member.$Properties): Member {
  return { id: fromMemberId(proto.id, "id"), peerAddress: proto.peerAddress ?? "" };
}

export function metadataToProto(metadata: SnapshotMetadata): kvraft.SnapshotMetadata.$Properties {
  return {
    lastIncludedIndex: toUint64(metadata.lastIncludedIndex),
    lastIncludedTerm: toUint64(metadata.lastIncludedTerm),
    configuration: configurationToProto(metadata.configuration),
  };
}

export function metadataFromProto(proto: kvraft.SnapshotMetadata.$Properties): SnapshotMetadata {
  return {
    lastIncludedIndex: fromUint64(proto.lastIncludedIndex, "last_included_index"),
    lastIncludedTerm: fromUint64(proto.lastIncludedTerm, "last_included_term"),
    configuration: configurationFromProto(present(proto.configuration, "configuration")),
  };
}
