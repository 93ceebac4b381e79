/** Snapshots on their way, on both sides, and compaction. */
import test from "ava";
import { entryBytes } from "../../src/raft/entry.js";
import { bytesOf } from "./cluster.js";
import {
  acknowledge,
  ELECTION_TIMEOUT_TICKS,
  elect,
  electAndCommit,
  logOf,
  makeMessage,
  makeNode,
  proposeText,
  settle,
  snapshotAt,
  stepAndSettle,
} from "./single-node.js";

/** Leader a of term 1 with its log compacted up to 5, and b in need of what is gone. */
function makeSender() {
  const node = makeNode();
  electAndCommit(node);
  for (const text of ["p", "q", "r", "s"]) proposeText(node, text);
  settle(node);
  acknowledge(node, "c");
  settle(node);
  node.compact({ snapshot: snapshotAt(5, 1), keepFromIndex: 6 });
  const rejection = makeMessage("appendEntriesReply", { accepted: false, prevLogIndex: 5, conflictIndex: 2 });
  return { node, outcome: stepAndSettle(node, rejection) };
}

const chunk = (offset: number, done = false) => ({
  to: "b",
  metadata: snapshotAt(5, 1),
  offset,
  data: bytesOf("1234"),
  done,
});

test("PITFALLS 16: a follower that needs what is compacted away gets the snapshot, and goes on after it", (t) => {
  const { node, outcome } = makeSender();
  t.deepEqual(outcome.chunkRequests, [{ to: "b", lastIncludedIndex: 0, offset: 0 }]);
  t.like(node.progress()[0], { state: "snapshot" });
  node.snapshotChunk(chunk(0));
  t.like(settle(node).only("installSnapshot"), { lastIncludedIndex: 5, offset: 0, done: false });
  const second = stepAndSettle(
    node,
    makeMessage("installSnapshotReply", { lastIncludedIndex: 5, offset: 4 }),
  );
  t.deepEqual(second.chunkRequests, [{ to: "b", lastIncludedIndex: 5, offset: 4 }]);
  node.snapshotChunk(chunk(4, true));
  settle(node);
  proposeText(node, "t");
  const last = stepAndSettle(
    node,
    makeMessage("installSnapshotReply", { lastIncludedIndex: 5, installed: true }),
  );
  t.like(node.progress()[0], { state: "replicate", matchIndex: 5 });
  t.like(
    last.sent("appendEntries").find((message) => message.to === "b"),
    { prevLogIndex: 5, prevLogTerm: 1 },
  );
});

test("PITFALLS 22: one chunk at a time: repeated replies and late bytes ask for nothing", (t) => {
  const { node } = makeSender();
  node.snapshotChunk(chunk(0));
  node.snapshotChunk(chunk(0));
  t.is(settle(node).sent("installSnapshot").length, 1);
  const reply = makeMessage("installSnapshotReply", { lastIncludedIndex: 5, offset: 4 });
  t.is(stepAndSettle(node, reply, reply).chunkRequests.length, 1);
  node.snapshotChunk(chunk(0));
  t.deepEqual(settle(node).messages, []);
  node.snapshotChunk(chunk(4));
  settle(node);
  t.is(stepAndSettle(node, reply).chunkRequests.length, 0, "the repetition of a reply that was acted upon");
  const restart = makeMessage("installSnapshotReply", { lastIncludedIndex: 5, offset: 0 });
  t.deepEqual(stepAndSettle(node, restart).chunkRequests, [{ to: "b", lastIncludedIndex: 5, offset: 0 }]);
});

test("PITFALLS 22: a lost chunk is sent again when the follower lives and an election timeout has passed", (t) => {
  const { node } = makeSender();
  node.snapshotChunk(chunk(0));
  settle(node);
  const requests: number[] = [];
  for (let tick = 1; tick <= ELECTION_TIMEOUT_TICKS; tick++) {
    node.tick();
    const outcome = stepAndSettle(node, makeMessage("heartbeatReply"));
    for (const _ of outcome.chunkRequests) requests.push(tick);
  }
  t.deepEqual(requests, [ELECTION_TIMEOUT_TICKS]);
});

test("PITFALLS 22: a request for a chunk that nobody answers is repeated", (t) => {
  const { node } = makeSender();
  for (let tick = 0; tick < ELECTION_TIMEOUT_TICKS; tick++) {
    node.tick();
    for (const from of ["b", "c"]) node.step(makeMessage("heartbeatReply", { from }));
  }
  t.deepEqual(settle(node).chunkRequests, [{ to: "b", lastIncludedIndex: 0, offset: 0 }]);
});

