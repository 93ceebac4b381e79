import { type AddressInfo, connect, createServer } from "node:net";
import { join } from "node:path";
import test from "ava";
import { Cluster } from "./cluster.js";
import {
  type Finished,
  freePorts,
  kvraft,
  kvraftd,
  type RunOptions,
  temporaryDirectory,
} from "./processes.js";
import { Suite } from "./suite.js";

const suite = new Suite();
let cluster: Cluster;

test.before(async () => {
  cluster = await Cluster.start(suite, { members: 1 });
  await cluster.leader();
});

test.after.always(() => suite.end());

function tool(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const environment = { KVRAFT_ENDPOINTS: cluster.endpoints.join(",") };
  return kvraft(args, { environment, ...options });
}

const MIB = 2 ** 20;

for (const [title, args, status, input] of [
  ["an empty key", ["put", "", "v"], 65, undefined],
  ["an empty key to get", ["get", ""], 65, undefined],
  ["a key over 4 KiB", ["put", "k".repeat(4097), "v"], 65, undefined],
  ["a value over what the members take", ["put", "k", "-"], 65, 2 * MIB],
  ["a value over 16 MiB", ["put", "k", "-"], 65, 16 * MIB + 1],
  ["an unknown flag", ["get", "k", "--linearizible"], 64, undefined],
  ["an unknown command", ["fetch", "k"], 64, undefined],
  ["a missing argument", ["put"], 64, undefined],
  ["a malformed endpoint", ["-e", "127.0.0.1", "get", "k"], 64, undefined],
  ["a malformed duration", ["--timeout", "soon", "get", "k"], 64, undefined],
  ["a file that is not there", ["put", "k", "@/nonexistent/file"], 74, undefined],
  [
    "an endpoint where nobody listens",
    ["-e", "127.0.0.1:1", "--timeout", "300ms", "get", "k"],
    69,
    undefined,
  ],
  ["status where nobody listens", ["-e", "127.0.0.1:1", "--timeout", "300ms", "status"], 69, undefined],
] as const) {
  test(`status ${status}: ${title}`, async (t) => {
    const finished = await tool(args, input === undefined ? {} : { input: Buffer.alloc(input) });
    t.is(finished.status, status, finished.stderr);
    t.regex(finished.stderr, /^kvraft: /);
    t.true(finished.stderr.trimEnd().split("\n").length <= 2, finished.stderr);
    t.notRegex(finished.stderr, /^\s+at /m);
  });
}

test("status 74: stdout that cannot be written", async (t) => {
  t.is((await tool(["put", "full", "x"])).status, 0);
  const finished = await kvraft(["get", "full"], {
    environment: { KVRAFT_ENDPOINTS: cluster.endpoints.join(",") },
    stdout: "/dev/full",
  });
  t.is(finished.status, 74, finished.stderr);
});

test("status 130: Ctrl-C during a write says that its outcome is unknown", async (t) => {
  // Whoever listens here takes the connection and never says a word.
  const silent = createServer();
  await new Promise<void>((resolve) => void silent.listen({ host: "127.0.0.1", port: 0 }, resolve));
  t.teardown(() => void silent.close());
  const { port } = silent.address() as AddressInfo;
  const { status, stderr } = await tool(["-e", `127.0.0.1:${port}`, "put", "k", "v"], {
    during: (child) => void silent.once("connection", () => child.kill("SIGINT")),
  });
  t.is(status, 130);
  t.regex(stderr, /^kvraft: interrupted: the outcome of put "k" is unknown/);
});

for (const [title, flags, status, message] of [
  ["an unknown flag", ["--idd", "n1"], 64, /unknown option '--idd'/],
  ["a heartbeat as long as the election timeout", ["--heartbeat", "1s"], 64, /must be shorter/],
  ["a cluster without this member", ["--cluster", "n2=h:1,n3=h:2"], 64, /this member is n1/],
  ["a configuration file that is not there", ["--config", "/nonexistent.toml"], 78, /nonexistent\.toml/],
] as const) {
  test(`kvraftd, status ${status}: ${title}`, async (t) => {
    const finished = await kvraftd(flags);
    t.is(finished.status, status, finished.stderr);
    t.is(finished.stdout.length, 0);
    t.regex(finished.stderr, message);
    t.regex(finished.stderr, /^kvraftd: /);
  });
}

/** Flags of a daemon of its own, in `directory`. */
async function flagsFor(directory: string): Promise<Map<string, string>> {
  const [client, peer] = await freePorts(2);
  return new Map([
    ["--data-dir", directory],
    ["--listen-client", `127.0.0.1:${client}`],
    ["--listen-peer", `127.0.0.1:${peer}`],
  ]);
}

test("kvraftd, status 69: a port that is taken", async (t) => {
  const flags = await flagsFor(join(await temporaryDirectory(t), "data"));
  for (const port of ["--listen-client", "--listen-peer"]) {
    const taken = new Map(flags).set(port, cluster.endpoints[0] ?? "");
    const finished = await kvraftd([...taken].flat());
    t.is(finished.status, 69, finished.stderr);
    t.regex(finished.stderr, /another process listens there already/);
    t.is(finished.stdout.length, 0);
  }
});

test("PITFALLS 46: a second daemon on one data directory is refused with status 78", async (t) => {
  const directory = cluster.members[0]?.dataDir ?? "";
  const finished = await kvraftd([...(await flagsFor(directory))].flat());
  t.is(finished.status, 78, finished.stderr);
  t.regex(finished.stderr, /is used by process \d+/);
});

test("the data directory of another member is refused with status 78", async (t) => {
  const own = await Cluster.start(t, { members: 1 });
  const [member] = own.members;
  await member?.end("SIGTERM");
  const flags = (await flagsFor(member?.dataDir ?? "")).set("--id", "n2");
  const finished = await kvraftd([...flags].flat());
  t.is(finished.status, 78, finished.stderr);
  t.regex(finished.stderr, /the data of member n1, not of n2/);
});

test("garbage on both ports ends its connection and nothing else", async (t) => {
  const [member] = cluster.members;
  const pieces = [
    Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
    Buffer.from([0xff, 0xff, 0xff, 0xff]),
    Buffer.from([0, 0, 0, 0]),
    Buffer.from([0, 0, 0, 5, 0xff, 0xff, 0xff, 0xff, 0xff]),
    Buffer.alloc(100_000, 0x5a),
  ];
  for (const address of [member?.client ?? "", member?.peer ?? ""]) {
    for (const piece of pieces) await t.notThrowsAsync(sendUntilClosed(address, piece));
  }
  t.is((await tool(["put", "after", "garbage"])).status, 0);
  t.is((await tool(["get", "after"])).stdout.toString(), "garbage");
  t.true(member?.running);
});

/** Resolves when the other side has ended the connection. */
function sendUntilClosed(address: string, bytes: Uint8Array): Promise<void> {
  const [host = "", port = ""] = address.split(":");
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) });
    socket.on("error", () => {}); // A reset is as good an end as any.
    socket.on("close", () => resolve());
    socket.resume();
    socket.write(bytes);
  });
}
