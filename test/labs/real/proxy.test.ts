import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import test, { type ExecutionContext } from "ava";
import { parseAddress } from "../../../src/base/address.js";
import { FrameParser } from "../../../src/wire/frame.js";
import { encodeHello } from "../../../src/wire/hello.js";
import { PROTOCOL_VERSION } from "../../../src/wire/limits.js";
import { Dice } from "../../sim/dice.js";
import type { Conditions } from "./conditions.js";
import { Network } from "./network.js";

const CLIENT = "c1";
const MEMBER = "n1";

/** One end of a connection, and the texts of the frames that it was sent. */
class End {
  readonly socket: Socket;
  readonly texts: string[] = [];
  readonly closed: Promise<void>;
  readonly #parser = new FrameParser(2 ** 20);

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("error", () => {}); // A reset is one of the ways in which it closes.
    this.closed = new Promise((resolve) => void socket.once("close", () => resolve()));
    socket.on("data", (chunk: Buffer) =>
      this.#parser.push(chunk, (body) => void this.texts.push(Buffer.from(body).toString())),
    );
  }

  send(...texts: readonly string[]): void {
    this.socket.write(Buffer.concat(texts.map(frame)));
  }

  /** Resolves when so many frames have come. */
  async received(count: number): Promise<readonly string[]> {
    while (this.texts.length < count) await once(this.socket, "data");
    return this.texts;
  }
}

function frame(text: string): Buffer {
  const bytes = Buffer.alloc(4 + Buffer.byteLength(text));
  bytes.writeUInt32BE(bytes.length - 4);
  bytes.write(text, 4);
  return bytes;
}

interface World {
  readonly network: Network;
  /** A new connection through the proxy; `member` is its other end, once there is one. */
  dial(): { readonly client: End; readonly member: Promise<End> };
  change(change: Partial<Conditions>, way?: "there" | "back" | "both"): void;
}

