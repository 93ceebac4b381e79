import test from "ava";
import type { RawNode } from "../../src/raft/raw-node.js";
import {
  acknowledge,
  ELECTION_TIMEOUT_TICKS,
  elect,
  electAndCommit,
  makeMessage,
  makeNode,
  settle,
  stepAndSettle,
  tickUntil,
} from "./single-node.js";

const records = (node: RawNode) => node.elections().map(({ ageTicks, ...record }) => record);

/** Follows b in term 1. */
function follower(): RawNode {
  const node = makeNode();
  stepAndSettle(node, makeMessage("heartbeat"));
  return node;
}

test("an election that was won bears its reason and its age", (t) => {
  const node = makeNode();
  elect(node);
  t.deepEqual(records(node), [{ term: 1, reason: "timeout", outcome: "won", attempts: 1 }]);
  node.tick();
  node.tick();
  t.is(node.elections()[0]?.ageTicks, 2);
});

test("whoever is cut off and asks again and again has one record", (t) => {
  const node = makeNode();
  for (let asked = 0; asked < 3; asked++) {
    node.tick();
    tickUntil(node, () => settle(node).sent("preVote").length > 0);
  }
  t.deepEqual(records(node), [{ term: 1, reason: "timeout", outcome: "asking", attempts: 3 }]);
});

test("a broken connection to the leader and the leader's own wish are reasons too", (t) => {
  const lost = follower();
  lost.linkChanged("b", false);
  tickUntil(lost, () => lost.role === "pre-candidate");
  t.like(records(lost)[0], { reason: "leader-lost", outcome: "asking" });
  const asked = follower();
  stepAndSettle(asked, makeMessage("timeoutNow"));
  t.deepEqual(records(asked), [{ term: 2, reason: "transfer", outcome: "standing", attempts: 1 }]);
});

test("whoever is told of another leader has lost", (t) => {
  const node = makeNode();
  tickUntil(node, () => node.role === "pre-candidate");
  settle(node);
  stepAndSettle(node, makeMessage("heartbeat", { term: 3 }));
  t.deepEqual(records(node), [{ term: 1, reason: "timeout", outcome: "lost", attempts: 1 }]);
});

test("a candidate that nobody answers has lost before it asks again", (t) => {
  const node = makeNode();
  tickUntil(node, () => node.role === "pre-candidate");
  stepAndSettle(node, makeMessage("preVoteReply", { term: 1 }));
  t.is(node.role, "candidate");
  tickUntil(node, () => node.role === "pre-candidate");
  t.deepEqual(records(node), [
    { term: 1, reason: "timeout", outcome: "lost", attempts: 1 },
    { term: 2, reason: "timeout", outcome: "asking", attempts: 1 },
  ]);
});

test("a leader that hears no majority notes that it stepped down", (t) => {
  const node = makeNode();
  electAndCommit(node);
  acknowledge(node, "b");
  for (let tick = 0; tick < ELECTION_TIMEOUT_TICKS; tick++) node.tick();
  t.is(node.role, "follower");
  t.deepEqual(records(node).at(-1), {
    term: 1,
    reason: "quorum-lost",
    outcome: "stepped-down",
    attempts: 1,
  });
});

test("the newest sixteen are kept", (t) => {
  const node = makeNode();
  for (let term = 1; term <= 20; term++) {
    tickUntil(node, () => node.role === "pre-candidate");
    stepAndSettle(node, makeMessage("heartbeat", { term }));
  }
  t.is(records(node).length, 16);
  t.is(records(node).at(-1)?.term, 20);
});
