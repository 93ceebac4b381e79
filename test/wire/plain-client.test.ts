/** What clients and members say to each other, read and written by hand, held against the generated code. */
import test from "ava";
import fc from "fast-check";
import { asBuffer } from "../../src/wire/bytes.js";
import { encodeClientReply, encodeClientRequest } from "../../src/wire/client-codec.js";
import { encodeCommand } from "../../src/wire/command-codec.js";
import { consistencyFromNumber } from "../../src/wire/consistency.js";
import { kvraft as client } from "../../src/wire/generated/client.js";
import { encodeHello } from "../../src/wire/hello.js";
import { readHello } from "../../src/wire/plain-hello.js";
import { readPlainReply } from "../../src/wire/plain-replies.js";
import { readPlainRequest } from "../../src/wire/plain-request.js";
import * as arbitrary from "./arbitraries.js";
import { bodyOf } from "./codecs.js";
import { damaged, fieldsOf, fromGenerated } from "./plain.js";

test("where requests are read by hand, the generated code reads the same", (t) => {
  const bodies = arbitrary.clientRequest.map((request) => bodyOf(encodeClientRequest(request)));
  fc.assert(
    fc.property(fc.oneof(bodies, damaged(bodies)), (body) => {
      const plain = readPlainRequest(body);
      if (plain === null) return;
      const proto = client.ClientRequest.decode(body);
      t.is(proto.requestId, plain.requestId);
      const payload = plain.kind === "get" ? proto.get?.key : proto.command;
      if (plain.kind === "get") t.is(plain.consistency, consistencyFromNumber(proto.get?.consistency ?? 0));
      t.deepEqual(Buffer.from(payload ?? []), Buffer.from(body.subarray(plain.start, plain.end)));
    }),
    { numRuns: 1000 },
  );
});

test("commands written by hand are read by the generated code as they were meant", (t) => {
  fc.assert(
    fc.property(arbitrary.command, (command) => {
      const bytes = encodeCommand(command);
      if (command.kind === "session") {
        t.deepEqual(fromGenerated(bytes), command);
        return;
      }
      const { kind, ...rest } = command;
      const operations = {
        open: { openSession: {} },
        close: { closeSession: {} },
        clock: { clock: fieldsOf(rest) },
      };
      const expected = { ...(kind === "clock" ? {} : fieldsOf(rest)), ...operations[kind] };
      t.deepEqual(fieldsOf(client.Command.decode(bytes)), expected);
    }),
  );
});

test("requests written by hand are read by the generated code as they were meant", (t) => {
  fc.assert(
    fc.property(arbitrary.clientRequest, (request) => {
      const { kind, requestId } = request;
      if (kind !== "command" && kind !== "get" && kind !== "status") return;
      const payload = kind === "command" ? { command: Buffer.from(request.bytes).toString("latin1") } : {};
      const consistencyOf = { linearizable: 0, stale: 1, unknown: 2 };
      const get =
        kind === "get"
          ? { get: fieldsOf({ key: request.key, consistency: consistencyOf[request.consistency] }) }
          : {};
      const status = kind === "status" ? { status: {} } : {};
      t.deepEqual(fieldsOf(client.ClientRequest.decode(bodyOf(encodeClientRequest(request)))), {
        requestId,
        ...payload,
        ...get,
        ...status,
      });
    }),
  );
});

test("greetings written by hand are read by the generated code as they were meant", (t) => {
  fc.assert(
    fc.property(arbitrary.hello, (hello) => {
      const role = { client: 1, server: 2, peer: 3 }[hello.role];
      t.deepEqual(fieldsOf(client.Hello.decode(bodyOf(encodeHello(hello)))), fieldsOf({ ...hello, role }));
    }),
  );
});

test("where greetings are read by hand, the generated code reads the same", (t) => {
  const bodies = arbitrary.hello.map((hello) => bodyOf(encodeHello(hello)));
  fc.assert(
    fc.property(fc.oneof(bodies, damaged(bodies)), (body) => {
      const read = readHello(asBuffer(body));
      if (read !== null) t.deepEqual(fieldsOf(read), fieldsOf(client.Hello.decode(body)));
    }),
    { numRuns: 2000 },
  );
});

test("where replies are read by hand, the generated code reads the same", (t) => {
  const bodies = arbitrary.clientReply.map((reply) => bodyOf(encodeClientReply(reply)));
  fc.assert(
    fc.property(fc.oneof(bodies, damaged(bodies)), (body) => {
      const read = readPlainReply(asBuffer(body));
      if (read === null) return;
      const generated = client.ClientReply.decode(body);
      t.deepEqual(fieldsOf(read), fieldsOf(generated));
      // Here 0 says something else than nothing.
      t.is(read.get?.behindMs ?? null, generated.get?.behindMs ?? null);
    }),
    { numRuns: 3000 },
  );
});

test("what a short command is sent where nothing is wrong is read by hand", (t) => {
  const members = [{ id: "n1", client: "10.0.0.1:6840", peer: "10.0.0.1:6841" }];
  const indexes = { lastIndex: 9, commitIndex: 9, appliedIndex: 8, snapshotIndex: 0, logBytes: 300 };
  const clusterId = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const status = {
    id: "n1",
    role: "leader",
    term: 2,
    leader: "n1",
    members,
    clusterId,
    version: "1",
    ...indexes,
  } as const;
  for (const reply of [
    { kind: "status", requestId: 1, status },
    { kind: "get", requestId: 2, value: "\xff\0", index: 3, behindMs: null },
    { kind: "get", requestId: 2, value: null, index: 3, behindMs: 0 },
    { kind: "result", requestId: 3, result: { status: "absent", index: 4 } },
  ] as const) {
    t.not(readPlainReply(asBuffer(bodyOf(encodeClientReply(reply)))), null, reply.kind);
  }
});
