import test from "ava";
import { type Observation, Observer } from "../../src/clerk/observer.js";
import type { MemberStats } from "../../src/wire/member-stats.js";
import { blankStats } from "./blank-stats.js";
import { errorAnswer, FakeCluster, type FakeMember } from "./fake-cluster.js";

const TIMEOUT_MS = 1000;

function statsOf(member: FakeMember): MemberStats {
  const answer = member.status();
  if (answer.kind !== "status") throw new Error("a status is one");
  return blankStats(answer.status);
}

function observed(options: { endpoints?: readonly string[] } = {}) {
  const cluster = new FakeCluster();
  for (const member of cluster.members) {
    member.intercept = (request) =>
      request.kind === "stats" ? { kind: "stats", stats: statsOf(member) } : undefined;
  }
  const seen: string[] = [];
  const observer: Observer = new Observer({
    endpoints: options.endpoints ?? ["n1:1"],
    timeoutMs: TIMEOUT_MS,
    dialer: cluster,
    timers: cluster.time,
    onChange: () => seen.push(observer.members.map(briefly).join(" ")),
  });
  return { cluster, observer, seen };
}

/** `n1:follower`, or `n2?` before it has answered, with the reason where it failed. */
function briefly({ id, client, stats, error }: Observation): string {
  const role = stats === null ? "?" : `:${stats.status.role}`;
  return `${id || client}${role}${error === null ? "" : ` (${error})`}`;
}

test("one endpoint is enough to find and to ask all members", (t) => {
  const { cluster, observer } = observed();
  observer.poll();
  cluster.time.advance(20);
  t.deepEqual(observer.members.map(briefly), ["n1:leader", "n2:follower", "n3:follower"]);
  t.like(observer.members[1], { client: "n2:1", peer: "n2:2", answeredMs: 1004, roundTripMs: 2 });
});

test("a member that hangs delays no other, and stays with what it said last", (t) => {
  const { cluster, observer, seen } = observed();
  observer.poll();
  cluster.time.advance(20);
  cluster.member("n2").mode = "mute";
  seen.length = 0;
  observer.poll();
  cluster.time.advance(20);
  t.is(seen.length, 2, "both others have answered");
  cluster.time.advance(TIMEOUT_MS);
  t.deepEqual(observer.members.map(briefly), [
    "n1:leader",
    "n2:follower (did not answer within 1 s)",
    "n3:follower",
  ]);
  cluster.member("n2").mode = "up";
  observer.poll();
  cluster.time.advance(20);
  t.is(observer.members[1]?.error, null, "a new connection finds it well again");
});

test("whoever is being asked is not asked again", (t) => {
  const { cluster, observer } = observed();
  observer.poll();
  cluster.time.advance(20);
  cluster.member("n3").mode = "hang";
  cluster.member("n3").breakConnections();
  const { length } = cluster.member("n1").requests;
  for (let round = 0; round < 3; round++) {
    observer.poll();
    observer.poll();
    cluster.time.advance(20);
  }
  t.is(cluster.member("n1").requests.length, length + 3);
  t.is(cluster.dials.filter((address) => address === "n3:1").length, 2);
});

test("nobody there: the endpoints, with the reason", (t) => {
  const { cluster, observer } = observed({ endpoints: ["n1:1", "nowhere:9"] });
  cluster.member("n1").die();
  observer.poll();
  cluster.time.advance(20);
  t.deepEqual(observer.members.map(briefly), [
    "n1:1? (refused the connection)",
    "nowhere:9? (refused the connection)",
  ]);
});

test("a dead member is known by what the others say of it, and found again when it is back", (t) => {
  const { cluster, observer } = observed({ endpoints: ["n2:1"] });
  cluster.member("n3").die();
  observer.poll();
  cluster.time.advance(20);
  t.deepEqual(observer.members.map(briefly), ["n1:leader", "n2:follower", "n3? (refused the connection)"]);
  cluster.member("n3").mode = "up";
  observer.poll();
  cluster.time.advance(20);
  t.is(observer.members.map(briefly)[2], "n3:follower");
});

test("a member whose client address nobody knows is there, and unknown", (t) => {
  const { cluster, observer } = observed();
  for (const member of cluster.members) member.tells = ({ id, address }) => (id === "n3" ? "" : address);
  observer.poll();
  cluster.time.advance(20);
  t.is(observer.members.map(briefly)[2], "n3? (no other member knows its client address yet)");
});

test("two names of one member are one member, asked at one of them", (t) => {
  const { cluster, observer } = observed({ endpoints: ["alias:1", "n1:1"] });
  const [n1] = cluster.members as [FakeMember];
  const dial = cluster.dial.bind(cluster);
  cluster.dial = (address, handlers) => dial(address === "alias:1" ? n1.address : address, handlers);
  observer.poll();
  cluster.time.advance(20);
  t.deepEqual(observer.members.map(briefly), ["n1:leader", "n2:follower", "n3:follower"]);
  const { length } = n1.requests;
  observer.poll();
  cluster.time.advance(20);
  t.is(n1.requests.length, length + 1);
});

test("a member of another cluster is refused", (t) => {
  const { cluster, observer } = observed();
  cluster.member("n2").hello = { clusterId: Buffer.from("another!") };
  observer.poll();
  cluster.time.advance(20);
  t.is(observer.members.map(briefly)[1], "n2? (belongs to another cluster)");
});

test("leadership is handed on through the leader, and its refusal is told", async (t) => {
  const { cluster, observer } = observed({ endpoints: ["n2:1"] });
  observer.poll();
  cluster.time.advance(20);
  const leader = cluster.member("n1");
  const answers = [{ kind: "transfer" } as const, errorAnswer("invalid", "there is no other member n9")];
  leader.intercept = (request) => (request.kind === "transfer" ? answers.shift() : undefined);
  const accepted = observer.transferLeadership("n3");
  const refused = observer.transferLeadership("n9");
  cluster.time.advance(20);
  await accepted;
  await t.throwsAsync(refused, { message: "n1 refused: there is no other member n9" });
  t.deepEqual(
    leader.requests.flatMap((request) => (request.kind === "transfer" ? [request.to] : [])),
    ["n3", "n9"],
  );
});

test("without a leader nobody can hand leadership on", async (t) => {
  const { cluster, observer } = observed();
  cluster.elect(null);
  observer.poll();
  cluster.time.advance(20);
  await t.throwsAsync(observer.transferLeadership("n2"), { message: "no leader is known" });
});

test("closed, it asks nobody, says nothing and waits for nothing", (t) => {
  const { cluster, observer, seen } = observed();
  observer.poll();
  observer.close();
  cluster.time.advance(20);
  t.deepEqual(seen, []);
  t.true(cluster.time.idle);
});
