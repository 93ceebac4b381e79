import test from "ava";
import { type Reader, Reads } from "../../src/server/reads.js";

const reader = (requestId: number): Reader => ({
  request: { kind: "get", requestId, key: "k", consistency: "linearizable" },
  reply: () => {},
});
const ids = (readers: readonly Reader[]) => readers.map(({ request }) => request.requestId);

function ask(reads: Reads, deadlineTick = 100): number {
  const context = reads.startBatch(deadlineTick);
  if (context === null) throw new Error("nobody came");
  return context;
}

test("readers of one turn share a context and are served together, once their index is applied", (t) => {
  const reads = new Reads(0);
  reads.add(reader(1));
  reads.add(reader(2));
  const context = ask(reads);
  t.is(reads.startBatch(100), null);
  t.deepEqual(reads.takeServable(99), []);
  reads.confirm({ context, index: 7 });
  t.deepEqual(reads.takeServable(6), []);
  t.deepEqual(ids(reads.takeServable(7)), [1, 2]);
  t.deepEqual(reads.takeServable(8), []);
  t.is(reads.size, 0);
});

test("PITFALLS 28: contexts are never used twice, and an unknown one confirms nobody", (t) => {
  const reads = new Reads(1000);
  reads.add(reader(1));
  const first = ask(reads);
  reads.add(reader(2));
  const second = ask(reads);
  t.not(first, second);
  t.true(first > 1000);
  reads.confirm({ context: second + 1, index: 1 });
  reads.confirm({ context: second, index: 1 });
  reads.confirm({ context: second, index: 1 });
  t.deepEqual(ids(reads.takeServable(1)), [2]);
  t.is(reads.size, 1);
});

test("a failed context gives back its readers and nobody else", (t) => {
  const reads = new Reads(0);
  reads.add(reader(1));
  const first = ask(reads);
  reads.add(reader(2));
  ask(reads);
  t.deepEqual(ids(reads.takeFailed(first)), [1]);
  t.deepEqual(reads.takeFailed(first), []);
  t.is(reads.size, 1);
});

test("asked and confirmed readers both expire at their deadline", (t) => {
  const reads = new Reads(0);
  reads.add(reader(1));
  const context = ask(reads, 10);
  reads.add(reader(2));
  ask(reads, 11);
  reads.add(reader(3));
  ask(reads, 20);
  reads.confirm({ context, index: 5 });
  t.deepEqual(ids(reads.takeExpired(9)), []);
  t.deepEqual(ids(reads.takeExpired(11)).sort(), [1, 2]);
  t.is(reads.size, 1);
  t.deepEqual(ids(reads.takeAll()), [3]);
  t.is(reads.size, 0);
});
