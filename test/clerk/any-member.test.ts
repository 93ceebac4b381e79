/** Reads that may go to any member: stale ones, and linearizable ones of a Clerk that reads from all. */
import test from "ava";
import type { GetReply, ScanReply } from "../../src/clerk/call.js";
import type { ClerkCore } from "../../src/clerk/clerk-core.js";
import { ClerkError } from "../../src/clerk/clerk-error.js";
import type { KeyExplanation } from "../../src/kv/explanation.js";
import { errorAnswer, FakeCluster, type FakeMember, Outcome } from "./fake-cluster.js";

interface Stale<Reply> {
  readonly outcome: Reply | ClerkError;
  readonly member: string;
}

function getStale(core: ClerkCore, key = "k"): Outcome<Stale<GetReply>> {
  const taken = new Outcome<Stale<GetReply>>();
  core.getStale(key, (outcome, member) => taken.take({ outcome, member }));
  return taken;
}

function scanStale(core: ClerkCore, from: string, preferred: string): Outcome<Stale<ScanReply>> {
  const taken = new Outcome<Stale<ScanReply>>();
  const range = { from, to: "", prefix: "", limit: 0, keysOnly: false };
  core.scanStale(range, preferred, (outcome, member) => taken.take({ outcome, member }));
  return taken;
}

function get(core: ClerkCore): Outcome<string | null | ClerkError> {
  const outcome = new Outcome<string | null | ClerkError>();
  core.get("k", outcome.take);
  return outcome;
}

function gets({ requests }: FakeMember): number {
  return requests.filter(({ kind }) => kind === "get").length;
}

/** How long it took. */
function settle(cluster: FakeCluster, outcome: { readonly done: boolean }): number {
  return cluster.time.advanceUntil(() => outcome.done);
}

/** Every member is connected: the first read has brought that about. */
function connected(cluster: FakeCluster, core: ClerkCore): void {
  settle(cluster, getStale(core));
  cluster.time.advance(200);
  for (const member of cluster.members) member.requests.length = 0;
}

test("a stale read says who answered, and what that member says of its age", (t) => {
  const cluster = new FakeCluster();
  cluster.store.set("k", "v");
  const outcome = getStale(cluster.core({ endpoints: ["n2:1"] }));
  t.true(settle(cluster, outcome) <= 10);
  t.like(outcome.value, { member: "n2", outcome: { value: "v", index: 100, behindMs: 40 } });
});

test("an explanation is read as a value is: by the leader, or by any member where the Clerk reads from all", (t) => {
  for (const [readFrom, from] of [
    ["leader", ["n1"]],
    ["any", ["n1", "n2", "n3"]],
  ] as const) {
    const cluster = new FakeCluster();
    cluster.store.set("k", "v");
    const core = cluster.core({ readFrom });
    connected(cluster, core);
    for (let reads = 0; reads < 6; reads++) {
      const outcome = new Outcome<KeyExplanation | null | ClerkError>();
      core.explain("k", outcome.take);
      settle(cluster, outcome);
      t.like(outcome.value, { sizeBytes: 1 });
    }
    const asked = cluster.members.filter(({ requests }) => requests.some(({ kind }) => kind === "explain"));
    t.deepEqual(
      asked.map(({ id }) => id),
      [...from],
    );
  }
});

test("a stale read is answered while nobody leads", (t) => {
  const cluster = new FakeCluster();
  cluster.elect(null);
  for (const member of cluster.members) member.behindMs = null;
  const outcome = getStale(cluster.core());
  t.true(settle(cluster, outcome) <= 10);
  t.like(outcome.value, { outcome: { value: null, behindMs: null } });
});

test("stale reads go to all members in turn, those that only other members name too", (t) => {
  const cluster = new FakeCluster();
  const core = cluster.core({ endpoints: ["n2:1"] });
  connected(cluster, core);
  for (let reads = 0; reads < 30; reads++) settle(cluster, getStale(core));
  t.deepEqual(cluster.members.map(gets), [10, 10, 10]);
});