async function world(t: ExecutionContext, { from = CLIENT as string | null } = {}): Promise<World> {
  const network = new Network(new Dice(1, 0));
  const server = createServer();
  server.listen({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const address = await network.proxy({ from, to: MEMBER, target: `127.0.0.1:${port}` });
  const ends: End[] = [];
  t.teardown(async () => {
    for (const { socket } of ends) socket.destroy();
    await network.close();
    server.close();
    await once(server, "close");
  });
  const keep = (socket: Socket): End => {
    const end = new End(socket);
    ends.push(end);
    return end;
  };
  return {
    network,
    dial: () => {
      const member = once(server, "connection").then(([socket]) => keep(socket as Socket));
      return { client: keep(connect({ ...(parseAddress(address) ?? { port: 0 }) })), member };
    },
    change: (change, way = "both") => {
      if (way !== "back") network.change([CLIENT], [MEMBER], change);
      if (way !== "there") network.change([MEMBER], [CLIENT], change);
    },
  };
}

async function joined(w: World): Promise<{ readonly client: End; readonly member: End }> {
  const { client, member } = w.dial();
  return { client, member: await member };
}

test("frames pass in both directions, whole, in order, however they were cut", async (t) => {
  const { client, member } = await joined(await world(t));
  const bytes = Buffer.concat(["hello", "one", "x".repeat(100_000), "last"].map(frame));
  client.socket.write(bytes.subarray(0, 6));
  client.socket.write(bytes.subarray(6, 70_000));
  client.socket.write(bytes.subarray(70_000));
  member.send("welcome", "two");
  t.deepEqual(await member.received(4), ["hello", "one", "x".repeat(100_000), "last"]);
  t.deepEqual(await client.received(2), ["welcome", "two"]);
});

test("the end of a connection passes, after everything that was sent before", async (t) => {
  const w = await world(t);
  const { client, member } = await joined(w);
  w.change({ delayMsMax: 20 });
  client.send("hello", "bye");
  client.socket.end();
  await once(member.socket, "end");
  t.deepEqual(member.texts, ["hello", "bye"]);
});

test("a cut breaks what stands and lets nothing through until it heals", async (t) => {
  const w = await world(t);
  const { client, member } = await joined(w);
  client.send("hello");
  await member.received(1);
  w.change({ path: "cut" });
  await Promise.all([client.closed, member.closed]);

  let reached = false;
  const refused = w.dial();
  refused.member.then(() => {
    reached = true;
  });
  refused.client.send("hello");
  await refused.client.closed;
  t.false(reached);

  w.network.heal();
  const again = w.dial();
  again.client.send("hello again");
  const end = await again.member;
  t.deepEqual(await end.received(1), ["hello again"]);
});

for (const [swallowed, open] of [
  ["there", "back"],
  ["back", "there"],
] as const) {
  test(`a way ${swallowed} that swallows leaves the connection and the way ${open} alone`, async (t) => {
    const w = await world(t);
    const { client, member } = await joined(w);
    const [deaf, heard] = swallowed === "there" ? [member, client] : [client, member];
    client.send("hello");
    member.send("welcome");
    await Promise.all([client.received(1), member.received(1)]);
    w.change({ path: "swallow" }, swallowed);
    heard.send("lost", "lost too");
    deaf.send("arrives");
    t.is((await heard.received(2))[1], "arrives");
    t.is(deaf.texts.length, 1);
    w.network.heal();
    heard.send("found");
    t.is((await deaf.received(2))[1], "found");
    t.false(client.socket.destroyed || member.socket.destroyed);
  });
}

test("what ends on a way that swallows is learned only when it heals", async (t) => {
  const w = await world(t);
  const { client, member } = await joined(w);
  member.send("welcome");
  await client.received(1);
  w.change({ path: "swallow" }, "back");
  member.socket.end();
  await once(member.socket, "finish");
  // What goes to and fro takes longer than the end would.
  for (const [at, text] of ["hello", "still there?"].entries()) {
    client.send(text);
    await member.received(at + 1);
  }
  t.false(client.socket.readableEnded);
  w.network.heal();
  await client.closed;
  t.deepEqual(client.texts, ["welcome"]);
});

test("a connection whose greeting was swallowed ends when it heals", async (t) => {
  const w = await world(t);
  w.change({ path: "swallow" }, "there");
  const { client, member } = await joined(w);
  client.send("hello");
  member.send("welcome");
  await client.received(1);
  w.network.heal();
  await Promise.all([client.closed, member.closed]);
  t.deepEqual(member.texts, []);
});

test("delays keep the order", async (t) => {
  const w = await world(t);
  w.change({ delayMsMax: 10 });
  const { client, member } = await joined(w);
  const texts = Array.from({ length: 20 }, (_, at) => `${at}`);
  for (const text of texts) {
    client.send(text);
    // A turn each, so that they travel as chunks of their own.
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  t.deepEqual(await member.received(texts.length), texts);
});

test("lost frames leave no trace in the stream, and greetings are never lost", async (t) => {
  const w = await world(t);
  w.change({ lossPercent: 50 }, "there");
  const { client, member } = await joined(w);
  const texts = Array.from({ length: 200 }, (_, at) => `${at}`);
  client.send("hello", ...texts);
  await member.received(1);
  w.change({ lossPercent: 0 }, "there");
  client.send("last");
  while (member.texts.at(-1) !== "last") await member.received(member.texts.length + 1);
  const arrived = member.texts.slice(1, -1);
  t.is(member.texts[0], "hello");
  t.deepEqual(
    arrived,
    texts.filter((text) => arrived.includes(text)),
  );
  t.true(arrived.length > 50 && arrived.length < 150, `${arrived.length} of 200 arrived`);
});

test("a loss that resets takes the connection with it", async (t) => {
  const w = await world(t);
  w.change({ lossPercent: 100, onLoss: "reset" }, "there");
  const { client, member } = await joined(w);
  client.send("hello");
  t.deepEqual(await member.received(1), ["hello"]);
  client.send("lost");
  await Promise.all([client.closed, member.closed]);
  t.deepEqual(member.texts, ["hello"]);
});

test("of members that share an address, the greeting tells which way it is", async (t) => {
  const w = await world(t, { from: null });
  w.network.between(["n2"], [MEMBER], { path: "cut" });
  const greeting = (memberId: string): Uint8Array =>
    encodeHello({
      protocolVersion: PROTOCOL_VERSION,
      role: "peer",
      clusterId: Buffer.from("cluster!"),
      memberId,
      clientAddress: "",
      targetMemberId: MEMBER,
      version: "",
    });
  const refused = w.dial();
  refused.client.socket.write(greeting("n2"));
  await refused.client.closed;
  const { client } = w.dial();
  client.socket.write(greeting("n3"));
  client.send("and more");
  // The first that reaches the member: n2 never did.
  const member = await refused.member;
  t.is((await member.received(2))[1], "and more");
});
