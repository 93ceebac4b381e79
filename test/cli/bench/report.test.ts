import test from "ava";
import type { Measured } from "../../../src/cli/bench/measurements.js";
import { planOf } from "../../../src/cli/bench/plan.js";
import { type Report, reportJson, reportText } from "../../../src/cli/bench/report.js";

const FLAGS = { clients: "2", valueBytes: "256", keys: "10", getPercent: "50", prefix: "bench/" };
const ASCII = { LANG: "C" };

const MEASURED: Measured = {
  elapsedMs: 4000.4321,
  operations: 8000,
  latencies: new Map([["put", { p50: 0.512, p95: 12.34, p99: 123.4, p999: 1234.5, max: 2000 }]]),
  errors: new Map(),
  outcomesUnknown: 0,
  longestGap: { ms: 61.5, fromMs: 1000 },
  perSecond: [1000, 4000, 0, 3000],
  failOver: null,
};

function report(measured: Partial<Measured> = {}, rest: Partial<Report> = {}): Report {
  return {
    plan: planOf("put", FLAGS),
    measured: { ...MEASURED, ...measured },
    unsent: 0,
    interrupted: false,
    leaders: { before: "n1", after: "n2" },
    ...rest,
  };
}

test("the report for a person", (t) => {
  t.is(
    reportText(report(), ASCII),
    [
      "put: 2 clients, values of 256 bytes, 10 keys; 4.0 s",
      "  operations  8000, 2000 a second",
      "  put         p50 0.51 ms, p95 12.3 ms, p99 123 ms, p99.9 1235 ms, max 2000 ms",
      "  errors      none",
      "  longest gap 61.5 ms without a success, 1.0 s after the start",
      "  each second |:@ *| 0 to 4000",
      "",
    ].join("\n"),
  );
  t.regex(reportText(report(), { LC_ALL: "de_DE.UTF-8" }), /\|▂█ ▆\|/);
});

test("errors, an unmet rate, an interruption and a fail-over are told", (t) => {
  const errors = new Map([
    ["timeout", 3],
    ["no-leader", 1],
  ]);
  const failOver = { killedMs: 2000, tookMs: 61, gapMs: 63 };
  const text = reportText(
    report(
      { errors, outcomesUnknown: 2, failOver },
      { plan: planOf("put", { ...FLAGS, rate: "500", killLeader: "4711" }), unsent: 9, interrupted: true },
    ),
    ASCII,
  );
  t.regex(text, /^put: 2 clients, 500 a second, .*, interrupted$/m);
  t.regex(text, /errors {6}timeout 3, no-leader 1; 2 of them with an unknown outcome$/m);
  t.regex(text, /rate {8}500 a second asked for; 9 requests were due and never sent$/m);
  t.regex(
    text,
    /fail-over {3}61.0 ms from the kill of process 4711, 2.0 s after the start, to the next success; gap 63.0 ms; n1 led before, n2 after$/m,
  );
  const never = reportText(report({ failOver: { ...failOver, tookMs: null } }), ASCII);
  t.regex(never, /fail-over {3}no success after the kill/);
});

test("the report for programs", (t) => {
  const failOver = { killedMs: 2000, tookMs: null, gapMs: 63.12345 };
  const plan = planOf("put", { ...FLAGS, killLeader: "4711" });
  t.deepEqual(JSON.parse(reportJson(report({ failOver }, { plan }))), {
    version: 1,
    workload: "put",
    clients: 2,
    valueBytes: 256,
    keys: 10,
    ratePerSecond: null,
    getPercent: 0,
    prefix: { base64: "YmVuY2gv", utf8: "bench/" },
    interrupted: false,
    elapsedMs: 4000.432,
    operations: 8000,
    operationsPerSecond: 1999.784,
    unsent: 0,
    latenciesMs: { put: { p50: 0.512, p95: 12.34, p99: 123.4, p999: 1234.5, max: 2000 } },
    errors: {},
    outcomesUnknown: 0,
    longestGap: { ms: 61.5, fromMs: 1000 },
    perSecond: [1000, 4000, 0, 3000],
    failOver: {
      pid: 4711,
      killedMs: 2000,
      tookMs: null,
      gapMs: 63.123,
      leaders: { before: "n1", after: "n2" },
    },
  });
});
