import { Buffer } from "node:buffer";
import test, { type ExecutionContext } from "ava";
import { ClientListener, type ClientListenerOptions } from "../../src/net/client-listener.js";
import { encodeClientRequest } from "../../src/wire/client-codec.js";
import type { ClientReply, ClientRequest } from "../../src/wire/client-message.js";
import { encodeHello } from "../../src/wire/hello.js";
import { liveBytes } from "./live-bytes.js";
import { CLUSTER_ID, hello, identity, Log, OTHER_CLUSTER_ID, RawClient, until } from "./wire-client.js";

type Handle = ClientListenerOptions["handle"];

const echo: Handle = (request, reply) => reply(answer(request));

function answer(request: ClientRequest, value = "v"): ClientReply {
  return { kind: "get", requestId: request.requestId, value, index: 1, behindMs: null };
}

async function serve(t: ExecutionContext, options: Partial<ClientListenerOptions> = {}) {
  const log = new Log();
  const listener = new ClientListener({
    identity: identity("n1"),
    requestBytesMax: 1024,
    log: log.log,
    handle: echo,
    ...options,
  });
  await listener.listen("127.0.0.1:0");
  const clients: RawClient[] = [];
  t.teardown(async () => {
    for (const client of clients) await client.end();
    await listener.close();
  });
  const dial = () => {
    const client = new RawClient(listener.address);
    clients.push(client);
    return client;
  };
  return { listener, log, dial };
}

test("the server greets first, and answers requests after the client's Hello", async (t) => {
  const { dial, listener } = await serve(t);
  const client = dial();
  await until(() => client.hellos.length === 1);
  t.like(client.hellos[0], {
    role: "server",
    memberId: "n1",
    clientAddress: listener.address,
    version: "test",
  });
  client.greet();
  client.get(1);
  client.get(2);
  await until(() => client.replies.length === 2);
  t.deepEqual(
    client.replies.map(({ requestId }) => requestId),
    [1, 2],
  );
});

