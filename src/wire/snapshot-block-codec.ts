/** Blocks of a snapshot of the state machine, as bytes. */
import { type KeptPair, UNKNOWN_METADATA } from "../kv/key-metadata.js";
import type { SessionRecord, SessionResult } from "../kv/sessions.js";
import type { StateHeader } from "../kv/state-machine.js";
import { asBuffer, fromByteString } from "./bytes.js";
import { COMMAND_STATUS } from "./command-codec.js";
import { kvraft } from "./generated/members.js";
import {
  decodeBody,
  encodeBody,
  fromBytes,
  fromClientId,
  fromPositive,
  fromUint64,
  toUint64,
} from "./message.js";
import { readPairs, writePairs } from "./plain-pairs.js";

/** A slice of the state machine. */
export interface SnapshotBlock {
  /** In the first block alone. */
  readonly header: StateHeader | null;
  readonly pairs: readonly KeptPair[];
  readonly sessions: readonly SessionRecord[];
}

export function encodeSnapshotBlock(block: SnapshotBlock): Uint8Array {
  if (block.header === null && block.sessions.length === 0) return writePairs(block.pairs);
  return encodeBody(kvraft.SnapshotBlock, {
    header: block.header === null ? null : headerToProto(block.header),
    pairs: block.pairs.map(pairToProto),
    sessions: block.sessions.map(sessionToProto),
  });
}

/** The result holds nothing of `bytes`. */
export function decodeSnapshotBlock(bytes: Uint8Array): SnapshotBlock {
  const pairs = readPairs(asBuffer(bytes));
  if (pairs !== null) return { header: null, pairs, sessions: [] };
  const proto = decodeBody(kvraft.SnapshotBlock, bytes);
  return {
    header: proto.header == null ? null : headerFromProto(proto.header),
    pairs: (proto.pairs ?? []).map(pairFromProto),
    sessions: (proto.sessions ?? []).map(sessionFromProto),
  };
}

function headerToProto({ clockMs, termStarts }: StateHeader): kvraft.StateHeader.$Properties {
  return {
    clockMs: toUint64(clockMs),
    termStarts: termStarts.map(({ index, term }) => ({ index: toUint64(index), term: toUint64(term) })),
  };
}

function headerFromProto(proto: kvraft.StateHeader.$Properties): StateHeader {
  return {
    clockMs: fromUint64(proto.clockMs, "clock_ms"),
    termStarts: (proto.termStarts ?? []).map(({ index, term }) => ({
      index: fromPositive(index, "index"),
      term: fromPositive(term, "term"),
    })),
  };
}

function pairToProto({ key, value, metadata }: KeptPair): kvraft.Pair.$Properties {
  const { createdIndex, changedIndex, clientId, sequence, appends, ...seconds } = metadata;
  return {
    key: fromByteString(key),
    value: fromByteString(value),
    createdIndex: toUint64(createdIndex),
    changedIndex: toUint64(changedIndex),
    clientId: fromByteString(clientId),
    sequence: toUint64(sequence),
    ...(appends === null ? {} : { appends }),
    ...seconds,
  };
}

function pairFromProto(proto: kvraft.Pair.$Properties): KeptPair {
  const key = fromBytes(proto.key);
  const value = fromBytes(proto.value);
  const changedIndex = fromUint64(proto.changedIndex, "changed_index");
  if (changedIndex === 0) return { key, value, metadata: UNKNOWN_METADATA };
  const metadata = {
    createdIndex: fromUint64(proto.createdIndex, "created_index"),
    createdSeconds: proto.createdSeconds ?? 0,
    changedIndex,
    changedSeconds: proto.changedSeconds ?? 0,
    clientId: fromClientId(proto.clientId),
    sequence: fromUint64(proto.sequence, "sequence"),
    appends: proto.appends ?? null,
  };
  return { key, value, metadata };
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
