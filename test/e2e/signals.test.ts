import test from "ava";
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

test("PITFALLS 36: without a majority a put is status 75 while its leader may yet commit it, and 69 when nobody leads", async (t) => {
  const cluster = await Cluster.start(t, { flags: SLOW_ELECTIONS });
  const leader = await cluster.leader();
  const followers = await cluster.followers();
  const put = (timeout: string) => kvraft(["-e", leader.client, "--timeout", timeout, "put", "k", "v"]);
  await Promise.all(followers.map((member) => member.end("SIGKILL")));
  const unknown = await put("1500ms");
  t.is(unknown.status, 75, unknown.stderr);
  t.regex(unknown.stderr, /^kvraft: put "k": .*\nkvraft: The outcome is unknown\. Try: kvraft status\n$/);
  await cluster.untilNobodyLeads();
  const refused = await put("500ms");
  t.is(refused.status, 69, refused.stderr);
  t.regex(refused.stderr, /\nkvraft: Nothing was done\. Try: kvraft status\n$/);
});

test("a daemon that is told so ends with its parent", async (t) => {
  const cluster = await Cluster.start(t, { members: 1 });
  const [member] = cluster.members;
  t.is(await member?.abandon(), 0);
});
