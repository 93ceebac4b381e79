/** The Ready/advance contract, and what a restart makes of what it finds. */
import test from "ava";
import { entryBytes } from "../../src/raft/entry.js";
import {
  acknowledge,
  electAndCommit,
  logOf,
  makeMessage,
  makeNode,
  proposeText,
  snapshotAt,
  stepAndSettle,
} from "./single-node.js";

test("ready: while a write is under way everything else goes on, with persist null", (t) => {
  const node = makeNode();
  electAndCommit(node);
  proposeText(node, "x");
  t.not(node.ready().persist, null);
  t.false(node.hasReady());
  proposeText(node, "y");
  node.tick();
  node.tick();
  const ready = node.ready();
  t.is(ready.persist, null);
  t.deepEqual(
    ready.messages.map((message) => message.type),
    ["heartbeat", "heartbeat", "appendEntries", "appendEntries"],
  );
  acknowledge(node, "b");
  acknowledge(node, "c");
  t.deepEqual(
    node.ready().committed.map((entry) => entry.index),
    [2, 3],
    "committed by the followers alone",
  );
  t.is(node.durableIndex, 1);
  node.advance();
  t.is(node.durableIndex, 2);
  t.deepEqual(
    node.ready().persist?.entries.map((entry) => entry.index),
    [3],
  );
});

test("ready: hasReady() says whether there is anything, and each thing is handed out once", (t) => {
  const node = makeNode();
  t.false(node.hasReady());
  const { persist, ...lists } = node.ready();
  t.is(persist, null);
  t.true(Object.values(lists).every((list) => list.length === 0));
  electAndCommit(node);
  proposeText(node, "x");
  t.true(node.hasReady());
  node.ready();
  t.false(node.hasReady());
});

test("ready: the commit index is never a reason to write by itself", (t) => {
  const node = makeNode({ hardState: { currentTerm: 1 } });
  stepAndSettle(node, makeMessage("appendEntries", { entries: logOf([1]) }));
  const outcome = stepAndSettle(node, makeMessage("heartbeat", { leaderCommit: 1 }));
  t.is(outcome.committed.length, 1);
  t.deepEqual(outcome.persists, []);
});

test("ready: advance without a write under way is a broken invariant", (t) => {
  t.throws(() => makeNode().advance(), { name: "AssertionError" });
});

test("ready: a message that rests on a write under way alone leaves when that is durable", (t) => {
  const node = makeNode({ hardState: { currentTerm: 1 } });
  node.step(makeMessage("appendEntries", { entries: logOf([1]) }));
  node.ready();
  node.step(makeMessage("appendEntries", { entries: logOf([1]) }));
  t.false(node.hasReady());
  node.advance();
  const ready = node.ready();
  t.is(ready.persist, null);
  t.like(ready.messages[0], { type: "appendEntriesReply", matchIndex: 1 });
});

test("ready: PITFALLS 13: what was acknowledged in an earlier term and not yet written is not said any more", (t) => {
  const node = makeNode({ hardState: { currentTerm: 1 } });
  node.step(makeMessage("appendEntries", { entries: logOf([1, 1]) }));
  node.step(makeMessage("appendEntries", { from: "c", term: 2, entries: logOf([2]) }));
  const messages = node.ready().persist?.messages ?? [];
  t.deepEqual(
    messages.map(({ to, term }) => [to, term]),
    [["c", 2]],
  );
});

test("ready: committed entries come in bites that leave room for heartbeats", (t) => {
  const entries = logOf([1, 1, 1, 1, 1]);
  const bytes = entryBytes(entries[0] ?? logOf([1])[0] ?? { kind: "noop", index: 0, term: 0 });
  const node = makeNode({ entries, hardState: { commitIndex: 5 }, limits: { committedBytesMax: 2 * bytes } });
  const bites: number[][] = [];
  while (node.hasReady()) bites.push(node.ready().committed.map((entry) => entry.index));
  t.deepEqual(bites, [[1, 2], [3, 4], [5]]);
});

test("restart: what is known to be committed is handed out again, after the snapshot", (t) => {
  const entries = logOf([1, 1, 1], 4);
  const node = makeNode({ snapshot: snapshotAt(3, 1), entries, hardState: { commitIndex: 5 } });
  const ready = node.ready();
  t.deepEqual(ready.committed, entries.slice(0, 2));
  t.is(ready.persist, null);
  t.deepEqual([node.firstIndex, node.lastApplied, node.commitIndex, node.durableIndex], [4, 5, 5, 6]);
});

test("restart: a log on disk that ends before what is committed is a broken invariant", (t) => {
  t.throws(() => makeNode({ entries: logOf([1]), hardState: { commitIndex: 2 } }), {
    name: "AssertionError",
  });
});

test("restart: with a snapshot and no log, the next write says where the log begins", (t) => {
  const node = makeNode({ snapshot: snapshotAt(7, 2) });
  t.deepEqual(node.ready().persist?.snapshot, snapshotAt(7, 2));
});

test("restart: a snapshot of a later term than the hard state's takes the term along, without a vote", (t) => {
  const node = makeNode({ snapshot: snapshotAt(7, 5), hardState: { currentTerm: 3, votedFor: "b" } });
  t.deepEqual(node.ready().persist?.hardState, { currentTerm: 5, votedFor: null, commitIndex: 7 });
});
