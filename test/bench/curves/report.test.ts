import test from "ava";
import type { CurvePoint } from "./measure.js";
import { curveTables } from "./report.js";

const BASE = { members: 3, valueBytes: 256, clients: 64, keys: 10_000 };

function point(differences: Partial<CurvePoint>): CurvePoint {
  return {
    curve: "members",
    at: 3,
    operation: "put",
    system: "kvraft",
    perSecond: 400,
    p99Ms: 4,
    errors: 0,
    disturbed: false,
    ...differences,
  };
}

test("each value has a row, with both systems and kvraft's figures in etcd's", (t) => {
  const tables = curveTables(
    [
      point({}),
      point({ system: "etcd", perSecond: 100, p99Ms: 10, disturbed: true }),
      point({ at: 5, perSecond: 300, p99Ms: 5 }),
      point({ at: 5, system: "etcd", perSecond: 200, p99Ms: 10, errors: 7 }),
    ],
    BASE,
  );
  t.is(tables.length, 1);
  t.is(tables[0]?.title, "members: puts; values of 256 bytes, 64 clients, 10000 keys");
  t.deepEqual(
    tables[0]?.rows.map((row) => row.join("|")),
    ["3|400|100|4.00|4.00|10.0|0.40|0|1 of 2", "5|300|200|1.50|5.00|10.0|0.50|7|0 of 2"],
  );
});

test("puts and gets have tables of their own, in the order of the curves", (t) => {
  const tables = curveTables(
    [point({ curve: "keys", at: 1000 }), point({ operation: "get" }), point({})],
    BASE,
  );
  t.deepEqual(
    tables.map(({ title }) => title.split(";")[0]),
    ["members: puts", "members: linearizable gets", "keys: puts"],
  );
});

test("what is missing has no figure and no ratio", (t) => {
  const [table] = curveTables([point({})], BASE);
  t.is(table?.rows[0]?.join("|"), "3|400|-|-|4.00|-|-|0|0 of 1");
  t.deepEqual(curveTables([], BASE), []);
});
