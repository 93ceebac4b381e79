import test from "ava";
import { EXIT } from "../../../src/base/exit-status.js";
import { judge } from "../../../src/cli/verify/judge.js";
import type { LoadReport } from "../../../src/cli/verify/load.js";
import {
  describeFindings,
  exitStatusOf,
  type Findings,
  jsonFindings,
  type Run,
  remarksOn,
} from "../../../src/cli/verify/report.js";
import type { Operation } from "../../../src/lin/operation.js";
import type { Verdict } from "../../../src/lin/verdict.js";
import { generateHistory } from "../../lin/generated.js";

const counts = { operations: 1200, unknown: 2, keys: 5, steps: 1300 };
const window: readonly Operation[] = [
  { client: 1, op: "append", key: "v/1", value: "(1.7)", start: 5_000_000, end: 6_250_000 },
  { client: 2, op: "get", key: "v/1", output: null, start: 7_000_000, end: 8_000_000 },
];
const legal: Verdict = { outcome: "legal", counts };
const illegal: Verdict = { outcome: "illegal", key: "v/1", window, counts };
const undecided: Verdict = { outcome: "undecided", keys: ["v/1", "v/2"], counts };

const report: LoadReport = { history: [], tookMs: 10_020, notDone: 3, unread: 0, left: 0 };
const run: Run = { clients: 4, readFromAny: [2, 4], prefix: "v/", report, interrupted: false };

function findings(verdict: Verdict, more: Partial<Findings> = {}): Findings {
  return { verdict, run, kept: { path: null, problem: null }, ...more };
}

test("the exit status: what is not linearizable goes before all else", (t) => {
  const interrupted = { run: { ...run, interrupted: true } };
  const unread = { run: { ...run, report: { ...report, unread: 1 } } };
  t.is(exitStatusOf(findings(legal)), EXIT.done);
  t.is(exitStatusOf(findings(legal, { run: null })), EXIT.done);
  t.is(exitStatusOf(findings(legal, interrupted)), EXIT.interrupted);
  t.is(exitStatusOf(findings(legal, unread)), EXIT.unavailable);
  t.is(exitStatusOf(findings(undecided)), EXIT.unknown);
  const unkept = { kept: { path: null, problem: "no space" } };
  t.is(exitStatusOf(findings(legal, unkept)), EXIT.io);
  for (const more of [{}, { run: null }, interrupted, unread, unkept]) {
    t.is(exitStatusOf(findings(illegal, more)), EXIT.bug);
  }
});

test("the verdict is one line, with its evidence where it is bad", (t) => {
  const did = "1200 operations on 5 keys by 4 clients in 10.0 s; 2 of unknown outcome, 3 more not done";
  t.is(describeFindings(findings(legal)), `linearizable: ${did}\n`);
  t.is(
    describeFindings(findings(undecided)),
    `undecided: ${did}\nnot decided: what was done to "v/1", "v/2"\n`,
  );
  t.is(
    describeFindings(findings(illegal)),
    `NOT linearizable: ${did}

No order explains what was done to "v/1" (milliseconds since the first of these calls):

  client 1  append  "(1.7)"    |-|      [0.000, 1.250]
  client 2  get     -> absent      |-|  [2.000, 3.000]

Of these clients, 2 read from any member, the others from the leader.
`,
  );
  t.is(
    describeFindings(findings(legal, { run: null })),
    "linearizable: 1200 operations on 5 keys; 2 of unknown outcome\n",
  );
});

test("a person is told what was not done, and where the history is if that is of use", (t) => {
  const kept = { path: "/tmp/history.jsonl", problem: null };
  t.deepEqual(remarksOn(findings(legal, { kept })), []);
  t.regex(remarksOn(findings(illegal, { kept })).join("\n"), /verify --history \/tmp\/history\.jsonl/);
  t.regex(remarksOn(findings(undecided)).join("\n"), /no proof .* Try: a longer --judge-timeout/);
  const unfinished = { run: { ...run, interrupted: true, report: { ...report, unread: 2, left: 1 } } };
  const remarks = remarksOn(findings(legal, unfinished));
  t.deepEqual(
    [/^interrupted/, /^2 keys could not be read/, /^keys are left: .* --prefix "v\/"/].map((form, at) =>
      form.test(remarks[at] ?? ""),
    ),
    [true, true, true],
  );
});

test("the document for programs has the counter-example as a history file has it", (t) => {
  const {
    counterExample,
    run: told,
    ...rest
  } = JSON.parse(jsonFindings(findings(illegal, { kept: { path: "/h", problem: null } })));
  t.deepEqual(rest, {
    version: 1,
    verdict: "not-linearizable",
    operations: 1200,
    unknown: 2,
    keys: 5,
    history: "/h",
  });
  t.deepEqual(counterExample, window);
  t.like(told, { clients: 4, readFromAny: [2, 4], seconds: 10.02, notDone: 3, interrupted: false });
  t.deepEqual(JSON.parse(jsonFindings(findings(undecided))).undecidedKeys, ["v/1", "v/2"]);
});

test("a verdict that takes too long is given up, undecided, and other things happen meanwhile", async (t) => {
  const history = generateHistory({
    seed: 1,
    clients: 32,
    keys: 1,
    seconds: 1,
    unknownPercent: 0,
    weights: { get: 10, put: 2, append: 6, delete: 2 },
    texts: null,
  });
  let slices = 0;
  let otherThings = 0;
  const doOtherThings = () => {
    otherThings++;
    timer = setImmediate(doOtherThings);
  };
  let timer = setImmediate(doOtherThings);
  const verdict = await judge(history, { isOver: () => slices >= 5, onSlice: () => slices++ });
  clearImmediate(timer);
  t.like(verdict, { outcome: "undecided", keys: ["k0"] });
  t.true(otherThings >= 5, `${otherThings} turns`);
});
