/** What elections have beyond the paper: PreVote, leader stickiness, CheckQuorum, slow disks. */
import test from "ava";
import type { RawNode } from "../../src/raft/raw-node.js";
import { bytesOf } from "./cluster.js";
import {
  ELECTION_TIMEOUT_TICKS,
  elect,
  electAndCommit,
  makeMessage,
  makeNode,
  settle,
  stepAndSettle,
  tickUntil,
} from "./single-node.js";

test("PITFALLS 6: a pre-vote changes neither term nor vote nor timer, on either side", (t) => {
  const node = makeNode({ hardState: { currentTerm: 1 } });
  for (const term of [2, 7]) {
    const outcome = stepAndSettle(node, makeMessage("preVote", { term }));
    t.like(outcome.only("preVoteReply"), { granted: true, term });
    t.deepEqual(outcome.persists, []);
    t.is(node.currentTerm, 1);
  }
  tickUntil(node, () => node.role === "pre-candidate");
  const outcome = settle(node);
  t.deepEqual(
    outcome.sent("preVote").map((message) => message.term),
    [2, 2],
  );
  t.deepEqual(outcome.persists, []);
  t.is(node.currentTerm, 1);
});

test("PITFALLS 6: a pre-candidate forgets its leader", (t) => {
  const node = makeNode({ hardState: { currentTerm: 1 } });
  stepAndSettle(node, makeMessage("heartbeat"));
  tickUntil(node, () => node.role === "pre-candidate");
  t.is(node.leaderId, null);
  t.true(stepAndSettle(node, makeMessage("preVote", { from: "c", term: 2 })).only("preVoteReply").granted);
});

test("PITFALLS 6: a refused pre-vote bears the refuser's term, which the asker adopts", (t) => {
  const node = makeNode({ hardState: { currentTerm: 5 } });
  t.like(stepAndSettle(node, makeMessage("preVote", { term: 3 })).only("preVoteReply"), {
    granted: false,
    term: 5,
  });
  tickUntil(node, () => node.role === "pre-candidate");
  node.step(makeMessage("preVoteReply", { granted: false, term: 8 }));
  t.is(node.role, "follower");
  t.is(node.currentTerm, 8);
});

test("a grant to an earlier pre-vote, or to a vote, is none to this one", (t) => {
  const node = makeNode({ hardState: { currentTerm: 5 } });
  tickUntil(node, () => node.role === "pre-candidate");
  for (const term of [5, 7]) node.step(makeMessage("preVoteReply", { term }));
  node.step(makeMessage("requestVoteReply", { term: 5 }));
  t.is(node.role, "pre-candidate");
  node.step(makeMessage("preVoteReply", { term: 6 }));
  t.is(node.role, "candidate");
  node.step(makeMessage("preVoteReply", { from: "c", term: 6 }));
  t.is(node.role, "candidate");
});

test("leader stickiness: whoever heard the leader lately refuses pre-votes and takes no notice of candidates", (t) => {
  const node = makeNode({ hardState: { currentTerm: 1 } });
  stepAndSettle(node, makeMessage("heartbeat", { from: "b" }));
  t.false(stepAndSettle(node, makeMessage("preVote", { from: "c", term: 2 })).only("preVoteReply").granted);
  t.deepEqual(stepAndSettle(node, makeMessage("requestVote", { from: "c", term: 2 })).messages, []);
  t.is(node.currentTerm, 1);
  const transfer = makeMessage("requestVote", { from: "c", term: 2, leadershipTransfer: true });
  t.true(stepAndSettle(node, transfer).only("requestVoteReply").granted);
});

test("leader stickiness: it ends with the least election timeout", (t) => {
  const node = makeNode({ hardState: { currentTerm: 1 }, seed: 2 });
  stepAndSettle(node, makeMessage("heartbeat", { from: "b" }));
  for (let tick = 0; tick < ELECTION_TIMEOUT_TICKS; tick++) node.tick();
  t.true(stepAndSettle(node, makeMessage("preVote", { from: "c", term: 2 })).only("preVoteReply").granted);
});

test("a follower whose connection to the leader broke asks for pre-votes within a few ticks, and grants them", (t) => {
  const node = makeNode({ hardState: { currentTerm: 1 } });
  stepAndSettle(node, makeMessage("heartbeat", { from: "b" }));
  node.linkChanged("b", false);
  t.true(stepAndSettle(node, makeMessage("preVote", { from: "c", term: 2 })).only("preVoteReply").granted);
  for (let tick = 0; tick < 3; tick++) node.tick();
  t.is(node.role, "pre-candidate");
  t.is(node.currentTerm, 1);
});

test("a follower of a lost leader that splits the vote tries again before the election timeout, but once", (t) => {
  const node = makeNode({ hardState: { currentTerm: 1 } });
  stepAndSettle(node, makeMessage("heartbeat", { from: "b" }));
  node.linkChanged("b", false);
  const attempt = (term: number): number => {
    const ticks = tickUntil(node, () => node.role === "pre-candidate");
    stepAndSettle(node, makeMessage("preVoteReply", { from: "c", term }));
    t.is(node.role, "candidate");
    t.is(node.currentTerm, term);
    return ticks;
  };
  t.true(attempt(2) <= 3);
  t.true(attempt(3) < ELECTION_TIMEOUT_TICKS);
  t.true(attempt(4) >= ELECTION_TIMEOUT_TICKS);
});

