import test from "ava";
import fc from "fast-check";
import { checkLinearizable, STEPS_MAX } from "../../src/lin/checker.js";
import { weakerVersions } from "../../src/lin/decision.js";
import type { DeleteOutput, Operation } from "../../src/lin/operation.js";
import { Search } from "../../src/lin/search.js";
import { makeTimeline } from "../../src/lin/timeline.js";
import { isLinearizable } from "./naive-checker.js";
import { smallHistory } from "./small-histories.js";

type Interval = readonly [start: number, end: number | null];

const at = (client: number, [start, end]: Interval) => ({ client, start, end, key: "k" });
const put = (client: number, value: string, interval: Interval): Operation => ({
  ...at(client, interval),
  op: "put",
  value,
});
const append = (client: number, value: string, interval: Interval): Operation => ({
  ...at(client, interval),
  op: "append",
  value,
});
const get = (client: number, output: string | null, interval: Interval): Operation => ({
  ...at(client, interval),
  op: "get",
  output,
});
const remove = (client: number, output: DeleteOutput, interval: Interval): Operation => ({
  ...at(client, interval),
  op: "delete",
  output,
});

/** What happens after a put of "a"; the last operation is the one that shows it. */
const ILLEGAL: Readonly<Record<string, readonly Operation[]>> = {
  "a stale read": [put(1, "b", [10, 11]), get(2, "a", [12, 13])],
  "a lost append": [append(1, "b", [10, 11]), get(2, "a", [12, 13])],
  "an append done twice": [append(1, "b", [10, 11]), get(2, "abb", [12, 13])],
  "a client that does not see its own write": [put(1, "b", [10, 11]), get(1, "a", [12, 13])],
  "a value that was never written": [get(2, "z", [10, 11])],
  "a deleted key that is back": [remove(1, "deleted", [10, 11]), get(2, "a", [12, 13])],
  "two readers, the later of whom sees less": [
    append(1, "b", [10, 20]),
    get(2, "ab", [11, 12]),
    get(3, "a", [13, 14]),
  ],
  "an unknown append that is seen and then not": [
    append(1, "b", [10, null]),
    get(2, "ab", [11, 12]),
    get(2, "a", [13, 14]),
  ],
};

for (const [what, operations] of Object.entries(ILLEGAL)) {
  test(`${what} is illegal, and the window shows it`, (t) => {
    const verdict = checkLinearizable([put(9, "a", [0, 1]), ...operations]);
    if (verdict.outcome !== "illegal") return t.fail(verdict.outcome);
    t.is(verdict.key, "k");
    t.true(verdict.window.includes(operations.at(-1) as Operation));
    t.true(verdict.window.length <= operations.length + 1);
    t.false(isLinearizable(verdict.window));
  });
}

test("what overlaps may take effect in either order, what is unknown at any time or never", (t) => {
  const legal: readonly (readonly Operation[])[] = [
    [put(1, "a", [0, 10]), put(2, "b", [0, 10]), get(3, "a", [11, 12])],
    [put(1, "a", [0, 10]), put(2, "b", [0, 10]), get(3, "b", [11, 12])],
    [put(1, "a", [0, 1]), append(2, "b", [2, null]), get(3, "a", [5, 6]), get(3, "ab", [7, 8])],
    [put(1, "a", [0, 1]), append(2, "b", [2, null]), get(3, "a", [5, 6])],
    [remove(1, "absent", [0, 1]), append(2, "x", [2, 3]), remove(1, "deleted", [4, 5])],
    // The unknown append is needed as a value for the second remove, so no other may have used it up.
    [
      remove(5, null, [2, 3]),
      append(1, "a", [3, 3]),
      remove(3, "deleted", [4, 4]),
      append(2, "a", [4, null]),
      remove(4, "deleted", [4, 4]),
    ],
  ];
  for (const history of legal) t.is(checkLinearizable(history).outcome, "legal");
});

test("keys are judged by themselves: the bad one is named", (t) => {
  const good = Array.from({ length: 50 }, (_, i) => ({ ...put(1, "v", [i * 2, i * 2 + 1]), key: `k${i}` }));
  const verdict = checkLinearizable([...good, { ...get(2, "w", [200, 201]), key: "k7" }]);
  t.like(verdict, { outcome: "illegal", key: "k7" });
});

test("a search that is cut off is undecided, never legal", (t) => {
  const history = Array.from({ length: 12 }, (_, i) => append(i, `${i},`, [0, 100]));
  const twice = get(99, "11,10,9,8,7,6,5,4,3,2,1,0,0,", [0, 100]);
  t.is(checkLinearizable([...history, twice], { stepsMax: 3 }).outcome, "undecided");
  t.is(checkLinearizable([...history, twice]).outcome, "illegal");
});

test("small histories get the verdict that trying every order gives, and the window alone is illegal", (t) => {
  const outcomes = { legal: 0, illegal: 0, undecided: 0 };
  fc.assert(
    fc.property(smallHistory, ({ operations, initial }) => {
      const values = new Map(initial === null ? [] : [["k", initial]]);
      const verdict = checkLinearizable(operations, { initial: values });
      outcomes[verdict.outcome]++;
      if (verdict.outcome === "illegal" && isLinearizable(verdict.window, initial)) return false;
      return verdict.outcome === (isLinearizable(operations, initial) ? "legal" : "illegal");
    }),
    { numRuns: 4000 },
  );
  t.true(outcomes.legal > 200 && outcomes.illegal > 200, JSON.stringify(outcomes));
});

test("who knows less finds small histories illegal only if they are", (t) => {
  let found = 0;
  fc.assert(
    fc.property(smallHistory, ({ operations, initial }) => {
      const entries = operations.map((operation) => ({ operation, known: "outcome" as const }));
      for (const version of weakerVersions(entries)) {
        if (new Search(makeTimeline(version, initial)).run(STEPS_MAX) !== "illegal") continue;
        found++;
        if (isLinearizable(operations, initial)) return false;
      }
      return true;
    }),
    { numRuns: 2000 },
  );
  t.true(found > 30, String(found));
});
