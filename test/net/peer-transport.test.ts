import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import test, { type ExecutionContext } from "ava";
import { seededRandom } from "../../src/base/random.js";
import { PeerTransport, type PeerTransportOptions } from "../../src/net/peer-transport.js";
import type { AppendEntries, Heartbeat, Message } from "../../src/raft/message.js";
import { encodeHello, type Hello } from "../../src/wire/hello.js";
import { encodePeerMessage } from "../../src/wire/peer-codec.js";
import { liveBytes } from "./live-bytes.js";
import {
  CLUSTER_ID,
  entryOf,
  hello,
  identity,
  Log,
  OTHER_CLUSTER_ID,
  RawClient,
  until,
} from "./wire-client.js";

function heartbeat(from: string, to: string, readSequence: number): Heartbeat {
  return { type: "heartbeat", from, to, term: 1, leaderCommit: 0, readSequence, completeIndex: 0 };
}

function bulk(from: string, to: string, bytes: number): AppendEntries {
  return {
    type: "appendEntries",
    from,
    to,
    term: 1,
    prevLogIndex: 0,
    prevLogTerm: 0,
    leaderCommit: 0,
    entries: [entryOf(bytes)],
  };
}

interface Node {
  readonly id: string;
  readonly transport: PeerTransport;
  readonly received: Message[];
  readonly links: string[];
  readonly log: Log;
}

function node(t: ExecutionContext, id: string, options: Partial<PeerTransportOptions> = {}): Node {
  const received: Message[] = [];
  const links: string[] = [];
  const log = new Log();
  const transport = new PeerTransport({
    identity: identity(id),
    clientAddress: `client-of-${id}:1`,
    members: [],
    random: seededRandom(id.charCodeAt(1)),
    log: log.log,
    onMessage: (message) => received.push(message),
    onLink: (peer, up) => links.push(`${peer} ${up ? "up" : "down"}`),
    ...options,
  });
  t.teardown(() => transport.close());
  return { id, transport, received, links, log };
}

/** Nodes n1 to n<size> that know each other. */
async function cluster(t: ExecutionContext, size: number, options: Partial<PeerTransportOptions> = {}) {
  const nodes = Array.from({ length: size }, (_, at) => node(t, `n${at + 1}`, options));
  for (const { transport } of nodes) await transport.listen("127.0.0.1:0");
  const members = nodes.map(({ id, transport }) => ({ id, peerAddress: transport.address }));
  for (const { transport } of nodes) transport.setMembers(members);
  await until(() => nodes.every(({ links }) => links.length === size - 1));
  return { nodes: nodes as [Node, Node, ...Node[]], members };
}

/** A pretended member: accepts, answers with `news` in its Hello, and counts what comes. */
async function fakePeer(t: ExecutionContext, onSocket: (socket: Socket) => void) {
  const server: Server = createServer((socket) => {
    socket.on("error", () => {});
    sockets.add(socket);
    onSocket(socket);
  });
  const sockets = new Set<Socket>();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { peerAddress: `127.0.0.1:${(server.address() as AddressInfo).port}`, sockets };
}

function answering(news: Partial<Hello>): (socket: Socket) => void {
  const greeting = encodeHello(
    hello({ role: "peer", clusterId: CLUSTER_ID, memberId: "n2", targetMemberId: "n1", ...news }),
  );
  return (socket) => socket.once("data", () => socket.write(greeting));
}

test("three members reach each other, in order, and learn each other's client addresses", async (t) => {
  const { nodes } = await cluster(t, 3);
  const [first, second, third] = nodes;
  first.transport.send([
    heartbeat("n1", "n2", 1),
    heartbeat("n1", "n3", 2),
    heartbeat("n1", "n2", 3),
    heartbeat("n1", "n2", 4),
  ]);
  await until(() => second.received.length === 3 && third?.received.length === 1);
  t.deepEqual(
    second.received,
    [1, 3, 4].map((sequence) => heartbeat("n1", "n2", sequence)),
  );
  for (const { transport } of nodes) {
    for (const { id } of nodes) t.is(transport.clientAddress(id), `client-of-${id}:1`);
  }
  t.is(first.transport.clientAddress("n9"), undefined);
});

for (const [what, news, reason] of [
  ["a client port", { role: "server" }, "that is the client port of n2"],
  ["another member", { memberId: "n3" }, "that is n3: a peer address is wrong"],
  ["another cluster", { clusterId: OTHER_CLUSTER_ID }, "n2 there belongs to another cluster"],
  ["another protocol version", { protocolVersion: 7 }, "speaks protocol version 7, this one 1"],
  ["a member that refuses it", { targetMemberId: "" }, "n2 turned us away; its log says why"],
] as const) {
  test(`whoever dials ${what} says so once, and goes on trying`, async (t) => {
    const peer = await fakePeer(t, answering(news));
    const { transport, log, links } = node(t, "n1", {
      members: [{ id: "n2", peerAddress: peer.peerAddress }],
    });
    await transport.listen("127.0.0.1:0");
    await until(() => peer.sockets.size >= 4);
    t.is(log.count(reason), 1, log.lines.join("\n"));
    t.is(log.count("peer link down"), 1);
    t.deepEqual(links, []);
  });
}