test("a broken connection counts for nothing once it stands again, the leader is heard, or if it is not the leader's", (t) => {
  const restore = [
    (node: RawNode) => node.linkChanged("b", true),
    (node: RawNode) => node.step(makeMessage("heartbeat", { from: "b" })),
    null,
  ];
  for (const undo of restore) {
    const node = makeNode({ hardState: { currentTerm: 1 } });
    stepAndSettle(node, makeMessage("heartbeat", { from: "b" }));
    node.linkChanged(undo === null ? "c" : "b", false);
    undo?.(node);
    t.false(stepAndSettle(node, makeMessage("preVote", { from: "c", term: 2 })).only("preVoteReply").granted);
    for (let tick = 0; tick < ELECTION_TIMEOUT_TICKS - 1; tick++) node.tick();
    t.is(node.role, "follower");
  }
});

test("a connection that comes and goes does not keep a follower from standing in time", (t) => {
  const node = makeNode({ hardState: { currentTerm: 1 } });
  stepAndSettle(node, makeMessage("heartbeat", { from: "b" }));
  for (let tick = 0; tick < 2 * ELECTION_TIMEOUT_TICKS; tick++) {
    node.linkChanged("b", false);
    node.linkChanged("b", true);
    node.tick();
  }
  t.is(node.role, "pre-candidate");
});

test("a leader tells whoever can be reached again, and nobody else, at once that it leads", (t) => {
  const node = makeNode();
  elect(node);
  node.linkChanged("b", false);
  t.false(node.hasReady());
  node.linkChanged("b", true);
  t.deepEqual(
    settle(node).messages.map(({ type, to }) => `${type} to ${to}`),
    ["heartbeat to b"],
  );
  node.linkChanged("d", true);
  t.false(node.hasReady());
});

test("leader stickiness: a leader neither grants pre-votes nor gives way to a candidate", (t) => {
  const node = makeNode();
  elect(node);
  t.false(
    stepAndSettle(node, makeMessage("preVote", { term: 9, lastLogIndex: 9, lastLogTerm: 1 })).only(
      "preVoteReply",
    ).granted,
  );
  t.deepEqual(
    stepAndSettle(node, makeMessage("requestVote", { term: 9, lastLogIndex: 9, lastLogTerm: 1 })).messages,
    [],
  );
  t.is(node.role, "leader");
});

test("an earlier term's leader is told of ours by every kind of message, so that it gives way (PITFALLS 6)", (t) => {
  const node = makeNode({ hardState: { currentTerm: 5 } });
  for (const type of ["appendEntries", "heartbeat", "installSnapshot", "readIndex"] as const) {
    const [reply, ...others] = stepAndSettle(node, makeMessage(type, { term: 4 })).messages;
    t.is(reply?.term, 5, type);
    t.is(others.length, 0);
  }
});

test("whoever is no voter does not stand", (t) => {
  const node = makeNode({ id: "d", ids: ["a", "b", "c"] });
  for (let tick = 0; tick < 5 * ELECTION_TIMEOUT_TICKS; tick++) node.tick();
  t.is(node.role, "follower");
  t.false(node.hasReady());
});

test("a slow disk is no reason to stand again before the first candidacy has left", (t) => {
  const node = makeNode();
  node.step(makeMessage("timeoutNow"));
  const { currentTerm } = node;
  t.not(node.ready().persist, null);
  for (let tick = 0; tick < 5 * ELECTION_TIMEOUT_TICKS; tick++) node.tick();
  t.is(node.role, "candidate");
  t.is(node.currentTerm, currentTerm);
  node.advance();
  tickUntil(node, () => node.role === "pre-candidate");
  t.pass();
});

test("a cluster of one elects itself on the first tick", (t) => {
  const node = makeNode({ ids: ["a"] });
  node.tick();
  settle(node);
  t.is(node.role, "leader");
  t.is(node.commitIndex, 1);
});

test("PITFALLS 8: a leader that hears from no majority for an election timeout steps down, in its term", (t) => {
  const node = makeNode({ ids: ["a", "b", "c", "d", "e"] });
  electAndCommit(node);
  for (let tick = 0; tick < 3 * ELECTION_TIMEOUT_TICKS; tick++) {
    node.tick();
    for (const from of ["b", "c"]) node.step(makeMessage("heartbeatReply", { from, term: 1 }));
  }
  t.is(node.role, "leader");
  t.deepEqual(
    node.progress().map((peer) => peer.isRecentlyActive),
    [true, true, false, false],
  );
  for (let tick = 0; tick < ELECTION_TIMEOUT_TICKS - 1; tick++) {
    node.tick();
    node.step(makeMessage("heartbeatReply", { from: "b", term: 1 }));
  }
  t.is(node.role, "leader");
  node.tick();
  t.is(node.role, "follower");
  t.is(node.currentTerm, 1);
  t.deepEqual(node.progress(), []);
  t.deepEqual(node.propose(bytesOf("x")), { kind: "not-leader" });
});
