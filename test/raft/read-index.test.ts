import test from "ava";
import {
  acknowledge,
  ELECTION_TIMEOUT_TICKS,
  elect,
  electAndCommit,
  logOf,
  makeMessage,
  makeNode,
  settle,
  stepAndSettle,
} from "./single-node.js";

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

test("PITFALLS 29: the answer to an earlier term's heartbeat confirms no round of this term, whoever leads it", (t) => {
  const node = makeNode({ hardState: { currentTerm: 5 } });
  const [reply] = stepAndSettle(
    node,
    makeMessage("heartbeat", { from: "b", term: 4, readSequence: 3 }),
  ).messages;
  t.like(reply, { type: "heartbeatReply", term: 5, readSequence: 0 });
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
