import test from "ava";
import fc from "fast-check";
import type { CommandResult } from "../../src/kv/command.js";
import { Session } from "../../src/kv/session.js";

const ERA = { clockMs: 1 };

type Step = { kind: "run" | "find" | "acknowledge"; sequence: number };

test("sequences in any order, acknowledged at any time, are found like in a map of all results", (t) => {
  const step: fc.Arbitrary<Step> = fc.record({
    kind: fc.constantFrom("run", "run", "find", "acknowledge"),
    sequence: fc.integer({ min: 1, max: 30 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let session = new Session({ session: 1, activeOrder: 1, era: ERA });
      const twin = new Map<number, CommandResult>();
      let acknowledgedBelow = 0;
      steps.forEach(({ kind, sequence }, index) => {
        if (kind === "acknowledge") {
          session.acknowledge(sequence);
          acknowledgedBelow = Math.max(acknowledgedBelow, sequence);
          for (const known of twin.keys()) if (known < acknowledgedBelow) twin.delete(known);
        } else {
          t.deepEqual(session.find(sequence), twin.get(sequence));
          if (kind === "run" && !twin.has(sequence) && sequence >= acknowledgedBelow) {
            session.remember(sequence, { status: "done", index });
            twin.set(sequence, { status: "done", index });
          }
        }
        t.is(session.resultCount, twin.size);
        t.is(session.acknowledgedBelow, acknowledgedBelow);
        if (index % 7 === 0) session = Session.fromRecord(session.toRecord("clientid"), ERA);
        if (index % 11 === 0) session = session.copy(ERA);
      });
      t.deepEqual(
        session.toRecord("clientid").results,
        [...twin].sort(([a], [b]) => a - b).map(([sequence, result]) => ({ sequence, ...result })),
      );
    }),
    { numRuns: 500 },
  );
});

test("a copy keeps its results when the original forgets and learns", (t) => {
  const session = new Session({ session: 1, activeOrder: 1, era: ERA });
  for (const sequence of [1, 2, 3]) session.remember(sequence, { status: "done", index: sequence });
  const copy = session.copy({ clockMs: 1 });
  const before = copy.toRecord("clientid");
  session.acknowledge(3);
  session.remember(4, { status: "absent", index: 4 });
  t.deepEqual(copy.toRecord("clientid"), before);
  t.is(copy.resultCount, 3);
});
