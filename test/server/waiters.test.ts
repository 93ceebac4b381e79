import test from "ava";
import { type Waiter, Waiters } from "../../src/server/waiters.js";

function waiter(index: number, options: { term?: number; deadlineTick?: number } = {}): Waiter {
  const { term = 1, deadlineTick = 100 } = options;
  const command = { kind: "clock", timeMs: 0 } as const;
  return { index, term, requestId: index, reply: () => {}, command, deadlineTick };
}

test("a waiter is taken by its index and nobody else's", (t) => {
  const waiters = new Waiters();
  waiters.add(waiter(5));
  waiters.add(waiter(7));
  t.is(waiters.take(4), undefined);
  t.is(waiters.take(6), undefined);
  t.is(waiters.take(5)?.index, 5);
  t.is(waiters.take(5), undefined);
  t.is(waiters.take(6), undefined);
  t.is(waiters.take(7)?.index, 7);
  t.is(waiters.size, 0);
});

test("PITFALLS 39: the waiter taken bears its own term, so another leader's entry is told apart", (t) => {
  const waiters = new Waiters();
  waiters.add(waiter(5, { term: 2 }));
  t.is(waiters.term, 2);
  t.is(waiters.take(5)?.term, 2);
  t.is(waiters.term, 0);
});

test("those whose deadline has come expire in order, the others stay", (t) => {
  const waiters = new Waiters();
  for (const index of [1, 2, 3]) waiters.add(waiter(index, { deadlineTick: index * 10 }));
  t.deepEqual(
    waiters.expire(20).map(({ index }) => index),
    [1, 2],
  );
  t.is(waiters.take(1), undefined);
  t.is(waiters.take(3)?.index, 3);
});

test("PITFALLS 40: everybody is released at once, and the queue is usable again", (t) => {
  const waiters = new Waiters();
  for (const index of [1, 2, 3]) waiters.add(waiter(index));
  t.deepEqual(
    waiters.releaseAll().map(({ index }) => index),
    [1, 2, 3],
  );
  t.is(waiters.size, 0);
  waiters.add(waiter(2, { term: 9 }));
  t.is(waiters.take(2)?.term, 9);
});

test("indexes that do not rise are a bug", (t) => {
  const waiters = new Waiters();
  waiters.add(waiter(3));
  t.throws(() => waiters.add(waiter(3)), { name: "AssertionError" });
});

test("thousands pass through in order while others are added", (t) => {
  const waiters = new Waiters();
  let taken = 0;
  for (let index = 1; index <= 10_000; index++) {
    waiters.add(waiter(index));
    if (index % 3 !== 0) continue;
    for (let i = 0; i < 2; i++) t.is(waiters.take(taken + 1)?.index, ++taken);
  }
  t.is(waiters.size, 10_000 - taken);
});
