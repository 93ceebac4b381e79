import test from "ava";
import { WriteMarks } from "../../src/raft/write-marks.js";

test("PITFALLS 13: a write vouches only for what was not truncated while it was under way", (t) => {
  const marks = new WriteMarks(3);
  marks.begin(8);
  marks.truncateFrom(6);
  t.deepEqual([marks.durableIndex, marks.writingIndex], [3, 5]);
  marks.end();
  t.is(marks.durableIndex, 5);
  marks.truncateFrom(2);
  t.is(marks.durableIndex, 1);
});

test("a snapshot stands for what it covers, also while a write is under way", (t) => {
  const marks = new WriteMarks(3);
  marks.begin(5);
  marks.coverTo(9);
  t.is(marks.durableIndex, 9);
  marks.end();
  t.deepEqual([marks.durableIndex, marks.writingIndex], [9, 9]);
});

test("one write at a time", (t) => {
  const marks = new WriteMarks(0);
  t.throws(() => marks.end(), { name: "AssertionError" });
  marks.begin(1);
  t.throws(() => marks.begin(2), { name: "AssertionError" });
});
