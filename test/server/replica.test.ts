import test from "ava";
import type { ClientReply } from "../../src/wire/client-message.js";
import { command, get, open, operate, scan } from "./requests.js";
import { ELECTION_TIMEOUT_MS, VirtualCluster } from "./virtual-cluster.js";

const put = (key: string, value: string) => ({ kind: "put", key, value }) as const;
const append = (key: string, value: string) => ({ kind: "append", key, value }) as const;

function index(reply: ClientReply): number {
  if (reply.kind !== "result" || reply.result.status !== "done")
    throw new Error(`not done: ${JSON.stringify(reply)}`);
  return reply.result.index;
}

const error = (reply: ClientReply | undefined) => (reply?.kind === "error" ? reply.code : reply?.kind);
const value = (reply: ClientReply) => (reply.kind === "get" ? reply.value : reply.kind);

/** A started cluster with a leader and an open session. */
async function ready(options: ConstructorParameters<typeof VirtualCluster>[0] = {}) {
  const cluster = await VirtualCluster.started(options);
  const leader = await cluster.awaitLeader();
  const session = index(await cluster.request(leader, open()));
  const followers = cluster.ids.filter((id) => id !== leader);
  return { cluster, leader, session, followers, follower: followers[0] as string };
}

test("a put is applied everywhere and answered once", async (t) => {
  const { cluster, leader, session } = await ready();
  const replies = cluster.ask(leader, operate(put("k", "v"), { session, sequence: 1 }));
  await cluster.run(ELECTION_TIMEOUT_MS);
  t.is(replies.length, 1);
  t.is(replies[0]?.kind, "result");
  const applied = cluster.ids.map((id) => cluster.replica(id).status().appliedIndex);
  t.is(new Set(applied).size, 1);
});

test("a put is committed without waiting for a heartbeat", async (t) => {
  const { cluster, leader, session } = await ready();
  const before = cluster.nowMs;
  await cluster.request(leader, operate(put("k", "v"), { session, sequence: 1 }));
  t.true(cluster.nowMs - before <= 5, `took ${cluster.nowMs - before} ms`);
});

test("linearizable reads are served by the leader and by followers", async (t) => {
  const { cluster, leader, session, followers } = await ready();
  await cluster.request(leader, operate(put("k", "v"), { session, sequence: 1 }));
  for (const id of [leader, ...followers]) {
    t.is(value(await cluster.request(id, get("k"))), "v");
    t.is(value(await cluster.request(id, get("absent"))), null);
    const page = await cluster.request(id, scan(""));
    t.deepEqual(page.kind === "scan" ? page.pairs : page, [{ key: "k", value: "v" }]);
  }
});

test("a follower refuses a command and names the leader", async (t) => {
  const { cluster, leader, session, follower } = await ready();
  const reply = await cluster.request(follower, operate(put("k", "v"), { session, sequence: 1 }));
  t.like(reply, { kind: "error", code: "not-leader", leaderId: leader, leaderAddress: `${leader}:1` });
});

test("PITFALLS 38: a repeated command has one effect and an equal reply", async (t) => {
  const { cluster, leader, session } = await ready();
  const request = operate(append("k", "x"), { session, sequence: 1 });
  const [first, second] = [cluster.ask(leader, request), cluster.ask(leader, request)];
  await cluster.run(ELECTION_TIMEOUT_MS);
  t.deepEqual(index(first[0] as ClientReply), index(second[0] as ClientReply));
  t.is(value(await cluster.request(leader, get("k"))), "x");
});

test("PITFALLS 8, 40: a leader cut off releases its callers within two election timeouts, outcome unknown", async (t) => {
  const { cluster, leader, session } = await ready();
  cluster.cut(leader);
  const replies = cluster.ask(leader, operate(put("k", "v"), { session, sequence: 1 }));
  await cluster.run(2 * ELECTION_TIMEOUT_MS);
  t.is(error(replies[0]), "outcome-unknown");
  t.not(cluster.replica(leader).status().role, "leader");
});

test("PITFALLS 31: a read on a leader cut off is never answered with a value", async (t) => {
  const { cluster, leader, session } = await ready();
  await cluster.request(leader, operate(put("k", "old"), { session, sequence: 1 }));
  cluster.cut(leader);
  const replies = cluster.ask(leader, get("k"));
  await cluster.run(10 * ELECTION_TIMEOUT_MS);
  t.is(replies.length, 1);
  t.is(replies[0]?.kind, "error");
});

