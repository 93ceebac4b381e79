// In a file of its own, and so in a process of its own, because it watches every socket there is.
import { Socket } from "node:net";
import test from "ava";
import { seededRandom } from "../../src/base/random.js";
import { ClientListener } from "../../src/net/client-listener.js";
import { PeerTransport } from "../../src/net/peer-transport.js";
import type { Message } from "../../src/raft/message.js";
import { entryOf, identity, Log, RawClient, until } from "./wire-client.js";

/** Chunks of memory handed to the system by the socket: one for each write or gathered write. */
let handed: Socket[] = [];

test.before(() => {
  const prototype = Socket.prototype;
  const { _write, _writev } = prototype;
  prototype._write = function (this: Socket, ...parameters) {
    handed.push(this);
    _write.apply(this, parameters);
  };
  prototype._writev = function (this: Socket, ...parameters) {
    handed.push(this);
    _writev?.apply(this, parameters);
  };
});

test.serial("the replies of one turn leave in one write for each client", async (t) => {
  const waiting: (() => void)[] = [];
  const listener = new ClientListener({
    identity: identity("n1"),
    requestBytesMax: 1024,
    log: new Log().log,
    handle: ({ requestId }, reply) => {
      waiting.push(() => reply({ kind: "get", requestId, value: "v", index: 1, behindMs: null }));
    },
  });
  await listener.listen("127.0.0.1:0");
  const clients = [new RawClient(listener.address), new RawClient(listener.address)];
  t.teardown(async () => {
    for (const client of clients) await client.end();
    await listener.close();
  });
  for (const client of clients) {
    client.greet();
    for (let id = 1; id <= 100; id++) client.get(id);
  }
  await until(() => waiting.length === 200);
  handed = [];
  for (const give of waiting) give();
  t.deepEqual(handed, [], "not within the turn");
  await new Promise((resolve) => setImmediate(resolve));
  t.is(handed.length, 2);
  await until(() => clients.every(({ replies }) => replies.length === 100));
});

test.serial("the messages of one turn leave in one write for each member, small and large", async (t) => {
  const received: Message[] = [];
  const newTransport = (id: string) =>
    new PeerTransport({
      identity: identity(id),
      clientAddress: "",
      members: [],
      random: seededRandom(1),
      log: new Log().log,
      onMessage: (message) => received.push(message),
      onLink: () => links++,
    });
  let links = 0;
  const transports = ["n1", "n2", "n3"].map(newTransport);
  t.teardown(() => Promise.all(transports.map((transport) => transport.close())));
  for (const transport of transports) await transport.listen("127.0.0.1:0");
  const members = transports.map(({ address }, at) => ({ id: `n${at + 1}`, peerAddress: address }));
  for (const transport of transports) transport.setMembers(members);
  await until(() => links === 6);
  for (const bytes of [10, 100_000]) {
    received.length = 0;
    const messages = Array.from({ length: 20 }, (_, at): Message => {
      const ends = { from: "n1", to: at % 2 === 0 ? "n2" : "n3" };
      const log = { prevLogIndex: 0, prevLogTerm: 0, leaderCommit: 0, entries: [entryOf(bytes)] };
      return { type: "appendEntries", ...ends, term: 1, ...log };
    });
    handed = [];
    transports[0]?.send(messages);
    t.is(handed.length, 2);
    await until(() => received.length === 20);
  }
});