for (const [what, news, reason] of [
  [
    "a client",
    { role: "client", clusterId: new Uint8Array(0), memberId: "" },
    "a client dialled the peer port",
  ],
  ["a member of another cluster", { clusterId: OTHER_CLUSTER_ID }, "n2 belongs to another cluster"],
  ["one who means another member", { targetMemberId: "n3" }, "n2 means to reach n3, and this is n1"],
  ["one who is no member", { memberId: "n9" }, "n9 is no member of this cluster"],
  ["one who bears our name", { memberId: "n1" }, "it calls itself n1"],
  ["another protocol version", { protocolVersion: 7 }, "speaks protocol version 7, this one 1"],
] as const) {
  test(`on the peer port ${what} is answered, and closed`, async (t) => {
    const { transport, log, received } = node(t, "n1", {
      members: [{ id: "n2", peerAddress: "127.0.0.1:1" }],
    });
    await transport.listen("127.0.0.1:0");
    const client = new RawClient(transport.address);
    t.teardown(() => client.end());
    client.greet({ role: "peer", clusterId: CLUSTER_ID, memberId: "n2", targetMemberId: "n1", ...news });
    client.socket.write(encodePeerMessage(heartbeat("n2", "n1", 1)));
    await until(() => client.closed);
    t.like(client.hellos[0], { role: "peer", memberId: "n1", targetMemberId: "" });
    t.is(client.hellos[0]?.clientAddress, "client-of-n1:1");
    t.is(log.count(reason), 1, log.lines.join("\n"));
    t.deepEqual(received, []);
  });
}