test("a snapshot that cannot be read is begun anew when the follower is heard from again", (t) => {
  const { node } = makeSender();
  node.snapshotUnavailable("b");
  t.false(node.hasReady());
  const outcome = stepAndSettle(node, makeMessage("heartbeatReply"));
  t.deepEqual(outcome.chunkRequests, [{ to: "b", lastIncludedIndex: 0, offset: 0 }]);
});

test("a follower that gets past the compacted entries by itself needs no snapshot any more", (t) => {
  const { node } = makeSender();
  acknowledge(node, "b", 5);
  t.like(node.progress()[0], { state: "replicate", matchIndex: 5 });
  node.snapshotChunk(chunk(0));
  t.deepEqual(settle(node).sent("installSnapshot"), []);
});

test("a follower that has got past the snapshot on its way, but not to the log's start, is sent the newest", (t) => {
  const { node } = makeSender();
  node.snapshotChunk(chunk(0));
  for (const text of ["t", "u", "v"]) proposeText(node, text);
  settle(node);
  acknowledge(node, "c");
  settle(node);
  node.compact({ snapshot: snapshotAt(8, 1), keepFromIndex: 9 });
  // Delayed AppendEntries took it where the snapshot ends, so that the word of it being installed is no news.
  const accepted = makeMessage("appendEntriesReply", { accepted: true, matchIndex: 5 });
  t.deepEqual(stepAndSettle(node, accepted).chunkRequests, [{ to: "b", lastIncludedIndex: 0, offset: 0 }]);
  node.snapshotChunk({ ...chunk(0, true), metadata: snapshotAt(8, 1) });
  t.like(settle(node).only("installSnapshot"), { lastIncludedIndex: 8, offset: 0 });
  stepAndSettle(node, makeMessage("installSnapshotReply", { lastIncludedIndex: 8, installed: true }));
  t.like(node.progress()[0], { state: "replicate", matchIndex: 8 });
});

test("an owner is given one chunk at a time, also over a change of leader (PITFALLS 22)", (t) => {
  const node = makeNode({ hardState: { currentTerm: 1 } });
  const incoming = (from: string, term: number) =>
    makeMessage("installSnapshot", { from, term, lastIncludedIndex: 7, done: false });
  node.step(incoming("b", 1));
  t.is(node.ready().chunks.length, 1);
  settle(node);
  node.step(incoming("c", 2));
  t.is(node.ready().chunks.length, 0, "the first is still being written");
  node.advance();
  node.chunkWritten({ from: "b", lastIncludedIndex: 7, offset: 8 });
  t.deepEqual(settle(node).messages, [], "b is not the leader any more");
  node.step(incoming("c", 2));
  t.is(node.ready().chunks.length, 1);
});

test("a repeated chunk of an older snapshot does not disturb the newer one (PITFALLS 20)", (t) => {
  const node = makeNode({ hardState: { currentTerm: 1 } });
  const incoming = (lastIncludedIndex: number, offset: number) =>
    makeMessage("installSnapshot", { lastIncludedIndex, offset, done: false });
  stepAndSettle(node, incoming(9, 0));
  node.chunkWritten({ from: "b", lastIncludedIndex: 9, offset: 8 });
  settle(node);
  t.deepEqual(stepAndSettle(node, incoming(7, 0)).messages, []);
  node.step(incoming(9, 8));
  t.is(node.ready().chunks.length, 1);
});

test("PITFALLS 21: a snapshot that is complete when its receiver stands for election makes it a follower", (t) => {
  const node = makeNode();
  node.step(makeMessage("timeoutNow"));
  t.is(node.role, "candidate");
  t.true(node.restore("b", snapshotAt(5, 1)));
  t.is(node.role, "follower");
  t.is(node.lastApplied, 5);
});

test("compact: an older snapshot than the present one changes nothing", (t) => {
  const node = makeNode({ entries: logOf([1, 1, 1]), hardState: { commitIndex: 3 } });
  settle(node);
  node.compact({ snapshot: snapshotAt(2, 1), keepFromIndex: 3 });
  node.compact({ snapshot: snapshotAt(1, 1), keepFromIndex: 2 });
  t.deepEqual([node.firstIndex, node.snapshotMetadata.lastIncludedIndex], [3, 2]);
  t.is(node.logBytes, entryBytes(logOf([1], 3)[0] ?? { kind: "noop", index: 0, term: 0 }));
});

test("a leader that lacks a snapshot's last entry, since somebody lied, leads no more once it is restored", (t) => {
  const node = makeNode();
  elect(node);
  t.is(node.role, "leader");
  t.true(node.restore("b", snapshotAt(5, 1)));
  t.is(node.role, "follower");
  t.deepEqual([node.commitIndex, node.lastIndex], [5, 5]);
});
