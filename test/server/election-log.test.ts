import test from "ava";
import { command, get, open, operate } from "./requests.js";
import { ELECTION_TIMEOUT_MS, VirtualCluster } from "./virtual-cluster.js";

/** How often each event was logged, with its fields. */
function counted(lines: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of lines) counts[line] = (counts[line] ?? 0) + 1;
  return counts;
}

test("an election is told once by each member that takes part", async (t) => {
  const cluster = await VirtualCluster.started();
  const leader = await cluster.awaitLeader();
  await cluster.run(10 * ELECTION_TIMEOUT_MS);
  const term = cluster.replica(leader).status().term;
  const election = JSON.stringify({ term, reason: "timeout" });
  t.deepEqual(counted(cluster.logged), {
    [`info asking for pre-votes ${election}`]: 1,
    [`info standing for election ${election}`]: 1,
    [`info became leader ${election}`]: 1,
    [`info following ${JSON.stringify({ term, leader })}`]: 2,
  });
});

test("a leader that is cut off says why it leads no more, and that it asks, once for however long", async (t) => {
  const cluster = await VirtualCluster.started();
  const leader = await cluster.awaitLeader();
  const { term } = cluster.replica(leader).status();
  cluster.cut(leader);
  await cluster.run(20 * ELECTION_TIMEOUT_MS);
  const lines = counted(cluster.logged);
  t.is(lines[`warn no longer leader ${JSON.stringify({ term, leader: null, reason: "quorum-lost" })}`], 1);
  const asking = JSON.stringify({ term: term + 1, reason: "timeout" });
  const askers = lines[`info asking for pre-votes ${asking}`] ?? 0;
  // The one that is cut off, and one or both of the others.
  t.true(askers === 2 || askers === 3, `${askers} ask`);
  cluster.heal();
  cluster.logged.length = 0;
  const next = await cluster.awaitLeader();
  await cluster.run(ELECTION_TIMEOUT_MS);
  const healed = JSON.stringify({ term: cluster.replica(next).status().term, leader: next });
  t.deepEqual(counted(cluster.logged), { [`info following ${healed}`]: 1 });
});

test("a candidate that another one outruns says that it lost", async (t) => {
  const cluster = await VirtualCluster.started();
  const leader = await cluster.awaitLeader();
  const [first, second] = cluster.ids.filter((id) => id !== leader);
  if (first === undefined || second === undefined) return t.fail("there are three members");
  // Whoever stands is cut off before a vote reaches it.
  cluster.crash(leader);
  const stands = (id: string) => cluster.replica(id).status().role === "candidate";
  t.true(await cluster.runUntil(() => stands(first) || stands(second)));
  const candidate = stands(first) ? first : second;
  const { term } = cluster.replica(candidate).status();
  cluster.cut(first, second);
  await cluster.run(2 * ELECTION_TIMEOUT_MS);
  t.is(counted(cluster.logged)[`info election lost ${JSON.stringify({ term, leader: null })}`], 1);
});

test("elections and refusals are counted", async (t) => {
  const cluster = await VirtualCluster.started();
  const leader = await cluster.awaitLeader();
  const follower = cluster.ids.find((id) => id !== leader) as string;
  await cluster.request(follower, open());
  const opened = await cluster.request(leader, open("client-2"));
  if (opened.kind !== "result") return t.fail("a session is opened");
  const session = { clientId: "client-2", session: opened.result.index, sequence: 1 };
  await cluster.request(leader, operate({ kind: "put", key: "", value: "v" }, session));
  const value = "v".repeat(2 * 1024 * 1024);
  await cluster.request(leader, operate({ kind: "put", key: "k", value }, session));
  await cluster.request(leader, get("k"));
  await cluster.request(leader, command({ kind: "clock", timeMs: 1 }));
  const { counts } = cluster.replica(leader).stats();
  t.like(counts, { electionsStood: 1, electionsWon: 1, reads: 1 });
  t.like(counts.refusals, { "not-leader": 0, invalid: 2, "too-large": 1 });
  const others = cluster.replica(follower).stats().counts;
  t.like(others, { electionsStood: 0, electionsWon: 0 });
  t.is(others.refusals["not-leader"], 1);
});
