import test from "ava";
import { bytesOf } from "./cluster.js";
import {
  acknowledge,
  ELECTION_TIMEOUT_TICKS,
  electAndCommit,
  makeMessage,
  makeNode,
  proposeText,
  settle,
} from "./single-node.js";

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
