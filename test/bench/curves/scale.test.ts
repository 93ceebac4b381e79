import test from "ava";
import fc from "fast-check";
import { isDrawable, linearScale, logScale, logTicks, roundRange } from "./scale.js";

const PIXELS = { low: 100, high: 0 };

test("a linear scale lays equal differences at equal distances", (t) => {
  const scale = linearScale({ low: 3, high: 7 }, PIXELS);
  t.deepEqual([3, 5, 7].map(scale), [100, 50, 0]);
});

test("a logarithmic scale lays equal ratios at equal distances", (t) => {
  const scale = logScale({ low: 1, high: 10_000 }, PIXELS);
  t.deepEqual([1, 10, 100, 10_000].map(scale), [100, 75, 50, 0]);
});

test("a single value lies in the middle", (t) => {
  t.is(linearScale({ low: 3, high: 3 }, PIXELS)(3), 50);
  t.is(logScale({ low: 64, high: 64 }, PIXELS)(64), 50);
});

test("a range goes from one round number to another", (t) => {
  t.deepEqual(roundRange([340, 84_000]), { low: 200, high: 100_000 });
  t.deepEqual(roundRange([0.51, 1.9]), { low: 0.5, high: 2 });
  t.deepEqual(roundRange([20, 20]), { low: 20, high: 200 });
});

test("a range leaves out what is missing, and is one decade where nothing is left", (t) => {
  t.deepEqual(roundRange([Number.NaN, 0, -1, 3, Number.POSITIVE_INFINITY]), { low: 2, high: 5 });
  t.deepEqual(roundRange([]), { low: 1, high: 10 });
  t.deepEqual(roundRange([Number.NaN]), { low: 1, high: 10 });
  t.false(isDrawable(undefined));
});

test("ticks are the decades of a long axis, and steps between them on a short one", (t) => {
  t.deepEqual(logTicks({ low: 200, high: 100_000 }), [1000, 10_000, 100_000]);
  t.deepEqual(logTicks({ low: 0.5, high: 20 }), [0.5, 1, 2, 5, 10, 20]);
});

test("whatever the values, they lie within their range, and two ticks or more do", (t) => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 1e-3, max: 1e9, noNaN: true }), { minLength: 1 }), (values) => {
      const range = roundRange(values);
      const scale = logScale(range, PIXELS);
      for (const value of values) t.true(scale(value) >= -1e-9 && scale(value) <= 100 + 1e-9);
      const ticks = logTicks(range);
      t.true(ticks.length >= 2 && ticks.length <= 14);
      t.true(ticks.every((tick) => tick >= range.low && tick <= range.high));
    }),
  );
});
