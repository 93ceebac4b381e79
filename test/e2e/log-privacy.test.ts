/** Logs go to places where data must not: whatever happens, what users store does not show in them. */
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { parseAddress } from "../../src/base/address.js";
import { clientHello, encodeHello } from "../../src/wire/hello.js";
import { Cluster, type Daemon } from "./cluster.js";
import { MemberClient } from "./member-client.js";
import { eventually } from "./processes.js";

const FLAGS = ["--heartbeat", "50ms", "--election-timeout", "500ms", "--snapshot-log-bytes", "64KiB"];
const KEY = "Whose-Secret-Key-Is-This";
const VALUE = "A-Value-That-Nobody-Shall-See";
const MIB = 2 ** 20;

/** The forms in which `secret` might show: as it is, in hexadecimal, as base64 at each of its three phases, as a list of numbers. */
function forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].map((phase) =>
    // What depends on neither neighbour.
    Buffer.concat([Buffer.alloc(phase), bytes])
      .toString("base64")
      .slice(phase === 0 ? 0 : 4, -4),
  );
  return [secret, bytes.toString("hex"), ...base64, bytes.join(",")].map((form) => form.toLowerCase());
}

const FORMS = [KEY, VALUE].flatMap(forms);

function keepsSecrets(t: ExecutionContext, { id, log }: Daemon): void {
  for (const line of log.toLowerCase().split("\n"))
    for (const form of FORMS) t.false(line.includes(form), `${id}: ${line}`);
}

/** Sends `bytes` and waits until the member ends the connection. */
async function sendRaw(address: string, bytes: Uint8Array): Promise<void> {
  const parsed = parseAddress(address);
  if (parsed === null) throw new Error(`${address} is no address`);
  const socket = connect(parsed);
  const gone = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("error", () => {}); // Reset or closed, it is gone.
  socket.resume();
  await once(socket, "connect");
  socket.write(bytes);
  await gone;
}

function frame(body: Uint8Array): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(body.length);
  return Buffer.concat([header, body]);
}

async function misbehave(t: ExecutionContext, leader: Daemon): Promise<void> {
  const client = await MemberClient.connect(t, leader.client);
  await client.openSession();
  for (const operation of [
    { kind: "put", key: KEY.repeat(200), value: VALUE },
    { kind: "put", key: "", value: VALUE },
    { kind: "put", key: KEY, value: VALUE.repeat(MIB / VALUE.length) },
    // So much that its frame is not read.
    { kind: "put", key: KEY, value: VALUE.repeat((2 * MIB) / VALUE.length) },
  ] as const)
    await client.write(operation);
  const greeting = encodeHello(clientHello());
  const words = Buffer.from(`${KEY} ${VALUE}`);
  for (const address of [leader.client, leader.peer]) {
    await sendRaw(address, words);
    await sendRaw(address, frame(words));
    await sendRaw(address, Buffer.concat([greeting, frame(words)]));
  }
}

test("no key and no value reaches the log, at level debug, through service, refusals, garbage and crashes", async (t) => {
  const cluster = await Cluster.start(t, { flags: [...FLAGS, "--log-level", "debug"] });
  const clerk = cluster.clerk(t);
  const leader = await cluster.leader();
  for (let round = 0; round < 200; round++) await clerk.append(`${KEY}-${round}`, VALUE.repeat(30));
  await clerk.get(KEY);
  await clerk.getStale(KEY);
  for await (const _ of clerk.scan({ prefix: KEY })) break;
  await clerk.delete(`${KEY}-1`);
  await misbehave(t, leader);
  const putting = clerk.put(KEY, VALUE);
  await leader.end("SIGKILL");
  await putting;
  await leader.start();
  await clerk.put(KEY, VALUE);
  const all = () => cluster.members.map(({ log }) => log).join("");
  for (const event of [
    "snapshot taken",
    "client connection refused",
    "client connection closed",
    "peer connection refused",
    "peer link down",
    "following",
  ])
    await eventually(event, async () => (all().includes(`"msg":"${event}"`) ? true : null));
  for (const member of cluster.members) keepsSecrets(t, member);
});

test("no key and no value is named where the data on disk is damaged", async (t) => {
  const cluster = await Cluster.start(t, { members: 1, flags: FLAGS });
  const [member] = cluster.members;
  if (member === undefined) return t.fail("there is a member");
  const clerk = cluster.clerk(t);
  for (let round = 0; round < 10; round++) await clerk.put(`${KEY}-${round}`, VALUE.repeat(100));
  await member.end("SIGKILL");
  const directory = join(member.dataDir, "log");
  const segments = (await readdir(directory)).filter((name) => name.endsWith(".wal")).sort();
  const path = join(directory, segments[0] ?? "");
  const bytes = await readFile(path);
  // Inside of a record that others follow, so that it is no torn end.
  bytes.write("X", bytes.indexOf(VALUE) + 10);
  await writeFile(path, bytes);
  await t.throwsAsync(member.start(), { message: /offset \d+/ });
  keepsSecrets(t, member);
});
