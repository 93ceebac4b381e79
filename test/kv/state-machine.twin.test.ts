import test from "ava";
import fc from "fast-check";
import { stateDigest } from "../../src/kv/digest.js";
import { StateMachine, type StateView } from "../../src/kv/state-machine.js";
import { byteMemory } from "../../src/wire/bytes.js";
import { NaiveMachine } from "./naive-machine.js";
import { commandOf, type Dump, dump, KEYS, positionOf, restored, SMALL_LIMITS, steps } from "./steps.js";

function valuesOf(machine: StateMachine): (readonly [string, string])[] {
  return [...machine.pairs()].map(({ key, value }) => [key, value]);
}

test("every result, and the whole state at the end, is that of the naive machine", (t) => {
  fc.assert(
    fc.property(steps, (history) => {
      const naive = new NaiveMachine(SMALL_LIMITS);
      const machine = new StateMachine(SMALL_LIMITS, byteMemory);
      history.forEach((step, at) => {
        const command = commandOf(step, naive);
        t.deepEqual(machine.apply(positionOf(at + 1), command), naive.apply(positionOf(at + 1), command));
      });
      t.deepEqual(
        valuesOf(machine),
        [...naive.values].sort(([a], [b]) => (a < b ? -1 : 1)),
      );
      t.is(machine.keyCount, naive.values.size);
      t.is(machine.clockMs, naive.clockMs);
      t.deepEqual([...machine.sessions()], naive.records());
      for (const key of KEYS) {
        t.is(machine.get(key), naive.values.get(key));
        t.deepEqual(machine.explain(key), naive.explanations.get(key));
      }
    }),
    { numRuns: 500 },
  );
});

test("PITFALLS 24, 34: a machine loaded from a snapshot midway ends the same, result by result", (t) => {
  // sessionsMax 20: activity is not recorded with each command, which must not tell replicas apart.
  for (const sessionsMax of [4, 20]) {
    const limits = { ...SMALL_LIMITS, sessionsMax };
    fc.assert(
      fc.property(steps, fc.nat({ max: 80 }), fc.nat({ max: 80 }), (history, snapshotAt, viewAt) => {
        const naive = new NaiveMachine(limits);
        const one = new StateMachine(limits, byteMemory);
        let other = new StateMachine(limits, byteMemory);
        history.forEach((step, at) => {
          const command = commandOf(step, naive);
          naive.apply(positionOf(at + 1), command);
          if (at === snapshotAt) other = restored(other, limits);
          if (at === viewAt) one.view();
          t.deepEqual(other.apply(positionOf(at + 1), command), one.apply(positionOf(at + 1), command));
        });
        t.deepEqual(dump(other), dump(one));
        t.is(stateDigest(other), stateDigest(one));
      }),
      { numRuns: 300 },
    );
  }
});

test("a view stays as the state was, whatever is applied and whichever views are released", (t) => {
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 4 }), fc.nat(), (histories, order) => {
      const naive = new NaiveMachine(SMALL_LIMITS);
      const machine = new StateMachine(SMALL_LIMITS, byteMemory);
      const views: { view: StateView; was: Dump }[] = [];
      let index = 0;
      for (const history of histories) {
        for (const step of history) {
          const command = commandOf(step, naive);
          index++;
          naive.apply(positionOf(index), command);
          machine.apply(positionOf(index), command);
        }
        views.push({ view: machine.view(), was: dump(machine) });
        const [released] = views.length > 2 ? views.splice(order % views.length, 1) : [];
        released?.view.release();
        for (const { view, was } of views) t.deepEqual(dump(view), was);
        t.deepEqual(
          valuesOf(machine),
          [...naive.values].sort(([a], [b]) => (a < b ? -1 : 1)),
        );
      }
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
      const machine = new StateMachine(SMALL_LIMITS, byteMemory);
      history.forEach((step, at) => {
        const command = commandOf(step, naive);
        naive.apply(positionOf(at + 1), command);
        machine.apply(positionOf(at + 1), command);
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
