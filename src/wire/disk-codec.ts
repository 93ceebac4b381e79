/**
 * What lies on disk, as bytes: records of the log, metadata of a snapshot, the member file; its blocks are
 * snapshot-block-codec.ts's. Checksums, framing and file layout are storage's.
 */
import type { Configuration, Entry, HardState, SnapshotMetadata } from "../raft/entry.js";
import { asBuffer } from "./bytes.js";
import {
  configurationFromProto,
  configurationToProto,
  entriesFromProto,
  entryToProto,
  metadataFromProto,
  metadataToProto,
} from "./entry-codec.js";
import { WireError } from "./errors.js";
import { kvraft } from "./generated/members.js";
import { CLUSTER_ID_BYTES } from "./hello.js";
import {
  decodeBody,
  encodeBody,
  fromMemberId,
  fromOptionalMemberId,
  fromUint64,
  present,
  toUint64,
} from "./message.js";
import { readLogRecord, writeLogRecord } from "./plain-entries.js";

/** One atomic batch of the log: see LogRecord in disk.proto for how it is read back. */
export interface LogRecord {
  readonly hardState: HardState | null;
  readonly snapshot: SnapshotMetadata | null;
  /** Contiguous. */
  readonly entries: readonly Entry[];
}

/** Whose data directory this is, and the first members. */
export interface MemberFile {
  readonly clusterId: Uint8Array;
  readonly memberId: string;
  readonly configuration: Configuration;
}

export function encodeLogRecord(record: LogRecord): Uint8Array {
  return (record.snapshot === null ? writeLogRecord(record) : null) ?? encodeAnyLogRecord(record);
}

function encodeAnyLogRecord(record: LogRecord): Uint8Array {
  return encodeBody(kvraft.LogRecord, {
    hardState: record.hardState === null ? null : hardStateToProto(record.hardState),
    snapshot: record.snapshot === null ? null : metadataToProto(record.snapshot),
    entries: record.entries.map(entryToProto),
  });
}

/** `data` of command entries aliases `bytes`: the caller leaves that memory to them. */
export function decodeLogRecord(bytes: Uint8Array): LogRecord {
  const plain = readLogRecord(asBuffer(bytes));
  if (plain !== null) return { ...plain, snapshot: null };
  const proto = decodeBody(kvraft.LogRecord, bytes);
  return {
    hardState: proto.hardState == null ? null : hardStateFromProto(proto.hardState),
    snapshot: proto.snapshot == null ? null : metadataFromProto(proto.snapshot),
    entries: entriesFromProto(proto.entries ?? []),
  };
}

export function encodeSnapshotMetadata(metadata: SnapshotMetadata): Uint8Array {
  return encodeBody(kvraft.SnapshotMetadata, metadataToProto(metadata));
}

export function decodeSnapshotMetadata(bytes: Uint8Array): SnapshotMetadata {
  return metadataFromProto(decodeBody(kvraft.SnapshotMetadata, bytes));
}

export function encodeMemberFile(file: MemberFile): Uint8Array {
  const { clusterId, memberId, configuration } = file;
  return encodeBody(kvraft.MemberFile, {
    clusterId,
    memberId,
    configuration: configurationToProto(configuration),
  });
}

export function decodeMemberFile(bytes: Uint8Array): MemberFile {
  const proto = decodeBody(kvraft.MemberFile, bytes);
  if (proto.clusterId?.length !== CLUSTER_ID_BYTES) {
    throw new WireError("field-invalid", `cluster_id does not have ${CLUSTER_ID_BYTES} bytes`);
  }
  return {
    clusterId: Uint8Array.from(proto.clusterId),
    memberId: fromMemberId(proto.memberId, "member_id"),
    configuration: configurationFromProto(present(proto.configuration, "configuration")),
  };
}

function hardStateToProto(hardState: HardState): kvraft.HardState.$Properties {
  return {
    currentTerm: toUint64(hardState.currentTerm),
    votedFor: hardState.votedFor ?? "",
    commitIndex: toUint64(hardState.commitIndex),
  };
}

function hardStateFromProto(proto: kvraft.HardState.$Properties): HardState {
  const votedFor = fromOptionalMemberId(proto.votedFor, "voted_for");
  return {
    currentTerm: fromUint64(proto.currentTerm, "current_term"),
    votedFor: votedFor === "" ? null : votedFor,
    commitIndex: fromUint64(proto.commitIndex, "commit_index"),
  };
}