test("PITFALLS 39: whose entry was overwritten is not told another's result", async (t) => {
  const { cluster, leader, session, followers } = await ready();
  // The old leader's own entry lies at the same index as the new leader's no-op.
  cluster.cut(leader);
  const lost = cluster.ask(leader, operate(put("k", "lost"), { session, sequence: 1 }));
  await cluster.runUntil(() => followers.some((id) => cluster.replica(id).status().role === "leader"));
  cluster.heal();
  const next = await cluster.awaitLeader();
  t.not(next, leader);
  await cluster.request(next, operate(put("k", "won"), { session, sequence: 1 }));
  await cluster.run(2 * ELECTION_TIMEOUT_MS);
  t.is(lost.length, 1);
  t.is(lost[0]?.kind, "error");
  t.is(value(await cluster.request(leader, get("k"))), "won");
});

test("a command without a quorum is answered within the server's limit of 5 s", async (t) => {
  const { cluster, leader, session, followers } = await ready();
  // A leader that hears heartbeats answered but whose disk stands still commits nothing with the others' disks slow too.
  for (const id of cluster.ids) cluster.disk(id).persistMs = 60_000;
  const start = cluster.nowMs;
  const reply = await cluster.request(leader, operate(put("k", "v"), { session, sequence: 1 }));
  t.is(error(reply), "outcome-unknown");
  t.true(cluster.nowMs - start <= 5100, `took ${cluster.nowMs - start} ms`);
  t.is(followers.length, 2);
});

test("commits go on with the followers while the leader's own disk is slow", async (t) => {
  const { cluster, leader, session } = await ready();
  cluster.disk(leader).persistMs = 400;
  const start = cluster.nowMs;
  await cluster.request(leader, operate(put("k", "v"), { session, sequence: 1 }));
  t.true(cluster.nowMs - start < 50, `took ${cluster.nowMs - start} ms`);
});

test("PITFALLS 14: a cluster of one acknowledges only after its own write is durable", async (t) => {
  const { cluster, leader, session } = await ready({ members: 1 });
  cluster.disk(leader).persistMs = 300;
  const start = cluster.nowMs;
  await cluster.request(leader, operate(put("k", "v"), { session, sequence: 1 }));
  t.true(cluster.nowMs - start >= 300, `took ${cluster.nowMs - start} ms`);
});

test("everything acknowledged is there after all members crash and start again", async (t) => {
  const { cluster, leader, session } = await ready();
  for (let sequence = 1; sequence <= 20; sequence++) {
    await cluster.request(leader, operate(append("k", `${sequence},`), { session, sequence }));
  }
  for (const id of cluster.ids) cluster.crash(id);
  for (const id of cluster.ids) await cluster.start(id);
  const next = await cluster.awaitLeader();
  const expected = Array.from({ length: 20 }, (_, i) => `${i + 1},`).join("");
  t.is(value(await cluster.request(next, get("k"))), expected);
  // The session went through the crash as well: the last command is known.
  await cluster.request(next, operate(append("k", "20,"), { session, sequence: 20 }));
  t.is(value(await cluster.request(next, get("k"))), expected);
});

test("PITFALLS 26: a snapshot is taken at 80 % of the limit, and the log stays short", async (t) => {
  const { cluster, leader, session } = await ready({ snapshotLogBytes: 4000 });
  let largest = 0;
  for (let sequence = 1; sequence <= 200; sequence++) {
    await cluster.request(leader, operate(put("k", "x".repeat(50)), { session, sequence }));
    largest = Math.max(largest, cluster.replica(leader).status().logBytes);
  }
  t.true(largest > 3000 && largest <= 3200 + 100, `${largest} bytes`);
  for (const id of cluster.ids) {
    t.true(cluster.replica(id).status().snapshotIndex > 0, id);
    t.true(cluster.disk(id).entries.length < 60, id);
  }
});

test("PITFALLS 24: a member that lags behind the log's start catches up by snapshot, sessions and all", async (t) => {
  const { cluster, leader, session, follower } = await ready({ snapshotLogBytes: 4000 });
  cluster.crash(follower);
  for (let sequence = 1; sequence <= 200; sequence++) {
    await cluster.request(leader, operate(append("k", `${sequence},`), { session, sequence }));
  }
  await cluster.start(follower);
  await cluster.run(2 * ELECTION_TIMEOUT_MS);
  t.is(cluster.replica(follower).status().appliedIndex, cluster.replica(leader).status().appliedIndex);
  t.true(cluster.logged.some((line) => line.includes("snapshot installed")));
  // It leads alone with one other member now: what it answers comes from the snapshot.
  cluster.crash(leader);
  const next = await cluster.awaitLeader();
  await cluster.request(next, operate(append("k", "200,"), { session, sequence: 200 }));
  const expected = Array.from({ length: 200 }, (_, i) => `${i + 1},`).join("");
  t.is(value(await cluster.request(follower, get("k"))), expected);
});

