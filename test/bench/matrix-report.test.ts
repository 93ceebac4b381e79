import test from "ava";
import type { Measurement } from "./matrix.js";
import { matrixTables } from "./matrix-report.js";
import type { SystemName } from "./system.js";

function measurement(system: SystemName, round: number, perSecond: number, p99Ms: number): Measurement {
  return {
    system,
    round,
    row: "put:64",
    perSecond,
    p99Ms,
    operations: 1,
    errors: 0,
    lastError: "",
    seconds: 1,
    p50Ms: 1,
    p95Ms: 1,
    p999Ms: 1,
    maxMs: 1,
    serverMicrosPerOperation: 61,
    clientMicrosPerOperation: 2,
    diskWritesPerSecond: 1,
    foreignCores: 0,
    stealPercent: 0,
    disturbed: false,
    tries: 1,
  };
}

test("ratios are taken within each round, and their median is held against the mark", (t) => {
  const tables = matrixTables([
    measurement("kvraft", 1, 400, 4),
    measurement("etcd", 1, 100, 10),
    measurement("kvraft", 2, 300, 6),
    measurement("etcd", 2, 100, 10),
    measurement("kvraft", 3, 700, 6),
    measurement("etcd", 3, 200, 10),
  ]);
  const [throughput, latency, cost] = tables.map(({ rows }) => rows[0]?.join("|"));
  t.is(throughput, "put:64|400 (300-700)|100 (100-200)|3.50 (3.00-4.00)|>= 3.5|yes|0|0 of 6");
  t.is(
    latency,
    "put:64|1.00 (1.00-1.00)|1.00 (1.00-1.00)|6.00 (4.00-6.00)|10.0 (10.0-10.0)|0.60 (0.40-0.60)|<= 0.5|NO",
  );
  t.is(cost, "put:64|61.0 (61.0-61.0)|61.0 (61.0-61.0)|<= 60|NO|2.00 (2.00-2.00)|2.00 (2.00-2.00)");
});

test("without etcd there is no ratio, and nothing is said of marks that need one", (t) => {
  const [throughput] = matrixTables([measurement("kvraft", 1, 400, 4)]);
  t.is(throughput?.rows[0]?.join("|"), "put:64|400|-|-|>= 3.5|-|0|0 of 1");
  t.deepEqual(matrixTables([]), []);
});
