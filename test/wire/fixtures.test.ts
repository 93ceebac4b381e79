/**
 * Messages as the bytes that they must stay, written by hand from the .proto files: clients in other languages,
 * members of other versions and files on disk rely on every number here. A failing line means
 * that a field was renumbered or changed its type, not that the line is out of date.
 */
import test from "ava";
import { UNKNOWN_METADATA } from "../../src/kv/key-metadata.js";
import type { Entry } from "../../src/raft/entry.js";
import {
  decodeClientReply,
  decodeClientRequest,
  encodeClientReply,
  encodeClientRequest,
} from "../../src/wire/client-codec.js";
import type { ClientReply, ClientRequest } from "../../src/wire/client-message.js";
import { decodeCommand, encodeCommand } from "../../src/wire/command-codec.js";
import {
  decodeLogRecord,
  decodeMemberFile,
  encodeLogRecord,
  encodeMemberFile,
} from "../../src/wire/disk-codec.js";
import { decodeHello, encodeHello } from "../../src/wire/hello.js";
import { decodePeerMessage, encodePeerMessage } from "../../src/wire/peer-codec.js";
import { decodeSnapshotBlock, encodeSnapshotBlock } from "../../src/wire/snapshot-block-codec.js";
import { ends } from "./arbitraries.js";
import { comparable } from "./codecs.js";

const bytes = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(/\s/g, ""), "hex");

/** `hex` stands for `value` in both directions; spaces are for the reader. */
function fixture<T>(
  name: string,
  value: T,
  hex: string,
  codec: { encode: (value: T) => Uint8Array; decode: (bytes: Uint8Array) => T; framed?: boolean },
): void {
  test(name, (t) => {
    const body = bytes(hex);
    const header = Buffer.alloc(codec.framed ? 4 : 0);
    if (codec.framed) header.writeUInt32BE(body.length);
    t.is(Buffer.from(codec.encode(value)).toString("hex"), Buffer.concat([header, body]).toString("hex"));
    t.deepEqual(comparable(codec.decode(body)), comparable(value));
  });
}

const HELLO = { encode: encodeHello, decode: decodeHello, framed: true };
const REQUEST = { encode: encodeClientRequest, decode: decodeClientRequest, framed: true };
const REPLY = { encode: encodeClientReply, decode: decodeClientReply, framed: true };
const COMMAND = { encode: encodeCommand, decode: decodeCommand };
const PEER = {
  encode: encodePeerMessage,
  decode: (body: Uint8Array) => decodePeerMessage(body, ends),
  framed: true,
};
const LOG_RECORD = { encode: encodeLogRecord, decode: decodeLogRecord };

fixture(
  "hello",
  {
    protocolVersion: 1,
    role: "peer",
    clusterId: bytes("0102030405060708"),
    memberId: "n1",
    clientAddress: "h:1",
    targetMemberId: "n2",
    version: "0",
  },
  "0801 1003 1a08 0102030405060708 2202 6e31 2a03 683a31 3202 6e32 3a01 30",
  HELLO,
);
fixture(
  "hello of a client",
  {
    protocolVersion: 1,
    role: "client",
    clusterId: bytes(""),
    memberId: "",
    clientAddress: "",
    targetMemberId: "",
    version: "",
  },
  "0801 1001",
  HELLO,
);

const put = {
  kind: "session",
  clientId: "abcdefgh",
  session: 5,
  sequence: 3,
  acknowledgedBelow: 2,
  operation: { kind: "put", key: "k", value: "v\xff" },
} as const;
const PUT_HEX = "0a08 6162636465666768 1005 1803 2002 2a07 0a01 6b 1202 76ff";

