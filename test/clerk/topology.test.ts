import test from "ava";
import {
  initialTopology,
  REST_MS,
  serverAt,
  type Topology,
  withFailure,
  withGreeting,
  withHint,
  withStatus,
} from "../../src/clerk/topology.js";
import type { MemberStatus } from "../../src/wire/client-message.js";

const MEMBERS = ["n1", "n2", "n3"].map((id) => ({ id, client: `${id}:1`, peer: `${id}:2` }));
const REFUSED = { kind: "unreachable", text: "refused the connection" } as const;

function status(id: string, news: Partial<MemberStatus>): MemberStatus {
  return {
    id,
    role: news.leader === id ? "leader" : "follower",
    term: 1,
    leader: "",
    lastIndex: 0,
    commitIndex: 0,
    appliedIndex: 0,
    snapshotIndex: 0,
    logBytes: 0,
    members: MEMBERS,
    clusterId: new Uint8Array(8),
    version: "",
    ...news,
  };
}

function addresses(topology: Topology): string[] {
  return topology.servers.map(({ address }) => address);
}

test("endpoints come first, once each, and stay whatever is learned", (t) => {
  const start = initialTopology(["a:1", "b:1", "a:1"]);
  t.deepEqual(addresses(start), ["a:1", "b:1"]);
  const learned = withStatus(start, "a:1", status("n1", {}), 0);
  t.deepEqual(addresses(learned), ["a:1", "b:1", "n1:1", "n2:1", "n3:1"]);
  t.deepEqual(addresses(start), ["a:1", "b:1"], "the old value is untouched");
  const fewer = withStatus(learned, "a:1", status("n1", { term: 2, members: MEMBERS.slice(0, 1) }), 0);
  t.deepEqual(addresses(fewer), ["a:1", "b:1", "n1:1"]);
});

test("an older view of the members drops nothing", (t) => {
  const start = withStatus(initialTopology(["n1:1"]), "n1:1", status("n1", { term: 5 }), 0);
  const stale = withStatus(start, "n2:1", status("n2", { term: 4, members: MEMBERS.slice(0, 1) }), 0);
  t.deepEqual(addresses(stale), ["n1:1", "n2:1", "n3:1"]);
});

test("a member keeps its address while the one who tells does not know it", (t) => {
  const start = withStatus(initialTopology(["n1:1"]), "n1:1", status("n1", { term: 5 }), 0);
  const members = MEMBERS.map((member) => ({ ...member, client: "" }));
  const after = withStatus(start, "n2:1", status("n2", { term: 5, members }), 0);
  t.deepEqual(addresses(after), ["n1:1", "n2:1", "n3:1"]);
});

test("the claim of the higher term wins, in one term the leader's own word", (t) => {
  const start = initialTopology(["n1:1", "n2:1", "n3:1"]);
  const second = withStatus(start, "n2:1", status("n2", { term: 4, leader: "n3" }), 0);
  t.deepEqual(second.leader, { address: "n3:1", term: 4 });
  const older = withStatus(second, "n1:1", status("n1", { term: 3, leader: "n1" }), 0);
  t.deepEqual(older.leader, { address: "n3:1", term: 4 });
  const newer = withStatus(older, "n1:1", status("n1", { term: 5, leader: "n1" }), 0);
  t.deepEqual(newer.leader, { address: "n1:1", term: 5 });
});

test("a leader that says it is none is believed", (t) => {
  const start = withStatus(initialTopology(["n1:1"]), "n1:1", status("n1", { term: 4, leader: "n1" }), 0);
  t.is(withStatus(start, "n1:1", status("n1", { term: 4 }), 0).leader, null);
  t.is(withStatus(start, "n2:1", status("n2", { term: 4 }), 0).leader?.address, "n1:1");
});

test("whoever failed rests, and is not followed to before it has rested", (t) => {
  const start = withStatus(initialTopology(["n1:1"]), "n1:1", status("n1", { term: 4, leader: "n1" }), 0);
  const failed = withFailure(start, "n1:1", { finding: REFUSED, nowMs: 1000 });
  t.is(failed.leader, null);
  t.is(serverAt(failed, "n1:1")?.restingUntilMs, 1000 + REST_MS);
  const early = withStatus(failed, "n2:1", status("n2", { term: 4, leader: "n1" }), 1000 + REST_MS - 1);
  t.is(early.leader, null);
  const later = withStatus(early, "n2:1", status("n2", { term: 4, leader: "n1" }), 1000 + REST_MS);
  t.is(later.leader?.address, "n1:1");
});

test("hints count only from the believed leader, and never lead back to who gave them", (t) => {
  const start = withStatus(initialTopology(["n1:1"]), "n1:1", status("n1", { term: 4, leader: "n1" }), 0);
  const hint = { leaderId: "n2", leaderAddress: "n2:1", nowMs: 0 };
  t.is(withHint(start, "n1:1", hint).leader?.address, "n2:1");
  t.is(withHint(start, "n3:1", hint).leader?.address, "n1:1");
  t.is(withHint(start, "n1:1", { leaderId: "n1", leaderAddress: "n1:1", nowMs: 0 }).leader, null);
  t.is(withHint(start, "n1:1", { leaderId: "", leaderAddress: "", nowMs: 0 }).leader, null);
  t.is(withHint(start, "n1:1", { leaderId: "n2", leaderAddress: "", nowMs: 0 }).leader?.address, "n2:1");
  const unheard = withHint(start, "n1:1", { leaderId: "n9", leaderAddress: "n9:1", nowMs: 0 });
  t.is(unheard.leader?.address, "n9:1");
  t.is(serverAt(unheard, "n9:1")?.id, "n9");
});

test("an endpoint that was found to be a member is preferred to the address the members tell", (t) => {
  const start = withGreeting(initialTopology(["proxy:9"]), "proxy:9", { id: "n2", clusterId: "c" });
  const learned = withStatus(start, "proxy:9", status("n2", { term: 1, leader: "n2" }), 0);
  t.is(learned.leader?.address, "proxy:9");
  t.is(withStatus(learned, "n1:1", status("n1", { term: 2, leader: "n2" }), 0).leader?.address, "proxy:9");
});
