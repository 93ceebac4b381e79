import { readFile, writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer } from "node:net";
import { join } from "node:path";
import test from "ava";
import { Cluster, Daemon } from "./cluster.js";
import { eventually, freePorts, kvraft, kvraftd, temporaryDirectory } from "./processes.js";
import { ToolSuite } from "./tool-suite.js";

const suite = new ToolSuite();
const tool = suite.run.bind(suite);
let cluster: Cluster;

test.before(async () => {
  cluster = await suite.begin({ members: 1 });
});

test.after.always(() => suite.end());

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
  ["a playground where no directory can be", ["playground", "--data-dir", "/dev/null/x"], 74, undefined],
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

test("the data directory of another cluster is refused with status 78", async (t) => {
  const own = await Cluster.start(t, { members: 1 });
  const [member] = own.members;
  await member?.end("SIGTERM");
  const flags = (await flagsFor(member?.dataDir ?? "")).set("--cluster", "n1=127.0.0.1:1,n2=127.0.0.1:2");
  const finished = await kvraftd([...flags].flat());
  t.is(finished.status, 78, finished.stderr);
  t.regex(finished.stderr, /data of another cluster, of n1=/);
  t.is(finished.stdout.length, 0);
});

test("PITFALLS 42: damage in the log is refused with status 74, naming file and offset, and is left as it is", async (t) => {
  const own = await Cluster.start(t, { members: 1 });
  const clerk = own.clerk(t);
  await clerk.put("k", "needle in the log");
  await clerk.put("k", "and more after it");
  const [member] = own.members;
  await member?.end("SIGTERM");
  const path = join(member?.dataDir ?? "", "log", "0000000000000001.wal");
  const bytes = await readFile(path);
  const at = bytes.indexOf("needle in the log");
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  await writeFile(path, bytes);
  const finished = await kvraftd(member?.flags ?? []);
  t.is(finished.status, 74, finished.stderr);
  t.regex(finished.stderr, /^kvraftd: .*0000000000000001\.wal, offset \d+: /);
  t.is(finished.stdout.length, 0);
  t.true(bytes.equals(await readFile(path)), "the file is as it was");
});

test("a member of another cluster is kept out", async (t) => {
  const own = await Cluster.start(t);
  const [first, second, third] = own.members;
  await third?.end("SIGKILL");
  // Its list of members is another one, and so is therefore its cluster.
  const stranger = new Daemon(
    { id: "n3", client: third?.client ?? "", peer: third?.peer ?? "" },
    join(await temporaryDirectory(t), "stranger"),
    ["--cluster", `n1=${first?.peer},n3=${third?.peer}`],
  );
  t.teardown(() => stranger.end("SIGKILL"));
  await stranger.start();
  await eventually("it is refused", async () =>
    /belongs to another cluster/.test(stranger.log) ? true : null,
  );
  // A Clerk belongs to the cluster of whoever greets it first: it is not given the stranger's address.
  const endpoints = [first?.client ?? "", second?.client ?? ""];
  await t.notThrowsAsync(own.clerk(t, { endpoints }).put("still", "works"));
  t.not((await own.report(stranger)).role, "leader");
});

test("PITFALLS 52: a rejected promise that nobody handles ends the daemon with status 70", async (t) => {
  const flags = await flagsFor(join(await temporaryDirectory(t), "data"));
  const fault = "process.once('SIGUSR2', () => Promise.reject(new Error('nobody cares')))";
  const finished = await kvraftd([...flags].flat(), {
    environment: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(fault)}` },
    during: (child) => child.stdout?.once("data", () => child.kill("SIGUSR2")),
  });
  t.is(finished.status, 70, finished.stderr);
  t.regex(finished.stderr, /"level":"fatal".*nobody cares/);
  t.regex(finished.stderr, /this is a bug in kvraft/);
});

test("with port 0 it listens on free ports and says which, and so it does again on the same data", async (t) => {
  const directory = join(await temporaryDirectory(t), "data");
  const flags = ["--data-dir", directory, "--listen-client", "127.0.0.1:0", "--listen-peer", "127.0.0.1:0"];
  for (const life of [1, 2]) {
    const finished = await kvraftd(flags, {
      during: (child) => child.stdout?.once("data", () => child.kill("SIGTERM")),
    });
    t.is(finished.status, 0, finished.stderr);
    const line = finished.stdout.toString();
    t.regex(
      line,
      /^kvraftd n1 ready client=127\.0\.0\.1:[1-9]\d* peer=127\.0\.0\.1:[1-9]\d*\n$/,
      `life ${life}`,
    );
  }
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