fixture("put", put, PUT_HEX, COMMAND);
fixture(
  "append",
  { ...put, operation: { kind: "append", key: "k", value: "v" } },
  "0a08 6162636465666768 1005 1803 2002 3206 0a01 6b 1201 76",
  COMMAND,
);
fixture(
  "delete",
  { ...put, operation: { kind: "delete", key: "k" } },
  "0a08 6162636465666768 1005 1803 2002 3a03 0a01 6b",
  COMMAND,
);
fixture("open", { kind: "open", clientId: "abcdefgh" }, "0a08 6162636465666768 4200", COMMAND);
fixture(
  "close",
  { kind: "close", clientId: "abcdefgh", session: 5 },
  "0a08 6162636465666768 1005 4a00",
  COMMAND,
);
fixture("clock", { kind: "clock", timeMs: 300 }, "5203 08ac02", COMMAND);

const scan = {
  kind: "scan",
  requestId: 9,
  from: "a",
  to: "b",
  prefix: "c",
  limit: 10,
  keysOnly: true,
} as const;
const requests: [ClientRequest, string][] = [
  [{ kind: "command", requestId: 9, bytes: bytes(PUT_HEX), command: put }, `0809 1219 ${PUT_HEX}`],
  [{ kind: "get", requestId: 9, key: "k", consistency: "linearizable" }, "0809 1a03 0a016b"],
  [{ kind: "get", requestId: 9, key: "k", consistency: "stale" }, "0809 1a05 0a016b 1001"],
  [{ ...scan, consistency: "linearizable" }, "0809 220d 0a0161 120162 1a0163 200a 2801"],
  [{ ...scan, consistency: "stale" }, "0809 220f 0a0161 120162 1a0163 200a 2801 3001"],
  [{ kind: "status", requestId: 9 }, "0809 2a00"],
  [{ kind: "explain", requestId: 9, key: "k" }, "0809 3a03 0a016b"],
];
for (const [request, hex] of requests) {
  const how = "consistency" in request ? `, ${request.consistency}` : "";
  fixture(`request: ${request.kind}${how}`, request, hex, REQUEST);
}

const statuses = [
  "done",
  "absent",
  "value-too-large",
  "session-expired",
  "stale-sequence",
  "session-full",
] as const;
statuses.forEach((status, at) => {
  const reply = { kind: "result", requestId: 9, result: { status, index: 7 } } as const;
  fixture<ClientReply>(`reply: ${status}`, reply, `0809 1204 080${at + 1} 1007`, REPLY);
});

const codes = ["not-leader", "overloaded", "outcome-unknown", "invalid", "too-large", "unavailable"] as const;
codes.forEach((code, at) => {
  const reply = {
    kind: "error",
    requestId: 9,
    code,
    message: "m",
    leaderId: "n1",
    leaderAddress: "h",
  } as const;
  fixture<ClientReply>(`reply: ${code}`, reply, `0809 320c 080${at + 1} 12016d 1a026e31 220168`, REPLY);
});

