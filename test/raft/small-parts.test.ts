/** Inflights, WriteMarks, ConfigurationHistory, ReadRounds: the parts that hold no rule by themselves. */
import test from "ava";
import fc from "fast-check";
import { ConfigurationHistory, isWellFormed } from "../../src/raft/configuration.js";
import { Inflights } from "../../src/raft/inflights.js";
import { ForwardedReads, ReadRounds } from "../../src/raft/read-rounds.js";
import { WriteMarks } from "../../src/raft/write-marks.js";
import { configurationOf } from "./cluster.js";

test("Inflights: PITFALLS 55: equals a plain list, bounded in messages and bytes", (t) => {
  const steps = fc.array(fc.oneof(fc.record({ bytes: fc.nat(40) }), fc.record({ freeTo: fc.nat(60) })), {
    maxLength: 80,
  });
  fc.assert(
    fc.property(steps, (sequence) => {
      const inflights = new Inflights({ inflightMessagesMax: 4, inflightBytesMax: 100 });
      let list: { lastIndex: number; bytes: number }[] = [];
      let lastIndex = 0;
      for (const step of sequence) {
        if ("freeTo" in step) {
          inflights.freeTo(step.freeTo);
          list = list.filter((message) => message.lastIndex > step.freeTo);
        } else if (!inflights.full) {
          const message = { lastIndex: ++lastIndex, bytes: step.bytes };
          inflights.add(message);
          list.push(message);
        }
        const bytes = list.reduce((sum, message) => sum + message.bytes, 0);
        if (inflights.count !== list.length || inflights.bytes !== bytes) return false;
        if (inflights.full !== (list.length === 4 || bytes >= 100)) return false;
      }
      inflights.clear();
      return inflights.count === 0 && inflights.bytes === 0 && !inflights.full;
    }),
  );
  t.pass();
});

test("Inflights: a message larger than the bound passes when the window is empty, and fills it", (t) => {
  const inflights = new Inflights({ inflightMessagesMax: 4, inflightBytesMax: 100 });
  t.false(inflights.full);
  inflights.add({ lastIndex: 1, bytes: 1000 });
  t.true(inflights.full);
  t.throws(() => inflights.add({ lastIndex: 2, bytes: 1 }), { name: "AssertionError" });
  inflights.freeTo(1);
  t.false(inflights.full);
});

test("WriteMarks: PITFALLS 13: a write vouches only for what was not truncated while it was under way", (t) => {
  const marks = new WriteMarks(3);
  marks.begin(8);
  marks.truncateFrom(6);
  t.deepEqual([marks.durableIndex, marks.writingIndex], [3, 5]);
  marks.end();
  t.is(marks.durableIndex, 5);
  marks.truncateFrom(2);
  t.is(marks.durableIndex, 1);
});

test("WriteMarks: a snapshot stands for what it covers, also while a write is under way", (t) => {
  const marks = new WriteMarks(3);
  marks.begin(5);
  marks.coverTo(9);
  t.is(marks.durableIndex, 9);
  marks.end();
  t.deepEqual([marks.durableIndex, marks.writingIndex], [9, 9]);
});

test("WriteMarks: one write at a time", (t) => {
  const marks = new WriteMarks(0);
  t.throws(() => marks.end(), { name: "AssertionError" });
  marks.begin(1);
  t.throws(() => marks.begin(2), { name: "AssertionError" });
});

test("ConfigurationHistory: in force from its index on, gone when truncated, kept as the base when compacted", (t) => {
  const [first, second, third] = [["a"], ["a", "b"], ["a", "b", "c"]].map(configurationOf) as [
    ReturnType<typeof configurationOf>,
    ReturnType<typeof configurationOf>,
    ReturnType<typeof configurationOf>,
  ];
  const history = new ConfigurationHistory({ index: 0, configuration: first });
  history.append({ index: 5, configuration: second });
  history.append({ index: 9, configuration: third });
  t.deepEqual(
    [0, 4, 5, 8, 9, 99].map((index) => history.at(index)),
    [first, first, second, second, third, third],
  );
  history.truncateFrom(9);
  t.is(history.latest, second);
  history.compactTo(7);
  t.is(history.at(7), second);
  t.throws(() => history.at(4), { name: "AssertionError" });
  history.truncateFrom(1);
  t.is(history.latest, second, "what a snapshot covers is committed");
});

test("isWellFormed: voters there are, sorted, none twice", (t) => {
  t.true(isWellFormed(configurationOf(["a", "b"])));
  t.false(isWellFormed({ voters: [] }));
  const [a, b] = configurationOf(["a", "b"]).voters;
  t.false(isWellFormed({ voters: [a, a].filter((voter) => voter !== undefined) }));
  t.false(isWellFormed({ voters: [b, a].filter((voter) => voter !== undefined) }));
});

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
