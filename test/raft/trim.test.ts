/** What leaves a member's memory before a snapshot covers it. */
import test from "ava";
import type { RawNode } from "../../src/raft/raw-node.js";
import {
  acknowledge,
  ELECTION_TIMEOUT_TICKS,
  electAndCommit,
  makeMessage,
  makeNode,
  proposeText,
  settle,
} from "./single-node.js";

const LIMITS = { heldBytesMax: 0 };

function acknowledgeAll(node: RawNode, from: string): void {
  acknowledge(node, from);
  settle(node);
  // What has become durable leaves with the next Ready.
  node.ready();
}

test("a leader keeps what a follower that answers has not acknowledged, and nothing that both have", (t) => {
  const node = makeNode({ limits: LIMITS });
  electAndCommit(node);
  proposeText(node, "x");
  settle(node);
  acknowledgeAll(node, "b");
  t.is(node.commitIndex, node.lastIndex);
  t.true(node.firstIndex <= node.lastIndex);
  acknowledgeAll(node, "c");
  t.is(node.firstIndex, node.lastIndex + 1);
});

test("a follower that does not answer is not waited for longer than an election timeout", (t) => {
  const node = makeNode({ limits: LIMITS });
  electAndCommit(node);
  proposeText(node, "x");
  settle(node);
  acknowledgeAll(node, "b");
  for (let tick = 0; tick < ELECTION_TIMEOUT_TICKS; tick++) {
    node.tick();
    acknowledgeAll(node, "b");
  }
  t.is(node.role, "leader");
  t.is(node.firstIndex, node.lastIndex + 1);
});

test("a follower drops what it has applied", (t) => {
  const node = makeNode({ limits: LIMITS });
  node.step(
    makeMessage("appendEntries", { entries: [{ kind: "noop", index: 1, term: 1 }], leaderCommit: 1 }),
  );
  t.is(node.firstIndex, 1);
  settle(node);
  node.ready();
  t.deepEqual([node.firstIndex, node.lastIndex, node.termAt(1)], [2, 1, 1]);
});