const page = {
  kind: "scan",
  requestId: 9,
  pairs: [{ key: "k", value: "v" }],
  nextKey: "l",
  index: 7,
} as const;
const replies: [string, ClientReply, string][] = [
  ["get", { kind: "get", requestId: 9, value: "v", index: 7, behindMs: null }, "0809 1a07 0801 120176 1807"],
  ["get of nothing", { kind: "get", requestId: 9, value: null, index: 7, behindMs: null }, "0809 1a02 1807"],
  [
    "stale get",
    { kind: "get", requestId: 9, value: "v", index: 7, behindMs: 300 },
    "0809 1a0a 0801 120176 1807 20ac02",
  ],
  [
    "stale get, not behind",
    { kind: "get", requestId: 9, value: null, index: 7, behindMs: 0 },
    "0809 1a04 1807 2000",
  ],
  ["scan", { ...page, behindMs: null }, "0809 220d 0a06 0a016b 120176 12016c 1807"],
  ["stale scan", { ...page, behindMs: 0 }, "0809 220f 0a06 0a016b 120176 12016c 1807 2000"],
  [
    "status",
    {
      kind: "status",
      requestId: 9,
      status: {
        id: "n1",
        role: "leader",
        term: 1,
        leader: "n1",
        lastIndex: 2,
        commitIndex: 3,
        appliedIndex: 4,
        snapshotIndex: 5,
        logBytes: 6,
        members: [{ id: "n1", client: "c", peer: "p" }],
        clusterId: bytes("0102030405060708"),
        version: "0",
      },
    },
    "0809 2a35 0a026e31 12066c6561646572 1801 22026e31 2802 3003 3804 4005 4806 520a 0a026e31 120163 1a0170 5a080102030405060708 620130",
  ],
  ["explain of nothing", { kind: "explain", requestId: 9, explanation: null, index: 7 }, "0809 4202 4007"],
  [
    "explain",
    {
      kind: "explain",
      requestId: 9,
      explanation: {
        sizeBytes: 1,
        created: { index: 2, term: 1, seconds: 300 },
        changed: { index: 6, term: 3, seconds: 301 },
        clientId: "abcdefgh",
        sequence: 5,
        appends: 0,
      },
      index: 7,
    },
    "0809 4226 0801 1001 1a07 0802 1001 18ac02 2207 0806 1003 18ad02 2a08 6162636465666768 3005 3800 4007",
  ],
  [
    "explain of what is not known",
    {
      kind: "explain",
      requestId: 9,
      explanation: { sizeBytes: 1, created: null, changed: null, clientId: "", sequence: 0, appends: null },
      index: 7,
    },
    "0809 4206 0801 1001 4007",
  ],
];
for (const [name, reply, hex] of replies) fixture(`reply: ${name}`, reply, hex, REPLY);

const configuration = { voters: [{ id: "n1", peerAddress: "h:1" }] };
const CONFIGURATION_HEX = "0a09 0a026e31 1203683a31";
const entries: Entry[] = [
  { kind: "command", index: 8, term: 2, data: bytes("52020801") },
  { kind: "noop", index: 9, term: 2 },
  { kind: "configuration", index: 10, term: 2, configuration },
];
const ENTRIES_HEX = ["0808 1002 1a0452020801", "0809 1002", `080a 1002 220b ${CONFIGURATION_HEX}`].map(
  (hex) => [bytes(hex).length.toString(16).padStart(2, "0"), hex] as const,
);
const entriesHex = (tag: string) => ENTRIES_HEX.map(([length, hex]) => `${tag}${length} ${hex}`).join(" ");

const { from, to } = ends;
const sent = { from, to, term: 3 };
const peers: [Parameters<typeof encodePeerMessage>[0], string][] = [
  [{ type: "preVote", ...sent, lastLogIndex: 5, lastLogTerm: 2 }, "0803 1204 0805 1002"],
  [{ type: "preVoteReply", ...sent, granted: true }, "0803 1a02 0801"],
  [
    { type: "requestVote", ...sent, lastLogIndex: 5, lastLogTerm: 2, leadershipTransfer: true },
    "0803 2206 0805 1002 1801",
  ],
  [{ type: "requestVoteReply", ...sent, granted: true }, "0803 2a02 0801"],
  [
    { type: "appendEntries", ...sent, prevLogIndex: 7, prevLogTerm: 2, leaderCommit: 6, entries },
    `0803 322b 0807 1002 1806 ${entriesHex("22")}`,
  ],
  [
    {
      type: "appendEntriesReply",
      ...sent,
      accepted: true,
      matchIndex: 8,
      prevLogIndex: 7,
      conflictTerm: 1,
      conflictIndex: 4,
    },
    "0803 3a0a 0801 1008 1807 2001 2804",
  ],
  [
    { type: "heartbeat", ...sent, leaderCommit: 6, readSequence: 4, completeIndex: 7 },
    "0803 4206 0806 1004 1807",
  ],
  [{ type: "heartbeatReply", ...sent, readSequence: 4 }, "0803 4a02 0804"],
  [
    {
      type: "installSnapshot",
      ...sent,
      lastIncludedIndex: 7,
      lastIncludedTerm: 2,
      configuration,
      offset: 1,
      data: bytes("cafe"),
      done: true,
    },
    `0803 521b 0a11 0807 1002 1a0b ${CONFIGURATION_HEX} 1001 1a02cafe 2001`,
  ],
  [
    { type: "installSnapshotReply", ...sent, lastIncludedIndex: 7, offset: 2, installed: true },
    "0803 5a06 0807 1002 1801",
  ],
  [{ type: "timeoutNow", ...sent }, "0803 6200"],
  [{ type: "readIndex", ...sent, context: 4 }, "0803 6a02 0804"],
  [{ type: "readIndexReply", ...sent, context: 4, index: 7 }, "0803 7204 0804 1007"],
];
for (const [message, hex] of peers) fixture(`peer: ${message.type}`, message, hex, PEER);

