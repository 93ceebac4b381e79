/** Messages between members as frames. Sender and receiver are known from the connection and do not travel. */
import type { MemberId } from "../raft/entry.js";
import type { AppendEntries, Message } from "../raft/message.js";
import { asBuffer } from "./bytes.js";
import { kvraft } from "./generated/members.js";
import { decodeBody, encodeFrame } from "./message.js";
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
