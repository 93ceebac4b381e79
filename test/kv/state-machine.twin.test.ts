import test from "ava";
import fc from "fast-check";
import { stateDigest } from "../../src/kv/digest.js";
import { StateMachine } from "../../src/kv/state-machine.js";
import { NaiveMachine } from "./naive-machine.js";
import { commandOf, dump, KEYS, restored, SMALL_LIMITS, steps } from "./steps.js";

test("every result, and the whole state at the end, is that of the naive machine", (t) => {
  fc.assert(
    fc.property(steps, (history) => {
      const naive = new NaiveMachine(SMALL_LIMITS);
      const machine = new StateMachine(SMALL_LIMITS);
      history.forEach((step, at) => {
        const command = commandOf(step, naive);
        t.deepEqual(machine.apply(at + 1, command), naive.apply(at + 1, command));
      });
      t.deepEqual(
        [...machine.pairs()],
        [...naive.values].sort(([a], [b]) => (a < b ? -1 : 1)),
      );
      t.is(machine.keyCount, naive.values.size);
      t.is(machine.clockMs, naive.clockMs);
      t.deepEqual([...machine.sessions()], naive.records());
      for (const key of KEYS) t.is(machine.get(key), naive.values.get(key));
    }),
    { numRuns: 500 },
  );
});

test("PITFALLS 24, 34: a machine loaded from a snapshot midway ends the same, result by result", (t) => {
  // sessionsMax 20: activity is not recorded with each command, which must not tell replicas apart.
  for (const sessionsMax of [4, 20]) {
    const limits = { ...SMALL_LIMITS, sessionsMax };
    fc.assert(
      fc.property(steps, fc.nat({ max: 80 }), fc.nat({ max: 80 }), (history, snapshotAt, cloneAt) => {
        const naive = new NaiveMachine(limits);
        const one = new StateMachine(limits);
        let other = new StateMachine(limits);
        history.forEach((step, at) => {
          const command = commandOf(step, naive);
          naive.apply(at + 1, command);
          if (at === snapshotAt) other = restored(other, limits);
          if (at === cloneAt) one.clone();
          t.deepEqual(other.apply(at + 1, command), one.apply(at + 1, command));
        });
        t.deepEqual(dump(other), dump(one));
        t.is(stateDigest(other), stateDigest(one));
      }),
      { numRuns: 300 },
    );
  }
});

test("neither of two clones sees what is applied to the other", (t) => {
  fc.assert(
    fc.property(steps, steps, steps, (before, left, right) => {
      const naive = new NaiveMachine(SMALL_LIMITS);
      const original = new StateMachine(SMALL_LIMITS);
      const run = (machine: StateMachine, from: number, history: typeof before) => {
        history.forEach((step, at) => {
          machine.apply(from + at + 1, commandOf(step, naive));
        });
      };
      before.forEach((step, at) => {
        const command = commandOf(step, naive);
        naive.apply(at + 1, command);
        original.apply(at + 1, command);
      });
      const atClone = dump(original);
      const clone = original.clone();
      const separate = restored(original, SMALL_LIMITS);
      run(original, before.length, left);
      t.deepEqual(dump(clone), atClone);
      const afterLeft = dump(original);
      run(clone, before.length, right);
      run(separate, before.length, right);
      t.deepEqual(dump(original), afterLeft);
      t.deepEqual(dump(clone), dump(separate));
    }),
    { numRuns: 200 },
  );
});

test("scans page through the same pairs as the naive machine, in byte order", (t) => {
  const bound = fc.constantFrom(...KEYS);
  const range = fc.record({
    from: bound,
    to: bound,
    prefix: bound,
    limit: fc.nat({ max: 4 }),
    keysOnly: fc.boolean(),
  });
  fc.assert(
    fc.property(steps, range, fc.integer({ min: 0, max: 120 }), (history, asked, pageBytesMax) => {
      const naive = new NaiveMachine(SMALL_LIMITS);
      const machine = new StateMachine(SMALL_LIMITS);
      history.forEach((step, at) => {
        const command = commandOf(step, naive);
        naive.apply(at + 1, command);
        machine.apply(at + 1, command);
      });
      let from = asked.from;
      do {
        const page = machine.scan({ ...asked, from }, pageBytesMax);
        t.deepEqual(page, naive.scan({ ...asked, from }, pageBytesMax));
        from = page.nextKey;
      } while (from !== "");
    }),
    { numRuns: 300 },
  );
});