test("PITFALLS 22: a snapshot's transfer begins again when the leader changes in the middle of it", async (t) => {
  const { cluster, leader, session, follower } = await ready({ snapshotLogBytes: 4000, seed: 7 });
  cluster.crash(follower);
  for (let sequence = 1; sequence <= 30; sequence++) {
    await cluster.request(leader, operate(put(`k${sequence}`, "x".repeat(200_000)), { session, sequence }));
  }
  await cluster.start(follower);
  // Six megabytes travel in a dozen chunks: a few milliseconds in, some have arrived and some have not.
  await cluster.run(8);
  cluster.crash(leader);
  const recovered = await cluster.runUntil(
    () => cluster.leader() !== undefined && cluster.replica(follower).status().snapshotIndex > 0,
  );
  t.true(recovered);
  const reply = await cluster.request(follower, get("k30"));
  t.is(value(reply)?.length, 200_000);
});

test("a restarted member boots from its snapshot and the log after it", async (t) => {
  const { cluster, leader, session, follower } = await ready({ snapshotLogBytes: 4000 });
  for (let sequence = 1; sequence <= 90; sequence++) {
    await cluster.request(leader, operate(append("k", `${sequence},`), { session, sequence }));
  }
  await cluster.run(1000);
  cluster.crash(follower);
  t.not(cluster.disk(follower).snapshot, null);
  await cluster.start(follower);
  await cluster.run(ELECTION_TIMEOUT_MS);
  const expected = Array.from({ length: 90 }, (_, i) => `${i + 1},`).join("");
  t.is(value(await cluster.request(follower, get("k"))), expected);
});

test("stopping hands leadership on, answers everybody, and sends what comes meanwhile to the new leader", async (t) => {
  const { cluster, leader, session } = await ready();
  const before = cluster.ask(leader, operate(put("k", "v"), { session, sequence: 1 }));
  let stopped = false;
  const start = cluster.nowMs;
  cluster.replica(leader).stop(() => {
    stopped = true;
  });
  const after = cluster.ask(leader, operate(put("k", "w"), { session, sequence: 2 }));
  t.true(await cluster.runUntil(() => stopped));
  t.is(before[0]?.kind, "result");
  t.is(error(after[0]), "not-leader");
  const [sentOn] = after;
  t.is(sentOn?.kind === "error" ? sentOn.leaderId : "", await cluster.awaitLeader());
  t.true(cluster.nowMs - start < ELECTION_TIMEOUT_MS / 2, `took ${cluster.nowMs - start} ms`);
  cluster.crash(leader);
  t.not(await cluster.awaitLeader(), leader);
});

test("stopping without anybody to take over is bounded", async (t) => {
  const { cluster, leader, followers, session } = await ready();
  for (const id of followers) cluster.crash(id);
  const replies = cluster.ask(leader, operate(put("k", "v"), { session, sequence: 1 }));
  let stopped = false;
  cluster.replica(leader).stop(() => {
    stopped = true;
  });
  t.true(await cluster.runUntil(() => stopped, 3 * ELECTION_TIMEOUT_MS));
  t.is(error(replies[0]), "outcome-unknown");
});

test("PITFALLS 34: idle sessions expire by the logged clock, the active one stays", async (t) => {
  const { cluster, leader, session } = await ready();
  const idle = index(await cluster.request(leader, open("client-2")));
  await cluster.request(leader, operate(put("a", "1"), { session: idle, sequence: 1, clientId: "client-2" }));
  for (let sequence = 1; sequence <= 5; sequence++) {
    cluster.wallOffsetMs += 1_000_000;
    const reply = await cluster.request(leader, operate(put("b", "1"), { session, sequence }));
    t.is(reply.kind === "result" && reply.result.status, "done");
  }
  const next = await cluster.awaitLeader();
  const reply = await cluster.request(
    next,
    operate(put("a", "2"), { session: idle, sequence: 2, clientId: "client-2" }),
  );
  t.is(reply.kind === "result" && reply.result.status, "session-expired");
  t.is(value(await cluster.request(next, get("a"))), "1");
});

test("a client's clock command is refused", async (t) => {
  const { cluster, leader } = await ready();
  t.is(error(await cluster.request(leader, command({ kind: "clock", timeMs: 1 }))), "invalid");
});

test("status tells who leads and where everybody is", async (t) => {
  const { cluster, leader, follower } = await ready();
  const status = cluster.replica(follower).status();
  t.is(status.leader, leader);
  t.is(status.role, "follower");
  t.deepEqual(
    status.members.map(({ id, client, peer }) => [id, client, peer]),
    cluster.ids.map((id) => [id, `${id}:1`, `${id}:2`]),
  );
});