test("a member that is down is skipped at once, and counts again when it is back", (t) => {
  const cluster = new FakeCluster();
  const core = cluster.core();
  connected(cluster, core);
  cluster.member("n2").die();
  for (let reads = 0; reads < 30; reads++) {
    const outcome = getStale(core);
    t.true(settle(cluster, outcome) <= 5);
    t.like(outcome.value, { outcome: { kind: "get" } });
  }
  t.is(gets(cluster.member("n2")), 0);
  cluster.member("n2").mode = "up";
  for (let reads = 0; reads < 30; reads++) {
    settle(cluster, getStale(core));
    cluster.time.advance(20);
  }
  t.true(gets(cluster.member("n2")) >= 5);
});

test("what was under way to a member that dies is asked of another at once", (t) => {
  const cluster = new FakeCluster();
  const core = cluster.core();
  connected(cluster, core);
  for (const member of cluster.members) member.intercept = () => null;
  const outcomes = [getStale(core), getStale(core), getStale(core)];
  cluster.time.advance(5);
  for (const member of cluster.members) member.intercept = () => undefined;
  for (const id of ["n1", "n3"]) cluster.member(id).die();
  cluster.time.advance(5);
  t.is(outcomes.filter(({ value }) => value?.member === "n2").length, 2);
});

test("a member that says nothing does not eat the whole time of a stale read", (t) => {
  const cluster = new FakeCluster();
  const core = cluster.core();
  connected(cluster, core);
  cluster.member("n1").mode = "mute";
  const outcomes = [getStale(core), getStale(core), getStale(core)];
  cluster.time.advance(2000);
  t.deepEqual(
    outcomes.map(({ value }) => value?.outcome instanceof ClerkError),
    [false, false, false],
  );
});

test("a stale read of nobody is unreachable, and of members that turn it away not answered", (t) => {
  const cluster = new FakeCluster();
  for (const member of cluster.members)
    member.intercept = ({ kind }) => (kind === "get" ? errorAnswer("unavailable") : undefined);
  const turnedAway = getStale(cluster.core({ timeoutMs: 1000 }));
  t.is(settle(cluster, turnedAway), 1000);
  t.like(turnedAway.value, { outcome: { code: "timeout", outcomeUnknown: false }, member: "" });
  for (const member of cluster.members) member.mode = "refuse";
  const unreachable = getStale(cluster.core({ timeoutMs: 1000 }));
  t.is(settle(cluster, unreachable), 1000);
  t.like(unreachable.value, { outcome: { code: "unreachable" } });
});

test("a stale read that the members do not know, or whose key is empty, fails at once", (t) => {
  const cluster = new FakeCluster();
  const core = cluster.core();
  for (const member of cluster.members)
    member.intercept = ({ kind }) => (kind === "get" ? errorAnswer("invalid", "not known") : undefined);
  const refused = getStale(core);
  t.true(settle(cluster, refused) <= 10);
  t.like(refused.value, { outcome: { code: "invalid", message: "not known" } });
  t.like(getStale(core, "").value, { outcome: { code: "key-empty" } });
});

test("the pages of a stale scan come from one member, and from another when that one dies", (t) => {
  const cluster = new FakeCluster();
  for (const key of ["a", "b", "c", "d", "e"]) cluster.store.set(key, "v");
  const core = cluster.core();
  connected(cluster, core);
  const first = scanStale(core, "", "");
  settle(cluster, first);
  const member = first.value?.member ?? "";
  t.like(first.value, { outcome: { nextKey: "c", behindMs: 40 } });
  for (let pages = 0; pages < 5; pages++) {
    const next = scanStale(core, "c", member);
    settle(cluster, next);
    t.is(next.value?.member, member);
  }
  cluster.member(member).die();
  const last = scanStale(core, "e", member);
  t.true(settle(cluster, last) <= 5);
  t.not(last.value?.member, member);
  t.like(last.value, { outcome: { pairs: [{ key: "e", value: "v" }] } });
});

