import test from "ava";
import {
  formatAge,
  formatCount,
  formatInterval,
  formatLatency,
  formatRoughly,
  formatSize,
} from "../../src/cli/figures.js";

test("sizes", (t) => {
  t.is(formatSize(0), "0 B");
  t.is(formatSize(2048), "2.0 KiB");
  t.is(formatSize(3 * 2 ** 20), "3.0 MiB");
  t.is(formatSize(2 ** 50), "1048576.0 GiB");
});

test("counts, exactly and roughly", (t) => {
  t.is(formatCount(999), "999");
  t.is(formatCount(1_234_567), "1,234,567");
  t.is(formatRoughly(9999.4), "9999");
  t.is(formatRoughly(12_345), "12.3k");
  t.is(formatRoughly(123_456), "123k");
  t.is(formatRoughly(99_960), "100k");
  t.is(formatRoughly(2_000_000), "2.0M");
});

test("times have one unit, and never round up to what has not passed", (t) => {
  t.is(formatAge(-3), "0 ms");
  t.is(formatAge(999.9), "999 ms");
  t.is(formatAge(9999), "9.9 s");
  t.is(formatAge(59_999), "59 s");
  t.is(formatAge(3_599_000), "59 min");
  t.is(formatAge(7_200_000), "2 h");
  t.is(formatAge(50 * 3_600_000), "2 d");
  t.is(formatInterval(250), "250 ms");
  t.is(formatInterval(10_000), "10 s");
});

test("latencies are in milliseconds until they are in seconds", (t) => {
  t.is(formatLatency(7), "0.01 ms");
  t.is(formatLatency(420), "0.42 ms");
  t.is(formatLatency(12_345), "12.3 ms");
  t.is(formatLatency(120_400), "120 ms");
  t.is(formatLatency(1_500_000), "1.50 s");
});
