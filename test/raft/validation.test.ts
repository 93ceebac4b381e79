import test from "ava";
import type { Message } from "../../src/raft/message.js";
import { elect, logOf, makeMessage, makeNode, settle, snapshotAt } from "./single-node.js";

/** Nothing of a node moves when it is given `message`. */
const senseless: readonly Message[] = [
  makeMessage("heartbeat", { from: "x", term: 9 }),
  makeMessage("heartbeat", { from: "a", term: 9 }),
  makeMessage("heartbeat", { to: "b", term: 9 }),
  makeMessage("heartbeat", { term: Number.NaN }),
  makeMessage("heartbeat", { term: 2 ** 60 }),
  makeMessage("heartbeat", { term: 9.5 }),
  // PITFALLS 50: whoever counted on from there would soon not know any more what it counts.
  makeMessage("heartbeat", { term: Number.MAX_SAFE_INTEGER }),
  makeMessage("timeoutNow", { term: 2 ** 52 + 1 }),
  makeMessage("installSnapshot", { term: 9, lastIncludedIndex: 2 ** 52 + 1 }),
  makeMessage("appendEntries", {
    term: 9,
    prevLogIndex: 2 ** 52,
    prevLogTerm: 1,
    entries: logOf([1], 2 ** 52 + 1),
  }),
  makeMessage("heartbeat", { term: 9, leaderCommit: 4 }),
  makeMessage("heartbeat", { term: 9, readSequence: -1 }),
  makeMessage("heartbeat", { term: 9, completeIndex: 0.5 }),
  // A gap, a repetition, falling terms, a term after the leader's, positions that cannot be.
  makeMessage("appendEntries", { term: 9, entries: logOf([1], 2) }),
  makeMessage("appendEntries", { term: 9, entries: [...logOf([1]), ...logOf([1])] }),
  makeMessage("appendEntries", { term: 9, entries: logOf([2, 1]) }),
  makeMessage("appendEntries", { term: 9, entries: logOf([10]) }),
  makeMessage("appendEntries", { term: 9, prevLogIndex: 2, prevLogTerm: 2, entries: logOf([1], 3) }),
  makeMessage("appendEntries", { term: 9, prevLogIndex: 0, prevLogTerm: 1 }),
  makeMessage("appendEntries", { term: 9, prevLogIndex: 1, prevLogTerm: 0 }),
  makeMessage("appendEntries", { term: 9, prevLogIndex: -1, prevLogTerm: 1 }),
  makeMessage("appendEntries", { term: 9, entries: logOf([0]) }),
  makeMessage("appendEntries", { term: 9, entries: logOf([Number.NaN]) }),
  makeMessage("appendEntries", { term: 9, leaderCommit: Number.POSITIVE_INFINITY }),
  makeMessage("appendEntries", {
    term: 9,
    entries: [{ kind: "configuration", index: 1, term: 1, configuration: { voters: [] } }],
  }),
  makeMessage("installSnapshot", { term: 9, lastIncludedIndex: 0, lastIncludedTerm: 0 }),
  makeMessage("installSnapshot", { term: 9, lastIncludedTerm: 10 }),
  makeMessage("installSnapshot", { term: 9, offset: -1 }),
  makeMessage("installSnapshot", { term: 9, configuration: { voters: [] } }),
  makeMessage("requestVote", { term: 9, lastLogIndex: 1, lastLogTerm: 10 }),
  makeMessage("requestVote", { term: 9, lastLogIndex: 1, lastLogTerm: 0 }),
  makeMessage("preVote", { term: 9, lastLogIndex: 1.5, lastLogTerm: 1 }),
  makeMessage("appendEntriesReply", { term: 9, matchIndex: -1 }),
  makeMessage("readIndexReply", { term: 9, index: -1 }),
];

for (const [number, message] of senseless.entries()) {
  test(`ignored as a whole, ${number}: ${JSON.stringify(message)}`, (t) => {
    const node = makeNode({ entries: logOf([1, 1, 1]) });
    settle(node);
    node.step(message);
    t.false(node.hasReady());
    t.deepEqual([node.currentTerm, node.lastIndex, node.commitIndex, node.leaderId], [1, 3, 0, null]);
  });
}

