import test, { type ExecutionContext } from "ava";
import { decodeClientReply, decodeClientRequest } from "../../src/wire/client-codec.js";
import { decodeCommand } from "../../src/wire/command-codec.js";
import { decodeLogRecord, decodeMemberFile, decodeSnapshotMetadata } from "../../src/wire/disk-codec.js";
import { RequestError, WireError, type WireErrorCode } from "../../src/wire/errors.js";
import { decodeHello } from "../../src/wire/hello.js";
import { decodePeerMessage } from "../../src/wire/peer-codec.js";
import { decodeSnapshotBlock } from "../../src/wire/snapshot-block-codec.js";
import { ends } from "./arbitraries.js";
import { Raw } from "./raw.js";

const decodePeer = (body: Uint8Array) => decodePeerMessage(body, ends);

function refused(
  t: ExecutionContext,
  decode: (body: Uint8Array) => unknown,
  raw: Raw,
  code: WireErrorCode,
): void {
  const error = t.throws(() => decode(raw.finish()), { instanceOf: WireError });
  t.is(error?.code, code, error?.message);
}

const CLIENT_ID = "8 bytes!";
const put = () => new Raw().bytes(1, "key").bytes(2, "value");
const session = () => new Raw().bytes(1, CLIENT_ID).number(2, 7).number(3, 1).message(5, put());

const MAX = Number.MAX_SAFE_INTEGER;
const PAST_MAX = { high: 2 ** 21, low: 0 };
const ALL_ONES = { high: 0xffffffff, low: 0xffffffff };

/** Every place where an unsigned number of 64 bits stands, as a message that holds `write`'s number there. */
const NUMBERS: Record<
  string,
  [(body: Uint8Array) => unknown, (write: (raw: Raw, field: number) => Raw) => Raw]
> = {
  "ClientRequest.request_id": [decodeClientRequest, (w) => w(new Raw(), 1).message(5, new Raw())],
  "ClientReply.request_id": [decodeClientReply, (w) => w(new Raw(), 1).message(3, new Raw())],
  "CommandResult.index": [decodeClientReply, (w) => new Raw().message(2, w(new Raw().number(1, 1), 2))],
  "GetReply.index": [decodeClientReply, (w) => new Raw().message(3, w(new Raw(), 3))],
  "ScanReply.index": [decodeClientReply, (w) => new Raw().message(4, w(new Raw(), 3))],
  "Command.session": [decodeCommand, (w) => w(session(), 2)],
  "Command.sequence": [decodeCommand, (w) => w(session(), 3)],
  "Command.acknowledged_below": [decodeCommand, (w) => w(session(), 4)],
  "Clock.time_ms": [decodeCommand, (w) => new Raw().message(10, w(new Raw(), 1))],
  "PeerMessage.term": [decodePeer, (w) => w(new Raw(), 1).message(12, new Raw())],
  "PreVote.last_log_index": [decodePeer, (w) => new Raw().message(2, w(new Raw(), 1))],
  "PreVote.last_log_term": [decodePeer, (w) => new Raw().message(2, w(new Raw(), 2))],
  "RequestVote.last_log_index": [decodePeer, (w) => new Raw().message(4, w(new Raw(), 1))],
  "AppendEntries.prev_log_index": [decodePeer, (w) => new Raw().message(6, w(new Raw(), 1))],
  "AppendEntries.prev_log_term": [decodePeer, (w) => new Raw().message(6, w(new Raw(), 2))],
  "AppendEntries.leader_commit": [decodePeer, (w) => new Raw().message(6, w(new Raw(), 3))],
  "AppendEntriesReply.match_index": [decodePeer, (w) => new Raw().message(7, w(new Raw(), 2))],
  "AppendEntriesReply.prev_log_index": [decodePeer, (w) => new Raw().message(7, w(new Raw(), 3))],
  "AppendEntriesReply.conflict_term": [decodePeer, (w) => new Raw().message(7, w(new Raw(), 4))],
  "AppendEntriesReply.conflict_index": [decodePeer, (w) => new Raw().message(7, w(new Raw(), 5))],
  "Heartbeat.leader_commit": [decodePeer, (w) => new Raw().message(8, w(new Raw(), 1))],
  "Heartbeat.read_sequence": [decodePeer, (w) => new Raw().message(8, w(new Raw(), 2))],
  "HeartbeatReply.read_sequence": [decodePeer, (w) => new Raw().message(9, w(new Raw(), 1))],
  "InstallSnapshot.offset": [
    decodePeer,
    (w) => new Raw().message(10, w(new Raw().message(1, metadata()), 2)),
  ],
  "InstallSnapshotReply.offset": [decodePeer, (w) => new Raw().message(11, w(new Raw(), 2))],
  "ReadIndex.context": [decodePeer, (w) => new Raw().message(13, w(new Raw(), 1))],
  "ReadIndexReply.context": [decodePeer, (w) => new Raw().message(14, w(new Raw(), 1))],
  "ReadIndexReply.index": [decodePeer, (w) => new Raw().message(14, w(new Raw(), 2))],
  "Entry.index": [decodeLogRecord, (w) => new Raw().message(3, w(new Raw(), 1))],
  "Entry.term": [decodeLogRecord, (w) => new Raw().message(3, w(new Raw().number(1, 1), 2))],
  "HardState.current_term": [decodeLogRecord, (w) => new Raw().message(1, w(new Raw(), 1))],
  "HardState.commit_index": [decodeLogRecord, (w) => new Raw().message(1, w(new Raw(), 3))],
  "SnapshotMetadata.last_included_index": [decodeSnapshotMetadata, (w) => w(metadata(), 1)],
  "SnapshotMetadata.last_included_term": [decodeSnapshotMetadata, (w) => w(metadata(), 2)],
  "StateHeader.clock_ms": [decodeSnapshotBlock, (w) => new Raw().message(1, w(new Raw(), 1))],
  "Session.session": [decodeSnapshotBlock, (w) => new Raw().message(3, w(record(), 2))],
  "Session.active_ms": [decodeSnapshotBlock, (w) => new Raw().message(3, w(record(), 3))],
  "Session.active_order": [decodeSnapshotBlock, (w) => new Raw().message(3, w(record(), 4))],
  "Session.acknowledged_below": [decodeSnapshotBlock, (w) => new Raw().message(3, w(record(), 5))],
  "SessionResult.sequence": [
    decodeSnapshotBlock,
    (w) => new Raw().message(3, record().message(6, w(new Raw().number(2, 1), 1))),
  ],
  "SessionResult.index": [
    decodeSnapshotBlock,
    (w) => new Raw().message(3, record().message(6, w(new Raw().number(1, 1).number(2, 1), 3))),
  ],
};

