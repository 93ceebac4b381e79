/** What a member says of itself, read by hand: a client that has just come asks it first of all. See plain-reader.ts. */
import type { kvraft } from "./generated/client.js";
import type { PlainReader } from "./plain-reader.js";

// StatusReply and MemberAddresses (client.proto).
const ID = 0x0a;
const ROLE = 0x12;
const TERM = 0x18;
const LEADER = 0x22;
const LAST_INDEX = 0x28;
const COMMIT_INDEX = 0x30;
const APPLIED_INDEX = 0x38;
const SNAPSHOT_INDEX = 0x40;
const LOG_BYTES = 0x48;
const MEMBER = 0x52;
const CLUSTER_ID = 0x5a;
const VERSION = 0x62;
const CLIENT = 0x12;
const PEER = 0x1a;

/** The rest of the message that `reader`, which reads `body`, is in. */
export function readStatus(reader: PlainReader, body: Buffer): kvraft.StatusReply.$Properties {
  return {
    id: reader.text(ID),
    role: reader.text(ROLE),
    term: reader.number(TERM),
    leader: reader.text(LEADER),
    lastIndex: reader.number(LAST_INDEX),
    commitIndex: reader.number(COMMIT_INDEX),
    appliedIndex: reader.number(APPLIED_INDEX),
    snapshotIndex: reader.number(SNAPSHOT_INDEX),
    logBytes: reader.number(LOG_BYTES),
    members: readMembers(reader),
    clusterId: reader.bytes(CLUSTER_ID) ? body.subarray(reader.start, reader.at) : null,
    version: reader.text(VERSION),
  };
}

function readMembers(reader: PlainReader): kvraft.MemberAddresses.$Properties[] {
  const members = [];
  while (reader.has(MEMBER)) {
    const outer = reader.enter();
    members.push({ id: reader.text(ID), client: reader.text(CLIENT), peer: reader.text(PEER) });
    reader.leave(outer);
  }
  return members;
}
