import test from "ava";
import { ForwardedReads, ReadRounds } from "../../src/raft/read-rounds.js";

const held = (context: number) => ({ context, from: null, index: 1 });

test("ReadRounds: PITFALLS 29: a read is confirmed by a round that began after it arrived, or a later one", (t) => {
  const rounds = new ReadRounds();
  rounds.hold(held(1));
  t.true(rounds.isRoundDue);
  rounds.begin();
  rounds.hold(held(2));
  t.false(rounds.isRoundDue, "one round at a time");
  t.true(rounds.hasGathered);
  rounds.confirm(1);
  t.deepEqual(rounds.takeConfirmed(), [held(1)]);
  rounds.begin();
  rounds.confirm(1);
  t.deepEqual(rounds.takeConfirmed(), []);
  rounds.confirm(2);
  t.deepEqual(rounds.takeConfirmed(), [held(2)]);
  t.throws(() => rounds.confirm(3), { name: "AssertionError" });
});

test("ReadRounds: what waits for too long is given back, oldest first", (t) => {
  const rounds = new ReadRounds();
  rounds.hold(held(1));
  t.deepEqual(rounds.tick(2), []);
  rounds.hold(held(2));
  t.deepEqual(rounds.tick(2), [held(1)]);
  t.deepEqual(rounds.tick(2), [held(2)]);
  rounds.hold(held(3));
  t.deepEqual(rounds.takeAll(), [held(3)]);
});

test("ForwardedReads: PITFALLS 28: each context once, and an answer that comes too late is nobody's", (t) => {
  const reads = new ForwardedReads();
  reads.add(1);
  t.throws(() => reads.add(1), { name: "AssertionError" });
  t.deepEqual(reads.tick(2), []);
  reads.add(2);
  t.deepEqual(reads.tick(2), [1]);
  t.false(reads.remove(1));
  t.true(reads.remove(2));
  reads.add(3);
  t.deepEqual(reads.takeAll(), [3]);
});