function metadata(): Raw {
  return new Raw().message(3, new Raw());
}

function record(): Raw {
  return new Raw().bytes(1, CLIENT_ID);
}

for (const [name, [decode, message]] of Object.entries(NUMBERS)) {
  test(`PITFALLS 50: ${name} is refused past 2⁵³`, (t) => {
    t.notThrows(() => decode(message((raw, field) => raw.number(field, MAX)).finish()));
    refused(
      t,
      decode,
      message((raw, field) => raw.wide(field, PAST_MAX)),
      "field-invalid",
    );
    refused(
      t,
      decode,
      message((raw, field) => raw.wide(field, ALL_ONES)),
      "field-invalid",
    );
  });
}

test("a message of a kind that is not known, or of none, is refused", (t) => {
  for (const raw of [new Raw().number(1, 1), new Raw().number(1, 1).message(90, new Raw())]) {
    refused(t, decodeClientRequest, raw, "unknown-kind");
    refused(t, decodeClientReply, raw, "unknown-kind");
    refused(t, decodePeer, raw, "unknown-kind");
  }
  refused(t, decodeCommand, new Raw().bytes(1, CLIENT_ID).number(3, 1), "unknown-kind");
});

test("of two messages where one may stand the last one counts", (t) => {
  const raw = new Raw().number(1, 1).message(8, new Raw()).message(12, new Raw());
  t.is(decodePeer(raw.finish()).type, "timeoutNow");
});

test("an enum value that is not known, or none, is refused", (t) => {
  for (const value of [0, 7, 1000, 2 ** 31]) {
    refused(t, decodeClientReply, new Raw().message(2, new Raw().number(1, value)), "unknown-kind");
    refused(t, decodeClientReply, new Raw().message(6, new Raw().number(1, value)), "unknown-kind");
    refused(t, decodeHello, new Raw().number(2, value), "unknown-kind");
    const result = new Raw().number(1, 1).number(2, value);
    refused(t, decodeSnapshotBlock, new Raw().message(3, record().message(6, result)), "unknown-kind");
  }
  const status = (role: string) => new Raw().message(5, new Raw().bytes(1, "n1").bytes(2, role));
  t.notThrows(() => decodeClientReply(status("pre-candidate").finish()));
  for (const role of ["", "Leader", "constructor"])
    refused(t, decodeClientReply, status(role), "unknown-kind");
});

test("requests are numbered from 1", (t) => {
  refused(t, decodeClientRequest, new Raw().message(5, new Raw()), "field-invalid");
});

test("what is wrong with a request is said under its number, where that is sound", (t) => {
  const numbered = () => new Raw().number(1, 300);
  const transfer = new Raw().bytes(1, "N1");
  for (const raw of [numbered(), numbered().bytes(2, ""), numbered().message(8, transfer)]) {
    const error = t.throws(() => decodeClientRequest(raw.finish()), { instanceOf: RequestError });
    t.is(error?.requestId, 300);
  }
  const error = t.throws(() => decodeClientRequest(numbered().bytes(3, "\xff").finish()));
  t.false(error instanceof RequestError, "a body that cannot be read has no number");
});

test("a client id has exactly 8 bytes wherever one stands", (t) => {
  for (const id of ["", "7 bytes", "nine byte"]) {
    refused(t, decodeCommand, new Raw().bytes(1, id).message(8, new Raw()), "field-invalid");
    refused(t, decodeCommand, new Raw().bytes(1, id).message(9, new Raw()), "field-invalid");
    refused(t, decodeCommand, session().bytes(1, id), "field-invalid");
    refused(t, decodeSnapshotBlock, new Raw().message(3, new Raw().bytes(1, id)), "field-invalid");
  }
  refused(t, decodeCommand, new Raw().message(8, new Raw()), "field-invalid");
});

