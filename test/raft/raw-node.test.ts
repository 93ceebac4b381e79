/** The Ready/advance contract, and what has no section in the paper: PreVote, CheckQuorum, transfers, reads, limits. */
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
  tickUntil,
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

// PreVote

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

// CheckQuorum

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

// Replication

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

test("commit is told at once to followers that have nothing else coming", (t) => {
  const node = makeNode();
  electAndCommit(node);
  proposeText(node, "x");
  settle(node);
  acknowledge(node, "b");
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

// Snapshots

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

test("compact: an older snapshot than the present one changes nothing", (t) => {
  const node = makeNode({ entries: logOf([1, 1, 1]), hardState: { commitIndex: 3 } });
  settle(node);
  node.compact({ snapshot: snapshotAt(2, 1), keepFromIndex: 3 });
  node.compact({ snapshot: snapshotAt(1, 1), keepFromIndex: 2 });
  t.deepEqual([node.firstIndex, node.snapshotMetadata.lastIncludedIndex], [3, 2]);
  t.is(node.logBytes, entryBytes(logOf([1], 3)[0] ?? { kind: "noop", index: 0, term: 0 }));
});

// Limits

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

// Transfer

test("transfer: to the most up-to-date follower that was heard from, once it has everything", (t) => {
  const node = makeNode();
  electAndCommit(node);
  proposeText(node, "x");
  settle(node);
  acknowledge(node, "c");
  t.true(node.transferLeadership());
  t.is(settle(node).only("timeoutNow").to, "c");
  t.deepEqual(node.propose(bytesOf("y")), { kind: "transferring" });
  t.true(node.transferLeadership("b"), "another target takes its place");
  t.deepEqual(settle(node).sent("timeoutNow"), []);
  acknowledge(node, "b");
  t.is(settle(node).only("timeoutNow").to, "b");
});

test("transfer: given up after an election timeout", (t) => {
  const node = makeNode();
  electAndCommit(node);
  t.true(node.transferLeadership("b"));
  for (let tick = 0; tick < ELECTION_TIMEOUT_TICKS; tick++) {
    t.is(node.propose(bytesOf("x")).kind, "transferring");
    node.tick();
    node.step(makeMessage("heartbeatReply", { from: "c" }));
  }
  t.is(node.propose(bytesOf("x")).kind, "proposed");
});

test("transfer: whoever does not lead, or has nobody to hand on to, refuses", (t) => {
  t.false(makeNode().transferLeadership());
  const alone = makeNode({ ids: ["a"] });
  alone.tick();
  settle(alone);
  t.false(alone.transferLeadership());
  const node = makeNode();
  electAndCommit(node);
  t.false(node.transferLeadership("a"));
  t.false(node.transferLeadership("x"));
});

// Reads

test("PITFALLS 27: no read is answered before an entry of the own term is committed", (t) => {
  const node = makeNode({ entries: logOf([1, 1]) });
  elect(node);
  node.readIndex(7);
  node.tick();
  node.tick();
  const round = settle(node).sent("heartbeat")[0]?.readSequence ?? 0;
  for (const from of ["b", "c"]) {
    node.step(makeMessage("heartbeatReply", { from, term: 2, readSequence: round }));
  }
  t.deepEqual(settle(node).reads, []);
  acknowledge(node, "b");
  t.deepEqual(settle(node).reads, [{ context: 7, index: 3 }]);
});

test("reads: nobody known to lead: failed at once", (t) => {
  const node = makeNode();
  node.readIndex(7);
  t.deepEqual(settle(node).failedReads, [7]);
});

test("reads: a follower passes them on, and they fail when its leader is gone or refuses", (t) => {
  const node = makeNode({ hardState: { currentTerm: 1 } });
  stepAndSettle(node, makeMessage("heartbeat", { from: "b" }));
  for (const context of [1, 2, 3]) node.readIndex(context);
  t.deepEqual(
    settle(node)
      .sent("readIndex")
      .map(({ to, context }) => [to, context]),
    [
      ["b", 1],
      ["b", 2],
      ["b", 3],
    ],
  );
  const answers = [
    makeMessage("readIndexReply", { context: 2, index: 5 }),
    makeMessage("readIndexReply", { context: 1, index: 0 }),
    makeMessage("readIndexReply", { context: 2, index: 5 }),
  ];
  const outcome = stepAndSettle(node, ...answers);
  t.deepEqual(outcome.reads, [{ context: 2, index: 5 }]);
  t.deepEqual(outcome.failedReads, [1]);
  t.deepEqual(stepAndSettle(node, makeMessage("heartbeat", { from: "c", term: 2 })).failedReads, [3]);
});

test("reads: a leader answers its followers, and refuses them when it steps down", (t) => {
  const node = makeNode();
  electAndCommit(node);
  const asked = stepAndSettle(node, makeMessage("readIndex", { from: "b", context: 4 }));
  const { readSequence } = asked.sent("heartbeat")[0] ?? { readSequence: 0 };
  const confirmed = stepAndSettle(node, makeMessage("heartbeatReply", { from: "c", readSequence }));
  t.like(confirmed.only("readIndexReply"), { to: "b", context: 4, index: 1 });
  node.step(makeMessage("readIndex", { from: "b", context: 5 }));
  node.readIndex(6);
  const deposed = stepAndSettle(node, makeMessage("heartbeat", { from: "c", term: 2 }));
  t.like(deposed.only("readIndexReply"), { to: "b", context: 5, index: 0 });
  t.deepEqual(deposed.failedReads, [6]);
});

test("reads: whoever does not lead refuses those that are passed on to it", (t) => {
  const node = makeNode({ hardState: { currentTerm: 1 } });
  t.like(stepAndSettle(node, makeMessage("readIndex", { context: 9 })).only("readIndexReply"), {
    context: 9,
    index: 0,
  });
});

test("reads: a leader that cannot get them confirmed fails them within an election timeout", (t) => {
  const node = makeNode({ entries: logOf([1]) });
  elect(node);
  // Its heartbeats are answered, but nobody acknowledges the no-op.
  node.readIndex(1);
  const failed: number[] = [];
  for (let tick = 1; tick <= ELECTION_TIMEOUT_TICKS; tick++) {
    node.tick();
    if (settle(node).failedReads.length > 0) failed.push(tick);
    node.step(makeMessage("heartbeatReply", { term: 2 }));
  }
  t.deepEqual(failed, [ELECTION_TIMEOUT_TICKS]);
  t.is(node.role, "leader");
});

test("reads: a leader alone answers at once", (t) => {
  const node = makeNode({ ids: ["a"] });
  node.tick();
  settle(node);
  node.readIndex(3);
  t.deepEqual(node.ready().reads, [{ context: 3, index: 1 }]);
});