fixture(
  "log record",
  {
    hardState: { currentTerm: 3, votedFor: "n1", commitIndex: 6 },
    snapshot: { lastIncludedIndex: 7, lastIncludedTerm: 2, configuration },
    entries,
  },
  `0a08 0803 12026e31 1806 1211 0807 1002 1a0b ${CONFIGURATION_HEX} ${entriesHex("1a")}`,
  LOG_RECORD,
);
fixture("log record of nothing", { hardState: null, snapshot: null, entries: [] }, "", LOG_RECORD);
fixture(
  "log record: a vote for nobody is not a missing hard state",
  { hardState: { currentTerm: 0, votedFor: null, commitIndex: 0 }, snapshot: null, entries: [] },
  "0a00",
  LOG_RECORD,
);
fixture(
  "member file",
  { clusterId: bytes("0102030405060708"), memberId: "n1", configuration },
  `0a08 0102030405060708 12026e31 1a0b ${CONFIGURATION_HEX}`,
  { encode: encodeMemberFile, decode: decodeMemberFile },
);
const SNAPSHOT_BLOCK = { encode: encodeSnapshotBlock, decode: decodeSnapshotBlock };
fixture(
  "snapshot block, as it was before members kept anything of keys but their values",
  {
    header: { clockMs: 300, termStarts: [] },
    pairs: [{ key: "k", value: "v", metadata: UNKNOWN_METADATA }],
    sessions: [
      {
        clientId: "abcdefgh",
        session: 5,
        activeMs: 6,
        activeOrder: 7,
        acknowledgedBelow: 2,
        results: [{ sequence: 3, status: "absent", index: 8 }],
      },
    ],
  },
  "0a03 08ac02 1206 0a016b 120176 1a1a 0a08 6162636465666768 1005 1806 2007 2802 3206 0803 1002 1808",
  SNAPSHOT_BLOCK,
);
const metadata = {
  createdIndex: 3,
  createdSeconds: 300,
  changedIndex: 9,
  changedSeconds: 301,
  clientId: "abcdefgh",
  sequence: 5,
  appends: 0,
};
fixture(
  "snapshot block: terms",
  {
    header: {
      clockMs: 300,
      termStarts: [
        { index: 3, term: 1 },
        { index: 8, term: 4 },
      ],
    },
    pairs: [],
    sessions: [],
  },
  "0a0f 08ac02 1204 0803 1001 1204 0808 1004",
  SNAPSHOT_BLOCK,
);
fixture(
  "snapshot block: what is kept of a key",
  { header: null, pairs: [{ key: "k", value: "v", metadata }], sessions: [] },
  "121e 0a016b 120176 1803 20ac02 2809 30ad02 3a08 6162636465666768 4005 4800",
  SNAPSHOT_BLOCK,
);
fixture(
  "snapshot block: a key whose creation and appends are not known",
  {
    header: null,
    pairs: [
      { key: "k", value: "", metadata: { ...metadata, createdIndex: 0, createdSeconds: 0, appends: null } },
    ],
    sessions: [],
  },
  "1214 0a016b 2809 30ad02 3a08 6162636465666768 4005",
  SNAPSHOT_BLOCK,
);
