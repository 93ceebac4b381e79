import test from "ava";
import { describeResults } from "./table.js";
import { failureIn } from "./verdict.js";

const BEGINNING =
  "seed 7 FAILS: AssertionError: n2 votes for n1 and n3 in term 4\n    at assert (file:///tmp/copy/dist/src/base/assert.js:12:15)\n";

test("a failure is credited to the innermost function of ours that is not the assertion itself", (t) => {
  const output = `${BEGINNING}    at ConsensusChecker.#voted (file:///tmp/copy/dist/test/sim/consensus-checker.js:210:9)
    at ConsensusChecker.sent (file:///tmp/copy/dist/test/sim/consensus-checker.js:100:18)
replay: npm run sim -- --seed 7 --trace`;
  t.deepEqual(failureIn(output), {
    kind: "caught",
    seed: 7,
    by: "sim/consensus-checker #voted",
    words: "n2 votes for n1 and n3 in term 4",
  });
});

test("the product's own assertions are told from the checkers", (t) => {
  const method = `${BEGINNING}    at RaftLog.truncateFrom (file:///tmp/copy/dist/src/raft/raft-log.js:140:9)`;
  t.is(failureIn(method)?.by, "src/raft/raft-log truncateFrom");
  const asynchronous = `${BEGINNING}    at async readLog (file:///tmp/copy/dist/src/storage/log-recovery.js:14:9)`;
  t.is(failureIn(asynchronous)?.by, "src/storage/log-recovery readLog");
  const nameless = `${BEGINNING}    at file:///tmp/copy/dist/src/storage/log-fold.js:14:9`;
  t.is(failureIn(nameless)?.by, "src/storage/log-fold");
});

test("where every seed held there is no failure", (t) => {
  t.is(failureIn("seed 1: 3 members\nseeds 1 to 1 hold, in 0.2 s"), null);
});

test("the table names the mutants that nobody noticed", (t) => {
  const table = describeResults([
    {
      name: "first",
      verdict: { kind: "caught", seed: 3, by: "sim/history read", words: "stale" },
      failingSuites: ["raft"],
    },
    { name: "second", verdict: { kind: "survived", seeds: 60 }, failingSuites: [] },
    { name: "third", verdict: { kind: "hung", seed: 2 }, failingSuites: null },
  ]);
  t.regex(table, /^first +3 +sim\/history read +raft +stale$/m);
  t.regex(table, /^second +>60 +NOBODY +none$/m);
  t.regex(table, /^2 of 3 mutants are noticed; alive: second$/m);
});
