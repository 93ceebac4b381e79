/** What is read and written by hand on the hot path, held against the generated code. */
import test from "ava";
import fc from "fast-check";
import type { Command } from "../../src/kv/command.js";
import { type KeptPair, UNKNOWN_METADATA } from "../../src/kv/key-metadata.js";
import type { AppendEntries } from "../../src/raft/message.js";
import { asBuffer } from "../../src/wire/bytes.js";
import { decodeClientReply, encodeClientReplies, encodeClientReply } from "../../src/wire/client-codec.js";
import { encodeCommand } from "../../src/wire/command-codec.js";
import { decodeLogRecord } from "../../src/wire/disk-codec.js";
import { FrameParser } from "../../src/wire/frame.js";
import { kvraft as members } from "../../src/wire/generated/members.js";
import { decodeBody, encodeBody } from "../../src/wire/message.js";
import { messageFromProto } from "../../src/wire/peer-from-proto.js";
import { messageToProto } from "../../src/wire/peer-to-proto.js";
import { isSessionCommand, readSessionCommand } from "../../src/wire/plain-command.js";
import {
  readAppendEntries,
  readLogRecord,
  writeAppendEntries,
  writeLogRecord,
} from "../../src/wire/plain-entries.js";
import { readPairs, writePairs } from "../../src/wire/plain-pairs.js";
import * as arbitrary from "./arbitraries.js";
import { bodyOf } from "./codecs.js";
import { damaged, fromGenerated } from "./plain.js";

const ENDS = { from: "n1", to: "n2" };

const SOME_PUT: Command = {
  kind: "session",
  clientId: "12345678",
  session: 3,
  sequence: 4,
  acknowledgedBelow: 2,
  operation: { kind: "put", key: "k", value: "v" },
};

/** What the generated code makes of it; null: it refuses. */
function generated<T>(decode: () => T): T | null {
  try {
    return decode();
  } catch {
    return null;
  }
}

/** As a leader sends it: commands of sessions, and no number that is out of the ordinary. */
const ordinaryAppend: fc.Arbitrary<AppendEntries> = fc
  .record({
    term: fc.nat(),
    prevLogIndex: fc.nat(),
    prevLogTerm: fc.nat(),
    leaderCommit: fc.nat(),
    commands: fc.array(fc.tuple(arbitrary.command, fc.nat()), { maxLength: 4 }),
  })
  .map(({ commands, ...numbers }) => ({
    type: "appendEntries",
    ...ENDS,
    ...numbers,
    entries: commands.map(([command, number], at) => {
      const session = { session: number, sequence: 1 + number, acknowledgedBelow: number };
      const data = encodeCommand(command.kind === "session" ? { ...command, ...session } : SOME_PUT);
      return { kind: "command", index: numbers.prevLogIndex + 1 + at, term: number, data };
    }),
  }));

const commandBytes = arbitrary.command.map((command) => Uint8Array.from(encodeCommand(command)));

function readWhole(bytes: Uint8Array): ReturnType<typeof readSessionCommand> {
  return readSessionCommand(asBuffer(bytes), 0, bytes.length);
}

test("commands of sessions are read by hand, and nothing else is", (t) => {
  fc.assert(
    fc.property(arbitrary.command, (command) => {
      const bytes = encodeCommand(command);
      const read = readWhole(bytes);
      t.is(isSessionCommand(bytes, 0, bytes.length), read !== null);
      const isSmall =
        command.kind === "session" &&
        Math.max(command.session, command.sequence, command.acknowledgedBelow) < 2 ** 49;
      t.deepEqual(read, isSmall ? command : null);
    }),
  );
});

test("where damaged commands are read by hand, the generated code reads the same", (t) => {
  fc.assert(
    fc.property(damaged(commandBytes), (bytes) => {
      const read = readWhole(bytes);
      t.is(isSessionCommand(bytes, 0, bytes.length), read !== null);
      if (read === null) return;
      t.deepEqual(read, fromGenerated(bytes));
    }),
    { numRuns: 2000 },
  );
});

test("AppendEntries written by hand are read back by the generated code, and the other way round", (t) => {
  fc.assert(
    fc.property(fc.oneof(ordinaryAppend, arbitrary.appendEntries), (message) => {
      const frame = writeAppendEntries(message);
      t.is(
        frame === null,
        message.entries.some(({ kind }) => kind === "configuration"),
      );
      if (frame !== null) {
        const proto = decodeBody(members.PeerMessage, bodyOf(frame));
        t.deepEqual(
          generated(() => messageFromProto(proto, message)),
          generated(() => {
            const body = encodeBody(members.PeerMessage, messageToProto(message));
            return messageFromProto(decodeBody(members.PeerMessage, body), message);
          }),
        );
      }
      const body = encodeBody(members.PeerMessage, messageToProto(message));
      const read = readAppendEntries(asBuffer(body), ENDS);
      if (read !== null) t.deepEqual({ ...read, ...ENDS }, { ...message, ...ENDS });
    }),
  );
});

test("where damaged AppendEntries are read by hand, the generated code reads the same", (t) => {
  const bodies = ordinaryAppend.map((message) => encodeBody(members.PeerMessage, messageToProto(message)));
  fc.assert(
    fc.property(damaged(bodies), (bytes) => {
      const body = Buffer.from(bytes);
      const read = readAppendEntries(body, ENDS);
      if (read === null) return;
      t.deepEqual(
        read,
        generated(() => messageFromProto(decodeBody(members.PeerMessage, body), ENDS)),
      );
    }),
    { numRuns: 2000 },
  );
});