test("a Clerk reads from the leader alone, unless it is told to read from any", (t) => {
  const cluster = new FakeCluster();
  const core = cluster.core();
  for (let reads = 0; reads < 9; reads++) settle(cluster, get(core));
  t.deepEqual(cluster.members.map(gets), [9, 0, 0]);
});

test("reads from any member are linearizable, and go to all in turn; writes go to the leader", (t) => {
  const cluster = new FakeCluster();
  const core = cluster.core({ endpoints: ["n3:1"], readFrom: "any" });
  connected(cluster, core);
  for (let reads = 0; reads < 30; reads++) settle(cluster, get(core));
  t.deepEqual(cluster.members.map(gets), [10, 10, 10]);
  const consistencies = cluster.members.flatMap(({ requests }) =>
    requests.flatMap((request) => (request.kind === "get" ? [request.consistency] : [])),
  );
  t.deepEqual(new Set(consistencies), new Set(["linearizable"]));
  const written = new Outcome<boolean | ClerkError>();
  core.write({ kind: "put", key: "k", value: "v" }, written.take);
  settle(cluster, written);
  t.is(written.value, true);
  t.deepEqual(
    cluster.members.map(({ commands }) => commands.length),
    [2, 0, 0],
  );
});

test("what a member that has lost its leader cannot read is asked of the leader, and that member rests", (t) => {
  const cluster = new FakeCluster();
  cluster.store.set("k", "v");
  const core = cluster.core({ readFrom: "any" });
  connected(cluster, core);
  cluster.member("n2").leader = null;
  for (let reads = 0; reads < 30; reads++) {
    const outcome = get(core);
    t.true(settle(cluster, outcome) <= 10);
    t.is(outcome.value, "v");
  }
  t.true(gets(cluster.member("n2")) <= 3, "it is left alone for a moment each time");
});

test("one member that cannot read is enough to go to the leader", (t) => {
  const cluster = new FakeCluster(5);
  const core = cluster.core({ readFrom: "any" });
  connected(cluster, core);
  const leader = cluster.member("n1");
  for (const member of cluster.members) if (member !== leader) member.leader = null;
  for (let reads = 0; reads < 10; reads++) {
    cluster.time.advance(200);
    for (const member of cluster.members) member.requests.length = 0;
    settle(cluster, get(core));
    const asked = cluster.members.map(gets);
    t.is(gets(leader), 1);
    t.true(asked.reduce((sum, count) => sum + count) <= 2, `${asked}`);
  }
});

test("reads from any member wait for a leader when there is none", (t) => {
  const cluster = new FakeCluster();
  const core = cluster.core({ readFrom: "any" });
  connected(cluster, core);
  cluster.elect(null);
  const outcome = get(core);
  cluster.time.advance(1000);
  t.false(outcome.done);
  cluster.elect("n3");
  t.true(settle(cluster, outcome) <= 100);
  t.is(outcome.value, null);
});

test("a read under way to a member that dies goes to the leader", (t) => {
  const cluster = new FakeCluster();
  const core = cluster.core({ readFrom: "any" });
  connected(cluster, core);
  for (const id of ["n2", "n3"]) cluster.member(id).intercept = () => null;
  const outcomes = [get(core), get(core), get(core)];
  cluster.time.advance(5);
  for (const id of ["n2", "n3"]) cluster.member(id).die();
  cluster.time.advance(10);
  t.deepEqual(
    outcomes.map(({ value }) => value),
    [null, null, null],
  );
  t.is(gets(cluster.member("n1")), 3);
});

test("nothing keeps a timer when nobody waits, however many members are down", (t) => {
  const cluster = new FakeCluster();
  cluster.member("n3").mode = "refuse";
  const core = cluster.core({ readFrom: "any" });
  settle(cluster, get(core));
  settle(cluster, getStale(core));
  cluster.time.advance(300);
  t.true(cluster.time.idle);
});
