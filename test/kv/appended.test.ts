import test from "ava";
import fc from "fast-check";
import { appended } from "../../src/kv/appended.js";

test("joins like +, whatever the lengths", (t) => {
  const piece = fc.oneof(
    fc.string({ maxLength: 5 }),
    fc.nat({ max: 300 }).map((length) => "x".repeat(length)),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 200 }), (pieces) => {
      t.is(pieces.reduce(appended, ""), pieces.join(""));
    }),
    { numRuns: 100 },
  );
});
