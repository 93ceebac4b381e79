import { type AddressInfo, connect, createServer } from "node:net";
import test, { type ExecutionContext } from "ava";
import { Cluster } from "./cluster.js";
import { kvraft } from "./processes.js";

const ELECTION_TIMEOUT_MS = 3000;
/** No member stands for election by itself before its timeout: what happens sooner was handed on. */
const SLOW_ELECTIONS = ["--heartbeat", "100ms", "--election-timeout", `${ELECTION_TIMEOUT_MS}ms`];

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  test(`${signal} hands leadership on and ends with status 0, and no client notices`, async (t) => {
    const cluster = await Cluster.start(t, { flags: SLOW_ELECTIONS });
    const clerk = cluster.clerk(t);
    const leader = await cluster.leader();
    await clerk.put("k", "before");
    const startMs = performance.now();
    const ended = leader.end(signal);
    await clerk.put("k", "after");
    t.is(await ended, 0);
    await clerk.put("k", "later");
    const tookMs = performance.now() - startMs;
    t.true(
      tookMs < ELECTION_TIMEOUT_MS,
      `${tookMs} ms, and an election would have taken ${ELECTION_TIMEOUT_MS}`,
    );
    t.not(await cluster.leader(), leader);
    t.is(Buffer.from((await clerk.get("k")) ?? []).toString(), "later");
  });
}

test("a member without a majority ends with status 0 in time, too", async (t) => {
  const cluster = await Cluster.start(t);
  const [first, ...others] = cluster.members;
  await Promise.all(others.map((member) => member.end("SIGKILL")));
  const startMs = performance.now();
  t.is(await first?.end("SIGTERM"), 0);
  t.true(performance.now() - startMs < 10_000);
});

test("PITFALLS 36: a put that nobody could be given is status 69, with a leader that has lost its majority and with none", async (t) => {
  const cluster = await Cluster.start(t, { flags: SLOW_ELECTIONS });
  const leader = await cluster.leader();
  const put = () => kvraft(["-e", leader.client, "--timeout", "500ms", "put", "k", "v"]);
  await Promise.all((await cluster.followers()).map((member) => member.end("SIGKILL")));
  const withLeader = await put();
  await cluster.untilNobodyLeads();
  for (const { status, stderr } of [withLeader, await put()]) {
    t.is(status, 69, stderr);
    t.regex(stderr, /^kvraft: put "k": .*\nkvraft: Nothing was done\. Try: kvraft status\n$/);
  }
});

test("PITFALLS 36: a put whose answer never came is status 75", async (t) => {
  const cluster = await Cluster.start(t, { members: 1 });
  const member = await cluster.leader();
  t.teardown(() => member.signal("SIGCONT"));
  const endpoint = await proxy(t, {
    to: member.client,
    watchFor: "needle",
    seen: () => member.signal("SIGSTOP"),
  });
  const { status, stderr } = await kvraft(["-e", endpoint, "--timeout", "1500ms", "put", "needle", "v"]);
  t.is(status, 75, stderr);
  t.regex(stderr, /^kvraft: put "needle": .*\nkvraft: The outcome is unknown\. Try: kvraft status\n$/);
});

/** Listens in the place of a member, and tells when a client has sent `watchFor`. Resolves to its address. */
async function proxy(
  t: ExecutionContext,
  { to, watchFor, seen }: { readonly to: string; readonly watchFor: string; readonly seen: () => void },
): Promise<string> {
  const port = Number(to.split(":")[1]);
  const server = createServer((client) => {
    const member = connect({ host: "127.0.0.1", port });
    for (const socket of [client, member]) socket.on("error", () => {});
    client.on("data", (chunk: Buffer) => {
      if (chunk.includes(watchFor)) seen();
    });
    client.pipe(member);
    member.pipe(client);
    t.teardown(() => [client, member].map((socket) => socket.destroy()));
  });
  await new Promise<void>((resolve) => void server.listen({ host: "127.0.0.1", port: 0 }, resolve));
  t.teardown(() => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("a daemon that is told so ends with its parent", async (t) => {
  const cluster = await Cluster.start(t, { members: 1 });
  const [member] = cluster.members;
  t.is(await member?.abandon(), 0);
});