test("bytes cut anywhere are the same messages; garbage ends its own connection alone", async (t) => {
  const members = ["n2", "n3"].map((id) => ({ id, peerAddress: "127.0.0.1:1" }));
  const { transport, log, received } = node(t, "n1", { members });
  await transport.listen("127.0.0.1:0");
  const [good, bad] = [new RawClient(transport.address), new RawClient(transport.address)];
  t.teardown(() => Promise.all([good.end(), bad.end()]));
  const greeting = { role: "peer", clusterId: CLUSTER_ID, targetMemberId: "n1" } as const;
  bad.greet({ ...greeting, memberId: "n3" });
  const frames = [
    encodeHello(hello({ ...greeting, memberId: "n2" })),
    encodePeerMessage(heartbeat("n2", "n1", 1)),
    encodePeerMessage(bulk("n2", "n1", 50)),
  ];
  for (const byte of Buffer.concat(frames)) {
    good.socket.write(Uint8Array.of(byte));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until(() => received.length === 2 && bad.hellos.length === 1);
  bad.socket.write(encodePeerMessage(heartbeat("n3", "n1", 2)));
  bad.socket.write("GET / HTTP/1.1\r\n\r\n");
  await until(() => bad.closed);
  t.is(log.count("does not speak the protocol"), 1);
  good.socket.write(encodePeerMessage(heartbeat("n2", "n1", 3)));
  await until(() => received.length === 4);
  t.deepEqual(
    received.map(({ from }) => from),
    ["n2", "n2", "n3", "n2"],
  );
});

test("whoever connects and does not greet is closed in time", async (t) => {
  const { transport, log } = node(t, "n1", { helloTimeoutMs: 30 });
  await transport.listen("127.0.0.1:0");
  const silent = new RawClient(transport.address);
  t.teardown(() => silent.end());
  await until(() => silent.closed);
  t.is(log.count("no greeting in time"), 1);
});

test("a member that comes back is reached again, and nothing stale reaches it", async (t) => {
  const { nodes, members } = await cluster(t, 2);
  const [first, second] = nodes;
  await second.transport.close();
  await until(() => first.links.at(-1) === "n2 down");
  first.transport.send([heartbeat("n1", "n2", 1)]);
  const again = node(t, "n2", { members });
  await again.transport.listen(members[1]?.peerAddress ?? "");
  await until(() => first.links.at(-1) === "n2 up" && again.links.at(-1) === "n1 up");
  first.transport.send([heartbeat("n1", "n2", 2)]);
  await until(() => again.received.length === 1);
  t.like(again.received[0], { readSequence: 2 });
});

test("a member that dials us is dialled back at once, whatever the pause", async (t) => {
  const dialsMs: number[] = [];
  const peer = await fakePeer(t, (socket) => {
    dialsMs.push(performance.now());
    socket.destroy();
  });
  const { transport } = node(t, "n1", { members: [{ id: "n2", peerAddress: peer.peerAddress }] });
  await transport.listen("127.0.0.1:0");
  // After the ninth dial in vain the pause is at least half a second.
  await until(() => dialsMs.length === 9);
  const client = new RawClient(transport.address);
  t.teardown(() => client.end());
  client.greet({ role: "peer", clusterId: CLUSTER_ID, memberId: "n2", targetMemberId: "n1" });
  await until(() => dialsMs.length === 10);
  const pauseMs = (dialsMs[9] ?? 0) - (dialsMs[8] ?? 0);
  t.true(pauseMs < 450, `${pauseMs} ms`);
});

test("PITFALLS 55: a member that does not read costs a bounded queue, and delays nobody else", async (t) => {
  const stuck = await fakePeer(t, (socket) => {
    answering({})(socket);
    socket.once("data", () => socket.pause());
  });
  const healthy = node(t, "n3");
  await healthy.transport.listen("127.0.0.1:0");
  const { transport, links, log } = node(t, "n1", {
    members: [
      { id: "n2", peerAddress: stuck.peerAddress },
      { id: "n3", peerAddress: healthy.transport.address },
    ],
    queueBytesMax: 1024 * 1024,
  });
  await transport.listen("127.0.0.1:0");
  healthy.transport.setMembers([{ id: "n1", peerAddress: transport.address }]);
  await until(() => links.length === 2);
  const before = await liveBytes();
  for (let round = 1; round <= 300; round++) {
    transport.send([bulk("n1", "n2", 256 * 1024), heartbeat("n1", "n3", round)]);
    if (round % 20 === 0) await until(() => healthy.received.length === round);
  }
  const grownBytes = (await liveBytes()) - before;
  t.true(grownBytes < 8 * 1024 * 1024, `${grownBytes} bytes more for 75 MiB of messages`);
  t.is(log.count("peer queue full"), 1);
});

test("a connection on which nothing comes back is replaced", async (t) => {
  const peer = await fakePeer(t, answering({}));
  const { transport, links, log } = node(t, "n1", {
    members: [{ id: "n2", peerAddress: peer.peerAddress }],
    silenceMs: 40,
  });
  await transport.listen("127.0.0.1:0");
  await until(() => links.length === 1);
  const timer = setInterval(() => transport.send([heartbeat("n1", "n2", 1)]), 5);
  await until(() => links.length === 3);
  clearInterval(timer);
  t.deepEqual(links, ["n2 up", "n2 down", "n2 up"]);
  t.true(log.count("went silent") >= 1);
});

test("a dial that is accepted and never greeted is given up", async (t) => {
  const peer = await fakePeer(t, () => {});
  const { transport, log } = node(t, "n1", {
    members: [{ id: "n2", peerAddress: peer.peerAddress }],
    dialTimeoutMs: 20,
  });
  await transport.listen("127.0.0.1:0");
  await until(() => peer.sockets.size >= 3);
  t.is(log.count("timed out"), 1);
});

test("setMembers moves links: a new address is dialled, a member that left is let go", async (t) => {
  const { nodes, members } = await cluster(t, 3);
  const [first, second] = nodes;
  const moved = node(t, "n2", { members });
  await moved.transport.listen("127.0.0.1:0");
  await second.transport.close();
  first.transport.setMembers(
    [members[0], { id: "n2", peerAddress: moved.transport.address }].flatMap((m) => m ?? []),
  );
  await until(() => first.links.includes("n3 down") && first.links.at(-1) === "n2 up");
  first.transport.send([heartbeat("n1", "n3", 1), heartbeat("n1", "n2", 2)]);
  await until(() => moved.received.length === 1);
  t.deepEqual(nodes[2]?.received, []);
  await nodes[2]?.log.until("closed the connection");
});

test("members that have nothing to say to each other know that they hear each other, and how fast", async (t) => {
  const { nodes } = await cluster(t, 2, { pingMs: 5 });
  const [one, two] = nodes;
  await until(() =>
    nodes.every(({ transport }, at) => transport.contact(at === 0 ? "n2" : "n1").roundTripUs !== null),
  );
  const contact = one.transport.contact("n2");
  t.true(contact.isConnected);
  t.true(contact.heardMs !== null && contact.heardMs >= 0);
  t.deepEqual([...one.received, ...two.received], [], "Raft sees nothing of it");
});

test("whoever hears nothing of a member says so", async (t) => {
  const silent = await fakePeer(t, (socket) => socket.resume());
  const { transport } = node(t, "n1", {
    members: [{ id: "n2", peerAddress: silent.peerAddress }],
    pingMs: 5,
  });
  await transport.listen("127.0.0.1:0");
  await until(() => silent.sockets.size > 0);
  const nothing = { isConnected: false, heardMs: null, roundTripUs: null };
  t.deepEqual(transport.contact("n2"), nothing);
  t.deepEqual(transport.contact("n9"), nothing);
});
