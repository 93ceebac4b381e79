import test from "ava";
import type { ClientReply, ClientRequest } from "../../src/wire/client-message.js";
import { get, open, operate } from "./requests.js";
import { ELECTION_TIMEOUT_MS, VirtualCluster } from "./virtual-cluster.js";

const stats = (requestId: number): ClientRequest => ({ kind: "stats", requestId });
const transfer =
  (to: string) =>
  (requestId: number): ClientRequest => ({ kind: "transfer", requestId, to });

function statsIn(reply: ClientReply | undefined) {
  if (reply?.kind !== "stats") throw new Error(`no stats: ${JSON.stringify(reply)}`);
  return reply.stats;
}

async function ready() {
  const cluster = await VirtualCluster.started({});
  const leader = await cluster.awaitLeader();
  const opened = await cluster.request(leader, open());
  const session = opened.kind === "result" ? opened.result.index : 0;
  const followers = cluster.ids.filter((id) => id !== leader);
  return { cluster, leader, session, followers: followers as [string, string] };
}

test("a member reports what it did: writes, reads, latencies, its election", async (t) => {
  const { cluster, leader, session } = await ready();
  await cluster.request(leader, operate({ kind: "put", key: "k", value: "v" }, { session, sequence: 1 }));
  await cluster.request(leader, get("k"));
  await cluster.request(leader, get("k", "stale"));
  const report = statsIn(cluster.ask(leader, stats)[0]);
  t.like(report, { keys: 1, sessions: 1, waitingWrites: 0, waitingReads: 0 });
  t.like(report.counts, { proposals: 2, reads: 1, staleReads: 1, leaderChanges: 1, snapshotsTaken: 0 });
  t.is(report.status.role, "leader");
  // The clock, the opening and the put: its no-op came with the leadership.
  t.is(report.latencies.commit.count, 3);
  t.true(report.latencies.logWrite.count > 0 && report.latencies.loopDelay.count > 0);
  t.like(report.elections.at(-1), { term: report.status.term, outcome: "won" });
  t.true(report.uptimeMs >= report.termAgeMs);
});

test("a leader reports how far each of the others is, and followers do not", async (t) => {
  const { cluster, leader, followers } = await ready();
  await cluster.run(ELECTION_TIMEOUT_MS);
  const { peers, status } = statsIn(cluster.ask(leader, stats)[0]);
  t.deepEqual(
    peers.map(({ id, progress }) => [id, progress?.state, progress?.matchIndex]),
    followers.map((id) => [id, "replicate", status.lastIndex]),
  );
  for (const { progress } of statsIn(cluster.ask(followers[0], stats)[0]).peers) t.is(progress, null);
});

test("without a majority a member reports all the same, and that it gave up leading", async (t) => {
  const { cluster, leader } = await ready();
  cluster.cut(leader);
  await cluster.run(3 * ELECTION_TIMEOUT_MS);
  const { elections, status } = statsIn(cluster.ask(leader, stats)[0]);
  t.not(status.role, "leader");
  t.true(elections.some(({ reason, outcome }) => reason === "quorum-lost" && outcome === "stepped-down"));
});

test("leadership goes where it is asked to go", async (t) => {
  const { cluster, leader, followers } = await ready();
  const [to] = followers;
  t.is(cluster.ask(leader, transfer(to))[0]?.kind, "transfer");
  t.true(await cluster.runUntil(() => cluster.leader() === to));
  const { elections } = statsIn(cluster.ask(to, stats)[0]);
  t.like(elections.at(-1), { reason: "transfer", outcome: "won" });
});

test("leadership is not handed on by a follower, nor to a stranger or to whoever is silent", async (t) => {
  const { cluster, leader, followers } = await ready();
  const [first, second] = followers;
  t.like(cluster.ask(first, transfer(second))[0], { kind: "error", code: "not-leader", leaderId: leader });
  t.like(cluster.ask(leader, transfer("n9"))[0], {
    kind: "error",
    code: "invalid",
    message: "there is no other member n9",
  });
  cluster.cut(second);
  await cluster.run(2 * ELECTION_TIMEOUT_MS);
  t.like(cluster.ask(leader, transfer(second))[0], { kind: "error", code: "invalid" });
  t.is(cluster.leader(), leader);
});
