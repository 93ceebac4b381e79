import test from "ava";
import fc from "fast-check";
import { Histogram } from "./histogram.js";

test("a quantile is within 1 % of the value that sorting finds", (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.01, max: 60_000, noNaN: true }), { minLength: 1, maxLength: 200 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (values, quantile) => {
        const histogram = new Histogram();
        for (const value of values) histogram.record(value);
        const sorted = values.toSorted((left, right) => left - right);
        const exact = sorted[Math.min(values.length - 1, Math.floor(quantile * values.length))] ?? 0;
        const found = histogram.quantileMs(quantile);
        // Below 8 us the buckets are a sixteenth of one wide.
        return Math.abs(found - exact) <= Math.max(0.01 * exact, 1 / 16_000);
      },
    ),
    { numRuns: 300 },
  );
  t.pass();
});

test("nothing recorded: all is zero", (t) => {
  const histogram = new Histogram();
  t.is(histogram.quantileMs(0.5), 0);
  t.is(histogram.maxMs, 0);
  t.is(histogram.count, 0);
});

test("the greatest value is exact, and none is too long", (t) => {
  const histogram = new Histogram();
  histogram.record(1e9);
  histogram.record(12.345);
  t.is(histogram.maxMs, 1e9);
  t.is(histogram.count, 2);
  t.true(histogram.quantileMs(0.1) < 12.5);
});
