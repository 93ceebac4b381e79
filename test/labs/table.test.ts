import test from "ava";
import { type Row, Table, totalLine } from "./table.js";
import { Tally } from "./tally.js";

const ROWS: readonly Row[] = [
  { suite: "3A", scenario: "Basic", passed: 20, seeds: 20, meanCpuMs: 80.4, worstCpuMs: 120.6 },
  { suite: "TinyKV 2B", scenario: "OnePartition", passed: 9, seeds: 10, meanCpuMs: 7, worstCpuMs: 1234 },
];

test("a table for a terminal has columns of one width, numbers to the right", (t) => {
  const table = new Table({ widest: ROWS, markdown: false });
  t.deepEqual(
    [...table.head, ...ROWS.map((row) => table.row(row))],
    [
      "suite      scenario      passed  CPU ms  worst",
      "3A         Basic          20/20      80    121",
      "TinyKV 2B  OnePartition    9/10       7   1234",
    ],
  );
});

test("a table for Markdown is one", (t) => {
  const table = new Table({ widest: ROWS.slice(0, 1), markdown: true });
  t.deepEqual(
    [...table.head, table.row(ROWS[0] as Row)],
    [
      "| suite | scenario | passed | CPU ms | worst |",
      "| ----- | -------- | -----: | -----: | ----: |",
      "| 3A    | Basic    |  20/20 |     80 |   121 |",
    ],
  );
});

test("the last line adds all rows up", (t) => {
  t.is(totalLine(ROWS, 3210), "29 of 30 runs of 2 scenarios passed, in 3.2 s (1.7 s of CPU)");
});

test("a failure is counted, and comes with its words and the command that replays it", (t) => {
  const scenario = { suite: "TinyKV 2B", name: "OnePartition", run: async () => {} };
  const tally = new Tally(scenario, 2);
  tally.add({ scenario: 0, seed: 41, cpuMs: 10, failure: null });
  t.false(tally.isComplete);
  tally.add({ scenario: 0, seed: 42, cpuMs: 30, failure: "it broke" });
  t.true(tally.isComplete);
  const { suite, name } = scenario;
  t.deepEqual(tally.row, { suite, scenario: name, passed: 1, seeds: 2, meanCpuMs: 20, worstCpuMs: 30 });
  t.deepEqual(tally.complaints, [
    "FAILED it broke",
    'replay: npm run labs -- --suite "TinyKV 2B" --only OnePartition --seed 42 --trace',
  ]);
});