test("sequences begin with 1", (t) => {
  refused(t, decodeCommand, session().number(3, 0), "field-invalid");
});

test("a command within a request is checked with it", (t) => {
  const request = (command: Raw) => new Raw().number(1, 1).message(2, command);
  t.is(decodeClientRequest(request(session()).finish()).kind, "command");
  refused(t, decodeClientRequest, request(session().number(3, 0)), "field-invalid");
  refused(t, decodeClientRequest, new Raw().number(1, 1).bytes(2, "\xff\xff\xff"), "malformed");
  refused(t, decodeClientRequest, new Raw().number(1, 1).bytes(2, ""), "field-invalid");
});

test("member ids are lower case letters, digits and dashes, 32 at most", (t) => {
  const voters = (id: string) => new Raw().message(3, new Raw().message(1, new Raw().bytes(1, id)));
  for (const id of ["n1", "0", "a-b-", "x".repeat(32)])
    t.notThrows(() => decodeSnapshotMetadata(voters(id).finish()));
  for (const id of ["", "-a", "N1", "a_b", "a b", "n1\n", "\xc3\xa9", "x".repeat(33)]) {
    refused(t, decodeSnapshotMetadata, voters(id), "field-invalid");
    refused(t, decodeMemberFile, new Raw().bytes(1, CLIENT_ID).bytes(2, id), "field-invalid");
    refused(t, decodeHello, hello().bytes(4, id), "field-invalid");
    if (id === "") continue;
    refused(t, decodeHello, hello().bytes(6, id), "field-invalid");
    refused(t, decodeLogRecord, new Raw().message(1, new Raw().bytes(2, id)), "field-invalid");
    refused(t, decodeClientReply, new Raw().message(6, new Raw().number(1, 1).bytes(3, id)), "field-invalid");
  }
});

function hello(): Raw {
  return new Raw().number(1, 1).number(2, 3).bytes(3, CLIENT_ID).bytes(4, "n1");
}

test("a cluster id has 8 bytes; a client alone may leave it empty", (t) => {
  t.notThrows(() => decodeHello(hello().finish()));
  t.notThrows(() => decodeHello(new Raw().number(1, 1).number(2, 1).finish()));
  for (const role of [2, 3]) refused(t, decodeHello, hello().number(2, role).bytes(3, ""), "field-invalid");
  for (const role of [1, 2, 3])
    refused(t, decodeHello, hello().number(2, role).bytes(3, "seven b"), "field-invalid");
  refused(t, decodeMemberFile, new Raw().bytes(2, "n1").message(3, new Raw()), "field-invalid");
});

test("voters are sorted by id, each once", (t) => {
  const voters = (...ids: string[]) =>
    new Raw().message(
      3,
      ids.reduce((all, id) => all.message(1, new Raw().bytes(1, id)), new Raw()),
    );
  t.notThrows(() => decodeSnapshotMetadata(voters("a", "b").finish()));
  refused(t, decodeSnapshotMetadata, voters("b", "a"), "field-invalid");
  refused(t, decodeSnapshotMetadata, voters("a", "a"), "field-invalid");
});

test("entries follow each other, and prevLogIndex, without a gap", (t) => {
  const entries = (field: number, raw: Raw, ...indexes: number[]) =>
    indexes.reduce((all, index) => all.message(field, new Raw().number(1, index).number(2, 1)), raw);
  const append = (...indexes: number[]) =>
    new Raw().message(6, entries(4, new Raw().number(1, 7), ...indexes));
  t.notThrows(() => decodePeer(append(8, 9, 10).finish()));
  for (const indexes of [[9], [7], [8, 10], [8, 8], [8, 7]])
    refused(t, decodePeer, append(...indexes), "field-invalid");
  t.notThrows(() => decodeLogRecord(entries(3, new Raw(), 5, 6).finish()));
  refused(t, decodeLogRecord, entries(3, new Raw(), 5, 7), "field-invalid");
  refused(t, decodeLogRecord, entries(3, new Raw(), 0, 1), "field-invalid");
});

test("a message that must hold another one is refused without it", (t) => {
  refused(t, decodePeer, new Raw().message(10, new Raw().number(2, 1)), "unknown-kind");
  refused(t, decodeSnapshotMetadata, new Raw().number(1, 1), "unknown-kind");
  refused(t, decodeMemberFile, new Raw().bytes(1, CLIENT_ID).bytes(2, "n1"), "unknown-kind");
});

test("text that is not UTF-8 is refused", (t) => {
  refused(t, decodeHello, hello().bytes(7, "\xff"), "malformed");
});

test("groups nested without end are refused, not followed", (t) => {
  const nested = Buffer.alloc(100_000, (15 << 3) | 3);
  for (const decode of [decodeClientRequest, decodePeer, decodeLogRecord]) {
    const error = t.throws(() => decode(nested), { instanceOf: WireError });
    t.is(error?.code, "malformed");
  }
});