test("frames that arrive byte by byte are the same frames", async (t) => {
  const { dial } = await serve(t);
  const client = dial();
  const bytes = Buffer.concat([
    encodeHello(hello({ clusterId: CLUSTER_ID })),
    encodeClientRequest({ kind: "get", requestId: 1, key: "k", consistency: "linearizable" }),
    encodeClientRequest({ kind: "status", requestId: 300 }),
  ]);
  for (const byte of bytes) {
    client.socket.write(Uint8Array.of(byte));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until(() => client.replies.length === 2);
  t.deepEqual(
    client.replies.map(({ requestId }) => requestId),
    [1, 300],
  );
});

for (const [what, news, reason] of [
  ["another protocol version", { protocolVersion: 2 }, "speaks protocol version 2, this one 1"],
  ["another cluster id", { clusterId: OTHER_CLUSTER_ID }, "the client means another cluster than n1's"],
  ["a member dialling", { role: "peer", clusterId: CLUSTER_ID, memberId: "n2" }, "n2 dialled it as a member"],
  ["a server dialling", { role: "server", clusterId: CLUSTER_ID, memberId: "n2" }, "no client but a server"],
] as const) {
  test(`${what} is told why, and closed`, async (t) => {
    const { dial, log } = await serve(t, { handle: () => t.fail("nothing is handled") });
    const client = dial();
    client.greet(news);
    client.get(1);
    await until(() => client.closed);
    t.like(client.hellos[0], { role: "server" });
    t.like(client.replies[0], { kind: "error", requestId: 0, code: "invalid" });
    t.is(client.replies.length, 1);
    t.is(log.count(reason), 1);
  });
}

for (const [what, bytes] of [
  ["an HTTP request", Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")],
  ["an empty frame", Buffer.alloc(4)],
  [
    "a request before the Hello",
    Buffer.from(encodeClientRequest({ kind: "get", requestId: 1, key: "k", consistency: "linearizable" })),
  ],
  [
    "a Hello and then garbage",
    Buffer.concat([encodeHello(hello({})), Buffer.from([0, 0, 0, 3, 255, 255, 255])]),
  ],
] as const) {
  test(`${what} closes that connection with a word to it and a line in the log, and no other`, async (t) => {
    const { dial, log } = await serve(t, { handle: echo });
    const good = dial();
    good.greet();
    const bad = dial();
    bad.socket.write(bytes);
    await until(() => bad.closed);
    t.is(log.count("does not speak the protocol"), 1, log.lines.join("\n"));
    t.is(bad.replies.length, 1);
    t.like(bad.replies[0], { kind: "error", requestId: 0, code: "invalid" });
    good.get(1);
    await until(() => good.replies.length === 1);
  });
}

for (const [what, request, message] of [
  ["of no kind", [0x08, 7], "a request that is not known"],
  ["of a kind of later versions", [0x08, 7, 0xfa, 0x07, 0], "a request that is not known"],
  ["for a command that is no message", [0x08, 7, 0x12, 1, 0xff], "index out of range"],
  ["for a command without a client id", [0x08, 7, 0x12, 2, 0x42, 0], "a client id has 8 bytes, not 0"],
  ["to hand leadership to no member's id", [0x08, 7, 0x42, 3, 0x0a, 1, 0x40], "to is no member id"],
] as const) {
  test(`a request ${what} is invalid, and the next one is served`, async (t) => {
    const { dial } = await serve(t);
    const client = dial();
    client.greet();
    client.socket.write(Buffer.from([0, 0, 0, request.length, ...request]));
    client.get(8);
    await until(() => client.replies.length === 2);
    const [refusal] = client.replies;
    t.like(refusal, { kind: "error", requestId: 7, code: "invalid" });
    t.true(refusal?.kind === "error" && refusal.message.includes(message), JSON.stringify(refusal));
    t.like(client.replies[1], { kind: "get", requestId: 8 });
  });
}

test("a frame over the limit is refused in words, after what came before it was answered", async (t) => {
  const { dial, log } = await serve(t);
  const client = dial();
  client.greet();
  client.get(1);
  client.socket.write(
    encodeClientRequest({
      kind: "get",
      requestId: 2,
      key: "x".repeat(1024 + 64 * 1024),
      consistency: "linearizable",
    }),
  );
  await until(() => client.closed);
  t.is(client.replies.at(-1)?.requestId, 0);
  t.like(client.replies.at(-1), { kind: "error", code: "too-large" });
  t.is(log.count("request is too large"), 1);
});

test("whoever is still sending when it is refused can read why", async (t) => {
  const { dial } = await serve(t);
  const client = dial();
  client.greet();
  client.socket.write(
    encodeClientRequest({
      kind: "get",
      requestId: 1,
      key: "x".repeat(32 * 1024 * 1024),
      consistency: "linearizable",
    }),
  );
  await until(() => client.closed);
  t.like(client.replies[0], { kind: "error", requestId: 0, code: "too-large" });
});

test("a client that does not greet in time is told so and closed", async (t) => {
  const { dial, log } = await serve(t, { helloTimeoutMs: 30 });
  const client = dial();
  await until(() => client.closed);
  t.is(log.count("no greeting in time"), 1);
  t.like(client.replies[0], { kind: "error", requestId: 0, code: "invalid" });
});

test("one connection more than allowed is told so; when one goes, another may come", async (t) => {
  const { dial } = await serve(t, { connectionsMax: 2 });
  const clients = [dial(), dial()];
  for (const client of clients) client.greet();
  await until(() => clients.every(({ hellos }) => hellos.length === 1));
  const refused = dial();
  await until(() => refused.closed);
  t.like(refused.replies[0], { kind: "error", requestId: 0, code: "overloaded" });
  await clients[0]?.end();
  for (let served = false; !served; ) {
    const next = dial();
    next.greet();
    next.get(1);
    await until(() => next.closed || next.replies.length > 0);
    served = next.replies[0]?.requestId === 1;
  }
  t.pass();
});

test("PITFALLS 53: a client that never reads is not read from, and its replies wait unencoded", async (t) => {
  let handled = 0;
  const value = "x".repeat(1024 * 1024);
  const { dial } = await serve(t, {
    inFlightMax: 64,
    handle: (request, reply) => {
      handled++;
      reply(answer(request, value));
    },
  });
  const client = dial();
  client.socket.pause();
  client.greet();
  for (let id = 1; id <= 20_000; id++) client.get(id);
  await until(() => handled > 0);
  const before = await liveBytes();
  const seen = handled;
  for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
  const grownBytes = (await liveBytes()) - before;
  // One chunk of the socket holds at most 64 KiB of requests of a dozen bytes.
  t.true(handled < 64 + 65536 / 9, `${handled} requests handled, ${seen} at first`);
  t.true(grownBytes < 8 * 1024 * 1024, `${grownBytes} bytes more`);
  const patient = dial();
  patient.greet();
  patient.get(1);
  await until(() => patient.replies.length === 1);
});

test("requests in flight are bounded: reading goes on as replies are given", async (t) => {
  const waiting: (() => void)[] = [];
  let most = 0;
  const { dial } = await serve(t, {
    inFlightMax: 10,
    handle: (request, reply) => {
      waiting.push(() => reply(answer(request)));
      most = Math.max(most, waiting.length);
    },
  });
  const client = dial();
  client.greet();
  await until(() => client.hellos.length === 1);
  // Requests of 8 KiB: one chunk holds eight of them at most.
  for (let id = 1; id <= 200; id++) client.get(id, "k".repeat(8 * 1024));
  for (let given = 0; given < 200; given++) {
    await until(() => waiting.length > 0);
    waiting.shift()?.();
  }
  await until(() => client.replies.length === 200);
  t.true(most <= 10 + 9, `${most} in flight`);
});

test("replies for a client that has gone are dropped without a word", async (t) => {
  const waiting: (() => void)[] = [];
  const { dial, log } = await serve(t, {
    handle: (request, reply) => waiting.push(() => reply(answer(request))),
  });
  const client = dial();
  client.greet();
  client.get(1);
  await until(() => waiting.length === 1);
  await client.end();
  waiting[0]?.();
  const other = dial();
  other.greet();
  other.get(1);
  await until(() => waiting.length === 2);
  waiting[1]?.();
  await until(() => other.replies.length === 1);
  t.deepEqual(
    log.lines.filter((line) => !line.startsWith("debug")),
    [],
  );
});

test("drain answers what is under way, turns the rest away as not done, then ends", async (t) => {
  const waiting: (() => void)[] = [];
  const { dial, listener } = await serve(t, {
    handle: (request, reply) => waiting.push(() => reply(answer(request))),
  });
  const busy = dial();
  const idle = dial();
  for (const client of [busy, idle]) client.greet();
  busy.get(1);
  await until(() => waiting.length === 1 && idle.hellos.length === 1);
  const drained = listener.drain(5000);
  await until(() => idle.closed);
  busy.get(2);
  await until(() => busy.replies.length === 1);
  t.like(busy.replies[0], { kind: "error", requestId: 2, code: "unavailable" });
  waiting[0]?.();
  await drained;
  await until(() => busy.closed);
  t.like(busy.replies[1], { kind: "get", requestId: 1 });
});

test("drain gives up on what is never answered when its time is over", async (t) => {
  const { dial, listener } = await serve(t, { handle: () => {} });
  const client = dial();
  client.greet();
  client.get(1);
  await until(() => client.hellos.length === 1);
  await listener.drain(20);
  await until(() => client.closed);
  t.is(client.replies.length, 0);
});
