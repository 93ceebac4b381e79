import test from "ava";
import fc from "fast-check";
import { Terms, termAt } from "../../src/kv/terms.js";

/** Each log index and its term, both rising. */
const log = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.nat({ max: 2 })), { maxLength: 100 })
  .map((steps) => {
    let [index, term] = [0, 1];
    return steps.map(([entries, elections]) => {
      index += entries;
      term += elections;
      return { index, term };
    });
  });

test("every index that is held has its term, and no more terms are kept than are held, but the newest", (t) => {
  fc.assert(
    fc.property(log, fc.infiniteStream(fc.nat({ max: 3 })), fc.nat(), (positions, letGo, restoredAt) => {
      let terms = new Terms();
      const held = new Map<number, number>();
      positions.forEach((position, at) => {
        terms.holdNewest(position);
        held.set(position.index, position.term);
        for (const index of [...held.keys()].filter(() => letGo.next().value === 0)) {
          terms.release(index);
          held.delete(index);
        }
        if (at === restoredAt % positions.length) {
          const { starts } = terms;
          terms = new Terms();
          terms.restore(starts);
          for (const index of held.keys()) t.true(terms.hold(index));
        }
        for (const [index, term] of held) t.is(termAt(terms.starts, index), term);
        t.deepEqual(
          terms.starts.map(({ term }) => term),
          [...new Set([...held.values(), position.term])].sort((a, b) => a - b),
        );
      });
    }),
    { numRuns: 300 },
  );
});

test("what is handed out stays as it was", (t) => {
  const terms = new Terms();
  terms.holdNewest({ index: 3, term: 1 });
  const { starts } = terms;
  terms.holdNewest({ index: 5, term: 2 });
  terms.release(3);
  t.deepEqual(starts, [{ index: 3, term: 1 }]);
  t.deepEqual(terms.starts, [{ index: 5, term: 2 }]);
});

test("index 0 is nobody's, and what lies before all terms cannot be held", (t) => {
  const terms = new Terms();
  t.true(terms.hold(0));
  terms.release(0);
  t.false(terms.hold(1));
  terms.restore([{ index: 3, term: 1 }]);
  t.false(terms.hold(2));
  t.true(terms.hold(3));
  t.is(termAt(terms.starts, 2), 0);
});
