/** Messages between members as frames. Sender and receiver are known from the connection and do not travel. */
import type { MemberId } from "../raft/entry.js";
import type { AppendEntries, Message } from "../raft/message.js";
import { asBuffer } from "./bytes.js";
import { kvraft } from "./generated/members.js";
import { decodeBody, encodeFrame, fromUint64, toUint64 } from "./message.js";
import { messageFromProto } from "./peer-from-proto.js";
import { messageToProto } from "./peer-to-proto.js";
import { readAppendEntries, writeAppendEntries } from "./plain-entries.js";
import { Retainer } from "./retainer.js";

const retainer = new Retainer();

/** The newest AppendEntries, and its frame: most go to several followers as they are. */
let newest: { readonly message: AppendEntries; readonly frame: Uint8Array } | null = null;

/** A whole frame; never written to by anybody. */
export function encodePeerMessage(message: Message): Uint8Array {
  if (message.type === "appendEntries" && message.entries.length > 0) return encodeAppendEntries(message);
  return encodeAny(message);
}

function encodeAppendEntries(message: AppendEntries): Uint8Array {
  if (newest !== null && isAlike(newest.message, message)) return newest.frame;
  const frame = writeAppendEntries(message) ?? encodeAny(message);
  newest = { message, frame };
  return frame;
}

/** Sender and receiver do not travel. Of one term's leader, equal places hold equal entries. */
function isAlike(a: AppendEntries, b: AppendEntries): boolean {
  return a.entries === b.entries && a.term === b.term && a.leaderCommit === b.leaderCommit;
}

/** Between the processes of two members, whatever Raft has to say to each other: a pong bears what the ping bore. */
export interface Ping {
  readonly type: "ping" | "pong";
  /** Whole microseconds by the clock of whoever pings. */
  readonly sentUs: number;
}

/** A whole frame. */
export function encodePing({ type, sentUs }: Ping): Uint8Array {
  return encodeFrame(kvraft.PeerMessage, { [type]: { sentUs: toUint64(sentUs) } });
}

/** First bytes: every message of Raft begins with its term. */
const PING_START = 0x7a;
const PONG_START = 0x82;

/** Null: it is a message of Raft, or none at all. */
export function decodePing(body: Uint8Array): Ping | null {
  if (body[0] !== PING_START && body[0] !== PONG_START) return null;
  const proto = decodeBody(kvraft.PeerMessage, body);
  if (proto.message === "ping") return { type: "ping", sentUs: fromUint64(proto.ping.sentUs, "sent_us") };
  if (proto.message === "pong") return { type: "pong", sentUs: fromUint64(proto.pong.sentUs, "sent_us") };
  return null;
}

function encodeAny(message: Message): Uint8Array {
  return encodeFrame(kvraft.PeerMessage, messageToProto(message));
}

/**
 * The result holds nothing of `body`: the body is copied once, and what outlives the call (the data of
 * entries, a snapshot's chunk) aliases that copy. A kept entry so keeps the rest of its frame
 * in memory: its neighbours in the log, which leave it together.
 */
export function decodePeerMessage(body: Uint8Array, ends: { from: MemberId; to: MemberId }): Message {
  const kept = retainer.keep(body);
  return (
    readAppendEntries(asBuffer(kept), ends) ?? messageFromProto(decodeBody(kvraft.PeerMessage, kept), ends)
  );
}
