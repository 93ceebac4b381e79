import test from "ava";
import { Freshness } from "../../src/raft/freshness.js";
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
  stepAndSettle,
} from "./single-node.js";

function tick(ticked: { tick(): void }, ticks: number): void {
  for (let at = 0; at < ticks; at++) ticked.tick();
}

test("nothing is known of one's age before a leader has said what is complete, and one has it", (t) => {
  const freshness = new Freshness();
  tick(freshness, 3);
  t.is(freshness.behindTicks(5), null);
  freshness.told({ index: 6, ageTicks: 0 }, 5);
  tick(freshness, 2);
  t.is(freshness.behindTicks(5), null);
  t.is(freshness.behindTicks(6), 2, "as of when it was told");
});

test("while more and more is committed, the age is that of a mark that was reached, and too high if anything", (t) => {
  const freshness = new Freshness();
  let applied = 0;
  for (let told = 10; told <= 100; told += 10) {
    freshness.told({ index: told, ageTicks: 0 }, applied);
    tick(freshness, 1);
    applied += 5;
  }
  t.is(
    freshness.behindTicks(applied),
    8,
    "told 30 eight ticks ago; 50, of which it was told six ticks ago, is applied",
  );
});

test("a mark that only a deposed leader ever had in its log gives way to a lower one", (t) => {
  const freshness = new Freshness();
  freshness.told({ index: 9, ageTicks: 0 }, 4);
  tick(freshness, 5);
  freshness.told({ index: 5, ageTicks: 0 }, 4);
  t.is(freshness.behindTicks(5), 0);
});

test("a follower counts from the last heartbeat whose leader it lacked nothing of", (t) => {
  const node = makeNode({ entries: logOf([1, 1]) });
  t.is(node.behindTicks, null);
  stepAndSettle(node, makeMessage("heartbeat", { leaderCommit: 2, completeIndex: 2 }));
  t.is(node.behindTicks, 0);
  tick(node, 3);
  t.is(node.behindTicks, 3);
  // The leader has committed more than this follower has: hearing of it makes nobody fresh.
  stepAndSettle(node, makeMessage("heartbeat", { leaderCommit: 2, completeIndex: 3 }));
  tick(node, 4);
  t.is(node.behindTicks, 7);
  const [entry] = logOf([1], 3);
  const append = {
    prevLogIndex: 2,
    prevLogTerm: 1,
    leaderCommit: 3,
    entries: entry === undefined ? [] : [entry],
  };
  stepAndSettle(node, makeMessage("appendEntries", append));
  t.is(node.behindTicks, 4, "it has what the leader spoke of four ticks ago");
});

test("heartbeats say up to where a follower lacks nothing, and in a new term that is the no-op at least", (t) => {
  const node = makeNode({ entries: logOf([1, 1]) });
  elect(node);
  tick(node, 2);
  // Nothing is committed, as far as this leader knows; its predecessor may have known better.
  t.deepEqual(
    settle(node)
      .sent("heartbeat")
      .map(({ completeIndex }) => completeIndex),
    [3, 3],
  );
  for (const from of ["b", "c"]) acknowledge(node, from);
  proposeText(node, "x");
  for (const from of ["b", "c"]) acknowledge(node, from);
  tick(node, 2);
  t.is(settle(node).sent("heartbeat")[0]?.completeIndex, 4);
});

test("a leader counts from when it last heard a majority, and goes on counting when it leads no more", (t) => {
  const node = makeNode();
  elect(node);
  tick(node, 1);
  t.is(
    node.behindTicks,
    null,
    "its no-op is not committed: predecessors may have committed more than it knows",
  );
  for (const from of ["b", "c"]) acknowledge(node, from);
  settle(node);
  tick(node, 3);
  t.is(node.behindTicks, 3);
  acknowledge(node, "b");
  tick(node, 1);
  t.is(node.behindTicks, 1);
  tick(node, ELECTION_TIMEOUT_TICKS + 2);
  t.not(node.role, "leader");
  t.is(node.behindTicks, ELECTION_TIMEOUT_TICKS + 3);
});

test("whoever is alone is a majority, and never behind", (t) => {
  const node = makeNode({ ids: ["a"] });
  tick(node, ELECTION_TIMEOUT_TICKS);
  settle(node);
  tick(node, 1);
  t.is(node.role, "leader");
  tick(node, 100);
  t.is(node.behindTicks, 0);
});

test("a leader in touch with its followers is as fresh as their last answers", (t) => {
  const node = makeNode();
  electAndCommit(node);
  for (let round = 0; round < 10; round++) {
    tick(node, 2);
    for (const from of ["b", "c"]) node.step(makeMessage("heartbeatReply", { from, term: node.currentTerm }));
    tick(node, 1);
    t.is(node.behindTicks, 1);
  }
});