test("a leader of our term that contradicts what is committed is not listened to (PITFALLS 10)", (t) => {
  const node = makeNode({ entries: logOf([1, 1, 1]), hardState: { currentTerm: 2, commitIndex: 2 } });
  settle(node);
  const contradictions = [
    makeMessage("appendEntries", { term: 2, prevLogIndex: 2, prevLogTerm: 2 }),
    makeMessage("appendEntries", { term: 2, entries: logOf([1, 2, 2]) }),
  ];
  for (const message of contradictions) {
    node.step(message);
    t.false(node.hasReady());
    t.deepEqual([node.lastIndex, node.commitIndex], [3, 2]);
  }
});

test("a second leader of one term is not listened to (§5.2)", (t) => {
  const node = makeNode({ hardState: { currentTerm: 1 } });
  node.step(makeMessage("heartbeat", { from: "b" }));
  settle(node);
  for (const type of ["heartbeat", "appendEntries", "installSnapshot"] as const) {
    node.step(makeMessage(type, { from: "c" }));
    t.false(node.hasReady(), type);
  }
  t.is(node.leaderId, "b");
  const leader = makeNode();
  elect(leader);
  for (const type of ["heartbeat", "appendEntries", "installSnapshot", "timeoutNow"] as const) {
    leader.step(makeMessage(type, { from: "c" }));
    t.is(leader.role, "leader", type);
  }
});

test("replies that name what was never sent are ignored", (t) => {
  const node = makeNode({ entries: logOf([1, 1]) });
  elect(node);
  const { currentTerm: term } = node;
  node.step(makeMessage("appendEntriesReply", { term, matchIndex: 4 }));
  node.step(makeMessage("heartbeatReply", { term, readSequence: 1 }));
  node.step(makeMessage("installSnapshotReply", { term, lastIncludedIndex: 3, installed: true }));
  node.step(makeMessage("installSnapshotReply", { term, lastIncludedIndex: 3, offset: 5 }));
  t.like(node.progress()[0], { matchIndex: 0 });
  t.is(node.commitIndex, 0);
});

test("PITFALLS 16: a prevLogIndex before the start of a compacted log is answered with what is committed", (t) => {
  const node = makeNode({
    snapshot: snapshotAt(10, 1),
    entries: logOf([1, 1], 11),
    hardState: { commitIndex: 11 },
  });
  settle(node);
  const cases = [
    // Before the start, and ending before it, at it, in the known part, and after all.
    { prevLogIndex: 3, terms: [1, 1], matchIndex: 11 },
    { prevLogIndex: 3, terms: [], matchIndex: 11 },
    { prevLogIndex: 8, terms: [1, 1], matchIndex: 11 },
    { prevLogIndex: 8, terms: [1, 1, 1], matchIndex: 11 },
    { prevLogIndex: 8, terms: [1, 1, 1, 1, 1], matchIndex: 13 },
    // At the start: its term is the snapshot's.
    { prevLogIndex: 10, terms: [1, 1, 1, 1], matchIndex: 14 },
  ];
  for (const { prevLogIndex, terms, matchIndex } of cases) {
    node.step(
      makeMessage("appendEntries", { prevLogIndex, prevLogTerm: 1, entries: logOf(terms, prevLogIndex + 1) }),
    );
    t.like(
      settle(node).only("appendEntriesReply"),
      { accepted: true, matchIndex },
      JSON.stringify({ prevLogIndex }),
    );
  }
});

test("votes that nobody can have been asked for yet do not count", (t) => {
  const node = makeNode();
  settle(node);
  node.step(makeMessage("timeoutNow", { term: 2 }));
  t.is(node.role, "candidate");
  for (const from of ["b", "c"]) node.step(makeMessage("requestVoteReply", { from, term: 3 }));
  t.is(node.role, "candidate", "its own vote and term are not durable, so its requests have not left");
  settle(node);
  node.step(makeMessage("requestVoteReply", { term: 3 }));
  t.is(node.role, "leader");
});
