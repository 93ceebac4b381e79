import test from "ava";
import { Measurements } from "../../../src/cli/bench/measurements.js";

test("what succeeded is counted by kind and second, what failed by code", (t) => {
  const measurements = new Measurements(1000);
  measurements.success("put", 2, 1500);
  measurements.success("get", 1, 1999);
  measurements.success("put", 4, 3500);
  measurements.failure("timeout", true);
  measurements.failure("timeout", false);
  measurements.failure("no-leader", false);
  const { operations, elapsedMs, perSecond, errors, outcomesUnknown, latencies } = measurements.end(4200);
  t.is(operations, 3);
  t.is(elapsedMs, 3200);
  t.deepEqual(perSecond, [2, 0, 1]);
  t.deepEqual(
    [...errors],
    [
      ["timeout", 2],
      ["no-leader", 1],
    ],
  );
  t.is(outcomesUnknown, 1);
  t.is(latencies.get("put")?.max, 4);
  t.is(latencies.get("get")?.max, 1);
});

test("quantiles of a known distribution come out within an eighth", (t) => {
  const measurements = new Measurements(0);
  for (let at = 1; at <= 10_000; at++) measurements.success("put", at / 100, at);
  const latencies = measurements.end(10_000).latencies.get("put");
  for (const [name, expected] of [
    ["p50", 50],
    ["p95", 95],
    ["p99", 99],
    ["p999", 99.9],
    ["max", 100],
  ] as const) {
    const value = latencies?.[name] ?? 0;
    t.true(Math.abs(value - expected) <= expected / 8, `${name}: ${value}`);
  }
});

test("the longest gap may be before the first success, between two, or after the last", (t) => {
  const gap = (successes: readonly number[], endMs: number) => {
    const measurements = new Measurements(0);
    for (const ms of successes) measurements.success("put", 0, ms);
    return measurements.end(endMs).longestGap;
  };
  t.deepEqual(gap([50, 60], 70), { ms: 50, fromMs: 0 });
  t.deepEqual(gap([10, 90], 100), { ms: 80, fromMs: 10 });
  t.deepEqual(gap([10], 100), { ms: 90, fromMs: 10 });
  t.deepEqual(gap([], 100), { ms: 100, fromMs: 0 });
});

test("a fail-over lasts from the kill to the success that ends the longest gap", (t) => {
  const measurements = new Measurements(0);
  measurements.success("put", 1, 400);
  measurements.success("put", 1, 990);
  measurements.killed(1000);
  // An answer that was on its way already.
  measurements.success("put", 1, 1001);
  measurements.success("put", 301, 1301);
  measurements.success("put", 1, 1400);
  t.deepEqual(measurements.end(1500).failOver, { killedMs: 1000, tookMs: 301, gapMs: 300 });
});

test("a fail-over that never ends says so, and without a kill there is none", (t) => {
  const measurements = new Measurements(0);
  measurements.success("put", 1, 990);
  measurements.killed(1000);
  measurements.success("put", 1, 1001);
  t.deepEqual(measurements.end(6001).failOver, { killedMs: 1000, tookMs: null, gapMs: 5000 });
  t.is(new Measurements(0).end(10).failOver, null);
});
