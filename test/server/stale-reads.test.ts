/** Reads that a member answers at once from what it has applied, and what it says of their age. */
import test from "ava";
import type { ClientReply } from "../../src/wire/client-message.js";
import { get, open, operate, scan } from "./requests.js";
import { ELECTION_TIMEOUT_MS, HEARTBEAT_TICKS, TICK_MS, VirtualCluster } from "./virtual-cluster.js";

type Read = Extract<ClientReply, { readonly kind: "get" | "scan" }>;

/** What a member says that hears its leader, or a leader that hears the others: a heartbeat, a message and a tick. */
const FRESH_MS = (HEARTBEAT_TICKS + 2) * TICK_MS;

const put = (key: string, value: string) => ({ kind: "put", key, value }) as const;

/** Answered before the call returns: no event has come between. */
function readAtOnce(cluster: VirtualCluster, id: string, request = get("k", "stale")): Read {
  const [reply] = cluster.ask(id, request);
  if (reply?.kind !== "get" && reply?.kind !== "scan") throw new Error(`not read: ${JSON.stringify(reply)}`);
  return reply;
}

const value = (reply: Read) => (reply.kind === "get" ? reply.value : reply.pairs);

/** A started cluster with "k" = "v" applied everywhere. */
async function ready(options: ConstructorParameters<typeof VirtualCluster>[0] = {}) {
  const cluster = await VirtualCluster.started(options);
  const leader = await cluster.awaitLeader();
  const opened = await cluster.request(leader, open());
  const session = opened.kind === "result" ? opened.result.index : 0;
  const write = async (by: string, sequence: number, text: string) =>
    await cluster.request(by, operate(put("k", text), { session, sequence }));
  await write(leader, 1, "v");
  await cluster.run(ELECTION_TIMEOUT_MS);
  const followers = cluster.ids.filter((id) => id !== leader);
  return { cluster, leader, followers, follower: followers[0] as string, write };
}

test("every member answers at once from what it has applied, and says that it is hardly behind", async (t) => {
  const { cluster } = await ready();
  for (const id of cluster.ids) {
    const read = readAtOnce(cluster, id);
    t.is(value(read), "v");
    t.is(read.index, cluster.replica(id).status().appliedIndex);
    t.true(
      read.behindMs !== null && read.behindMs > 0 && read.behindMs <= FRESH_MS,
      `${id}: ${read.behindMs}`,
    );
    const page = readAtOnce(cluster, id, scan("", "stale"));
    t.deepEqual(value(page), [{ key: "k", value: "v" }]);
    t.deepEqual([page.index, page.behindMs], [read.index, read.behindMs]);
  }
});

test("a linearizable read says nothing of its age", async (t) => {
  const { cluster, follower } = await ready();
  for (const request of [get("k"), scan("")]) {
    const reply = await cluster.request(follower, request);
    t.like(reply, { behindMs: null });
  }
});

test("a follower that is cut off goes on to answer with what it had, and says for how long it has been behind", async (t) => {
  const { cluster, leader, follower, write } = await ready();
  const { index } = readAtOnce(cluster, follower);
  cluster.cut(follower);
  await write(leader, 2, "w");
  await cluster.run(3000);
  const read = readAtOnce(cluster, follower);
  t.is(value(read), "v");
  t.is(read.index, index);
  const { behindMs } = read;
  t.true(behindMs !== null && behindMs >= 3000 && behindMs <= 3000 + FRESH_MS, `${behindMs} ms`);
  t.is(value(readAtOnce(cluster, leader)), "w");

  cluster.heal();
  await cluster.run(3 * ELECTION_TIMEOUT_MS);
  const caughtUp = readAtOnce(cluster, follower);
  t.is(value(caughtUp), "w");
  t.true((caughtUp.behindMs ?? Infinity) <= FRESH_MS);
});

test("a leader that is cut off says since when it has heard no majority, also once it leads no more", async (t) => {
  const { cluster, leader } = await ready();
  cluster.cut(leader);
  await cluster.run(ELECTION_TIMEOUT_MS / 2);
  t.is(cluster.replica(leader).status().role, "leader");
  const early = readAtOnce(cluster, leader).behindMs ?? 0;
  t.true(early >= ELECTION_TIMEOUT_MS / 2 && early <= ELECTION_TIMEOUT_MS / 2 + FRESH_MS, `${early} ms`);
  await cluster.run(4 * ELECTION_TIMEOUT_MS);
  t.not(cluster.replica(leader).status().role, "leader");
  const late = readAtOnce(cluster, leader).behindMs ?? 0;
  t.is(late - early, 4 * ELECTION_TIMEOUT_MS);
});

test("a member that needs a snapshot says that it is behind for as long as it has not got it", async (t) => {
  const { cluster, leader, follower, write } = await ready({ snapshotLogBytes: 2000 });
  cluster.crash(follower);
  for (let sequence = 2; sequence < 60; sequence++) await write(leader, sequence, "w".repeat(200));
  await cluster.start(follower);
  const first = readAtOnce(cluster, follower);
  t.is(first.behindMs, null, "it has not heard from anybody since it started");
  let read = first;
  for (let steps = 0; steps < 1000 && read.behindMs === null; steps++) {
    await cluster.run(1);
    read = readAtOnce(cluster, follower);
  }
  const { index, behindMs } = read;
  t.true(index > first.index);
  t.is(index, cluster.replica(leader).status().appliedIndex, "when it calls itself fresh it lacks nothing");
  t.true((behindMs ?? Infinity) <= FRESH_MS);
});

test("a member alone after a restart answers with what is on its disk, and says that it cannot tell the age", async (t) => {
  const { cluster, leader, follower, write } = await ready();
  await write(leader, 2, "w");
  for (const id of cluster.ids) cluster.crash(id);
  await cluster.start(follower);
  await cluster.run(2 * ELECTION_TIMEOUT_MS);
  const read = readAtOnce(cluster, follower);
  t.is(value(read), "v", "by itself it does not know that what came last is committed");
  t.is(read.behindMs, null);
  await cluster.start(leader);
  await cluster.awaitLeader();
  await cluster.run(ELECTION_TIMEOUT_MS);
  t.true((readAtOnce(cluster, follower).behindMs ?? Infinity) <= FRESH_MS);
});

test("a member that has never heard anything answers with the empty state at index 0", async (t) => {
  const cluster = new VirtualCluster();
  await cluster.start("n2");
  t.like(readAtOnce(cluster, "n2"), { value: null, index: 0, behindMs: null });
  t.like(readAtOnce(cluster, "n2", scan("", "stale")), { pairs: [], nextKey: "", index: 0, behindMs: null });
});

test("a member that is stopping still answers", async (t) => {
  const { cluster, leader } = await ready();
  cluster.replica(leader).stop(() => {});
  t.is(value(readAtOnce(cluster, leader)), "v");
});

test("a consistency of a later version is refused as invalid, whatever is asked", async (t) => {
  const { cluster, leader } = await ready();
  for (const request of [get("k", "unknown"), scan("", "unknown")]) {
    t.like(cluster.ask(leader, request)[0], { kind: "error", code: "invalid" });
  }
});
