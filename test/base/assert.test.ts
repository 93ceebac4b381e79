import test from "ava";
import { AssertionError, assert, unreachable } from "../../src/base/assert.js";

test("a condition that holds passes; a broken one throws what nobody catches", (t) => {
  t.notThrows(() => assert(true, "holds"));
  t.throws(() => assert(false, "broken"), { instanceOf: AssertionError, message: "broken" });
});

test("a case that types rule out throws when it comes about", (t) => {
  t.throws(() => unreachable("surprise" as never), { instanceOf: AssertionError, message: /surprise/ });
});