test("records of the log are read back as they were written, by hand and by the generated code", (t) => {
  fc.assert(
    fc.property(arbitrary.logRecord, (record) => {
      const body = writeLogRecord(record);
      t.is(
        body === null,
        record.entries.some(({ kind }) => kind === "configuration"),
      );
      if (body === null) return;
      const { hardState, entries } = record;
      t.deepEqual(decodeLogRecord(body), { hardState, snapshot: null, entries });
      t.deepEqual(body, Buffer.from(encodeBody(members.LogRecord, decodeBody(members.LogRecord, body))));
    }),
  );
});

test("where damaged records of the log are read by hand, the generated code reads the same", (t) => {
  const bodies = arbitrary.logRecord.map((record) => writeLogRecord(record) ?? Buffer.alloc(0));
  let read = 0;
  fc.assert(
    fc.property(damaged(bodies), (bytes) => {
      const body = Buffer.from(bytes);
      const record = generated(() => readLogRecord(body));
      if (record === null) return;
      read++;
      const { hardState, entries = [] } = decodeBody(members.LogRecord, body);
      t.deepEqual(
        record.hardState,
        hardState == null
          ? null
          : {
              currentTerm: hardState.currentTerm ?? 0,
              votedFor: hardState.votedFor || null,
              commitIndex: hardState.commitIndex ?? 0,
            },
      );
      t.deepEqual(
        record.entries.map(({ index, term, kind }) => ({ index, term, kind })),
        (entries ?? []).map(({ index, term, command }) => ({
          index: index ?? 0,
          term: term ?? 0,
          kind: command == null ? "noop" : "command",
        })),
      );
      record.entries.forEach((entry, at) => {
        if (entry.kind === "command") t.deepEqual(entry.data, Buffer.from(entries?.[at]?.command ?? []));
      });
    }),
    { numRuns: 2000 },
  );
  t.true(read > 20);
});

test("pairs of a snapshot are written as the generated code writes them, and read back", (t) => {
  fc.assert(
    fc.property(arbitrary.snapshotBlock, ({ pairs }) => {
      const body = writePairs(pairs);
      const proto = pairs.map(({ key, value, metadata: { clientId, appends, ...numbers } }) => ({
        key: Buffer.from(key, "latin1"),
        value: Buffer.from(value, "latin1"),
        clientId: Buffer.from(clientId, "latin1"),
        ...(appends === null ? {} : { appends }),
        ...numbers,
      }));
      t.deepEqual(body, Buffer.from(encodeBody(members.SnapshotBlock, { pairs: proto })));
      const numbers = pairs.flatMap(({ metadata }) => [
        metadata.createdIndex,
        metadata.changedIndex,
        metadata.sequence,
      ]);
      t.deepEqual(readPairs(body), Math.max(0, ...numbers) < 2 ** 49 ? pairs : null);
    }),
  );
});

function generatedPair(pair: members.Pair.$Properties): KeptPair {
  const text = (field: Uint8Array | null | undefined) => Buffer.from(field ?? []).toString("latin1");
  const { createdIndex, createdSeconds, changedIndex, changedSeconds, sequence } = pair;
  const metadata = {
    createdIndex: createdIndex ?? 0,
    createdSeconds: createdSeconds ?? 0,
    changedIndex: changedIndex ?? 0,
    changedSeconds: changedSeconds ?? 0,
    clientId: text(pair.clientId),
    sequence: sequence ?? 0,
    appends: pair.appends ?? null,
  };
  const isKnown = metadata.changedIndex !== 0;
  return { key: text(pair.key), value: text(pair.value), metadata: isKnown ? metadata : UNKNOWN_METADATA };
}

test("where damaged pairs are read by hand, the generated code reads the same", (t) => {
  fc.assert(
    fc.property(damaged(arbitrary.snapshotBlock.map(({ pairs }) => writePairs(pairs))), (bytes) => {
      const read = readPairs(Buffer.from(bytes));
      if (read === null) return;
      const { header, pairs, sessions } = members.SnapshotBlock.decode(bytes);
      t.deepEqual([header ?? null, sessions ?? []], [null, []]);
      t.deepEqual(read, (pairs ?? []).map(generatedPair));
    }),
    { numRuns: 2000 },
  );
});

test("replies of a turn are written as whole frames, in order, until there are enough bytes", (t) => {
  fc.assert(
    fc.property(fc.array(arbitrary.clientReply, { maxLength: 8 }), fc.nat(300), (replies, bytesMax) => {
      const read: unknown[] = [];
      let first = 0;
      while (first < replies.length) {
        const { frames, count } = encodeClientReplies(replies, { first, bytesMax: Math.max(1, bytesMax) });
        t.true(count > 0);
        new FrameParser(1 << 30).push(frames, (body) => read.push(decodeClientReply(body)));
        t.is(
          frames.length,
          replies
            .slice(first, first + count)
            .reduce((sum, reply) => sum + encodeClientReply(reply).length, 0),
        );
        first += count;
      }
      t.deepEqual(read, replies);
    }),
  );
});
