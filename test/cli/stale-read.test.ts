import test from "ava";
import { describeReads } from "../../src/cli/stale-read.js";

const read = { member: "n2", index: 4711, behindMs: 120 };

test("one read: who answered, how far behind, at which index", (t) => {
  t.is(describeReads([read]), "read from n2, up to 120 ms behind, index 4711");
});

test("the age of a member that has not heard enough since it started is not made up", (t) => {
  const words = "read from n2, which has not caught up with a leader since it started, index 4711";
  t.is(describeReads([{ ...read, behindMs: null }]), words);
});

test("several reads: everybody who answered, the longest age, the lowest index", (t) => {
  const reads = [read, { ...read, index: 4713, behindMs: 60 }, { ...read, member: "n3", index: 4700 }];
  t.is(describeReads(reads), "3 reads from n2 and n3, up to 120 ms behind, from index 4700 on");
  const words = "2 reads from n2, which has not caught up with a leader since it started, from index 4711 on";
  t.is(describeReads([read, { ...read, behindMs: null }]), words);
});
