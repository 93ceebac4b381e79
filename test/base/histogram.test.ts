import test from "ava";
import fc from "fast-check";
import {
  countsBelow,
  countsSince,
  HISTOGRAM_BUCKETS,
  Histogram,
  NO_COUNTS,
  quantile,
  rangeOf,
} from "../../src/base/histogram.js";

const values = fc.array(fc.oneof(fc.nat(20), fc.nat(100_000), fc.nat(2 ** 32 - 1)), {
  minLength: 1,
  maxLength: 200,
});

function histogramOf(recorded: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of recorded) histogram.record(value);
  return histogram;
}

test("buckets follow each other without a gap up to 2^32", (t) => {
  let next = 0;
  for (let bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
    const { low, width } = rangeOf(bucket);
    t.is(low, next);
    next = low + width;
  }
  t.is(next, 2 ** 32);
});

test("a quantile is off by an eighth at most", (t) => {
  fc.assert(
    fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (recorded, q) => {
      const sorted = [...recorded].sort((a, b) => a - b);
      const exact = sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? 0;
      return Math.abs(quantile(histogramOf(recorded), q) - exact) <= exact / 8;
    }),
  );
  t.pass();
});

test("the greatest value is exact, and so is the last quantile where one value came alone", (t) => {
  const histogram = histogramOf([1_000_003]);
  t.is(histogram.max, 1_000_003);
  t.true(quantile(histogram, 1) <= 1_000_003);
  t.is(quantile(histogramOf([5]), 0.5), 5);
});

test("a value that came many times counts as often", (t) => {
  const histogram = histogramOf([3]);
  histogram.record(7, 99);
  t.is(histogram.count, 100);
  t.is(histogram.sum, 3 + 7 * 99);
  t.is(quantile(histogram, 0.01), 3);
  t.is(quantile(histogram, 0.02), 7);
});

test("what is outside of the range counts at its edge", (t) => {
  const histogram = histogramOf([-5, 2 ** 40]);
  t.is(quantile(histogram, 0), 0);
  t.is(histogram.max, 2 ** 32 - 1);
});

test("how many values are below the edges of buckets is exact", (t) => {
  const edges = Array.from({ length: HISTOGRAM_BUCKETS }, (_, bucket) => rangeOf(bucket).low);
  fc.assert(
    fc.property(values, fc.subarray(edges), (recorded, chosen) => {
      const exact = chosen.map((edge) => recorded.filter((value) => value < edge).length);
      t.deepEqual(countsBelow(histogramOf(recorded), chosen), exact);
    }),
  );
  t.deepEqual(countsBelow(NO_COUNTS, [16, 32]), [0, 0]);
  t.throws(() => countsBelow(NO_COUNTS, [17]));
});

test("nothing counted has no quantiles but 0", (t) => {
  t.is(quantile(NO_COUNTS, 0.99), 0);
});

test("what came since is what came after", (t) => {
  fc.assert(
    fc.property(values, values, (before, after) => {
      const histogram = histogramOf(before);
      const earlier = { ...histogram, buckets: [...histogram.buckets] };
      for (const value of after) histogram.record(value);
      const since = countsSince(histogram, earlier);
      const alone = histogramOf(after);
      t.deepEqual(since.buckets, [...alone.buckets]);
      t.is(since.count, alone.count);
      t.true(since.max >= alone.max);
    }),
  );
  t.deepEqual(countsSince(histogramOf([1]), histogramOf([1])).max, 0);
});

test("of a member that started anew, everything came since", (t) => {
  const anew = histogramOf([4]);
  t.is(countsSince(anew, histogramOf([1, 2, 3])), anew);
});
