/** What bounds and speeds replication: batches, windows, notices, the limit on what is uncommitted. */
import test from "ava";
import {
  acknowledge,
  elect,
  electAndCommit,
  logOf,
  makeMessage,
  makeNode,
  proposeText,
  settle,
  stepAndSettle,
} from "./single-node.js";

test("a message bears as much as fits, and one entry at least", (t) => {
  const node = makeNode({ entries: logOf([1, 1, 1, 1]), limits: { appendBytesMax: 50 } });
  elect(node);
  const outcome = stepAndSettle(
    node,
    makeMessage("appendEntriesReply", { term: 2, accepted: false, prevLogIndex: 4, conflictIndex: 1 }),
  );
  t.is(outcome.only("appendEntries").entries.length, 2);
  acknowledge(node, "b", 2);
  t.deepEqual(
    settle(node)
      .sent("appendEntries")
      .map((message) => message.entries.length),
    [2, 1],
    "and once the place is found, as many messages as the window takes",
  );
});

test("PITFALLS 55: a follower that does not answer is sent no more than the window", (t) => {
  const node = makeNode({ limits: { inflightMessagesMax: 3 } });
  electAndCommit(node);
  let sent = 0;
  for (let turn = 0; turn < 10; turn++) {
    proposeText(node, "x");
    acknowledge(node, "c");
    sent += settle(node)
      .sent("appendEntries")
      .filter((message) => message.to === "b" && message.entries.length > 0).length;
  }
  t.is(sent, 3);
  t.like(node.progress()[0], { state: "replicate", matchIndex: 1, nextIndex: 5 });
});

test("commit is told by the next AppendEntries, or a tick later to followers that have nothing else coming", (t) => {
  const node = makeNode();
  electAndCommit(node);
  proposeText(node, "x");
  settle(node);
  acknowledge(node, "b");
  t.deepEqual(settle(node).sent("appendEntries"), []);
  node.tick();
  const notices = settle(node).sent("appendEntries");
  t.deepEqual(
    notices.map(({ to, leaderCommit, entries }) => [to, leaderCommit, entries.length]),
    [
      ["b", 2, 0],
      ["c", 2, 0],
    ],
  );
  t.false(node.hasReady());
});

test("a heartbeat's commit index stays within what the follower has acknowledged (PITFALLS 11)", (t) => {
  const node = makeNode();
  elect(node);
  acknowledge(node, "b");
  settle(node);
  node.tick();
  node.tick();
  t.deepEqual(
    settle(node)
      .sent("heartbeat")
      .map(({ to, leaderCommit }) => [to, leaderCommit]),
    [
      ["b", 1],
      ["c", 0],
    ],
  );
});

test("PITFALLS 15: past the bound on uncommitted bytes proposals are refused; an empty window takes anything", (t) => {
  const node = makeNode({ limits: { uncommittedBytesMax: 50 } });
  electAndCommit(node);
  t.is(node.propose(new Uint8Array(1000)).kind, "proposed");
  t.deepEqual(node.propose(new Uint8Array(1)), { kind: "overloaded" });
  settle(node);
  acknowledge(node, "b");
  t.is(node.propose(new Uint8Array(34)).kind, "proposed");
  t.is(node.propose(new Uint8Array(0)).kind, "overloaded");
});

test("PITFALLS 15: what a leader inherits uncommitted counts too", (t) => {
  const node = makeNode({ entries: logOf([1, 1, 1]), limits: { uncommittedBytesMax: 100 } });
  elect(node);
  t.is(node.propose(new Uint8Array(50)).kind, "overloaded");
});
