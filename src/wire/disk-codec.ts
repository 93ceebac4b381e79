/**
 * What lies on disk, as bytes: records of the log, blocks of a snapshot, the member file. Checksums, framing and
 * file layout are storage's.
 */

import type { SessionRecord, SessionResult } from "../kv/sessions.js";
import type { StateHeader } from "../kv/state-machine.js";
import type { KeyValue } from "../kv/store.js";
import type { Configuration, Entry, HardState, SnapshotMetadata } from "../raft/entry.js";
import { asBuffer, fromByteString } from "./bytes.js";
import { COMMAND_STATUS } from "./command-codec.js";
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
  fromBytes,
  fromClientId,
  fromMemberId,
  fromOptionalMemberId,
  fromPositive,
  fromUint64,
  present,
  toUint64,
} from "./message.js";
import { readLogRecord, writeLogRecord } from "./plain-entries.js";
import { readPairs, writePairs } from "./plain-pairs.js";

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

/** A slice of the state machine. */
export interface SnapshotBlock {
  /** In the first block alone. */
  readonly header: StateHeader | null;
  readonly pairs: readonly KeyValue[];
  readonly sessions: readonly SessionRecord[];
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

export function encodeSnapshotBlock(block: SnapshotBlock): Uint8Array {
  if (block.header === null && block.sessions.length === 0) return writePairs(block.pairs);
  return encodeBody(kvraft.SnapshotBlock, {
    header: block.header === null ? null : { clockMs: toUint64(block.header.clockMs) },
    pairs: block.pairs.map(({ key, value }) => ({ key: fromByteString(key), value: fromByteString(value) })),
    sessions: block.sessions.map(sessionToProto),
  });
}

/** The result holds nothing of `bytes`. */
export function decodeSnapshotBlock(bytes: Uint8Array): SnapshotBlock {
  const pairs = readPairs(asBuffer(bytes));
  if (pairs !== null) return { header: null, pairs, sessions: [] };
  const proto = decodeBody(kvraft.SnapshotBlock, bytes);
  return {
    header: proto.header == null ? null : { clockMs: fromUint64(proto.header.clockMs, "clock_ms") },
    pairs: (proto.pairs ?? []).map(({ key, value }) => ({
      key: fromBytes(key),
      value: fromBytes(value),
    })),
    sessions: (proto.sessions ?? []).map(sessionFromProto),
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

function sessionToProto(session: SessionRecord): kvraft.Session.$Properties {
  return {
    clientId: fromByteString(session.clientId),
    session: toUint64(session.session),
    activeMs: toUint64(session.activeMs),
    activeOrder: toUint64(session.activeOrder),
    acknowledgedBelow: toUint64(session.acknowledgedBelow),
    results: session.results.map(resultToProto),
  };
}

function sessionFromProto(proto: kvraft.Session.$Properties): SessionRecord {
  return {
    clientId: fromClientId(proto.clientId),
    session: fromUint64(proto.session, "session"),
    activeMs: fromUint64(proto.activeMs, "active_ms"),
    activeOrder: fromUint64(proto.activeOrder, "active_order"),
    acknowledgedBelow: fromUint64(proto.acknowledgedBelow, "acknowledged_below"),
    results: (proto.results ?? []).map(resultFromProto),
  };
}

function resultToProto({ sequence, status, index }: SessionResult): kvraft.SessionResult.$Properties {
  return { sequence: toUint64(sequence), status: COMMAND_STATUS.toNumber(status), index: toUint64(index) };
}

function resultFromProto(proto: kvraft.SessionResult.$Properties): SessionResult {
  return {
    sequence: fromPositive(proto.sequence, "sequence"),
    status: COMMAND_STATUS.fromNumber(proto.status),
    index: fromUint64(proto.index, "index"),
  };
}
