/** Messages between members as frames. Sender and receiver are known from the connection and do not travel. */
import type { MemberId } from "../raft/entry.js";
import type { Message } from "../raft/message.js";
import { kvraft } from "./generated/members.js";
import { decodeBody, encodeFrame } from "./message.js";
import { messageFromProto } from "./peer-from-proto.js";
import { messageToProto } from "./peer-to-proto.js";
import { Retainer } from "./retainer.js";

const retainer = new Retainer();

/** A whole frame. */
export function encodePeerMessage(message: Message): Uint8Array {
  return encodeFrame(kvraft.PeerMessage, messageToProto(message));
}

/**
 * The result holds nothing of `body`: the body is copied once, and what outlives the call (the data of
 * entries, a snapshot's chunk) aliases that copy. A kept entry so keeps the rest of its frame
 * in memory: its neighbours in the log, which leave it together.
 */
export function decodePeerMessage(body: Uint8Array, ends: { from: MemberId; to: MemberId }): Message {
  return messageFromProto(decodeBody(kvraft.PeerMessage, retainer.keep(body)), ends);
}
