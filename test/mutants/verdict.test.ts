import test from "ava";
import { describeResults } from "./table.js";
import { theFailure } from "./verdict.js";

const BEGINNING =
  "AssertionError: n2 votes for n1 and n3 in term 4\n    at assert (file:///tmp/copy/dist/src/base/assert.js:12:15)\n";

test("a failure is credited to the innermost function of ours that is not the assertion itself", (t) => {
  const stack = `${BEGINNING}    at ConsensusChecker.#voted (file:///tmp/copy/dist/test/sim/consensus-checker.js:210:9)
    at ConsensusChecker.sent (file:///tmp/copy/dist/test/sim/consensus-checker.js:100:18)`;
  t.deepEqual(theFailure(7, stack), {
    kind: "caught",
    seed: 7,
    by: "sim/consensus-checker #voted",
    words: "n2 votes for n1 and n3 in term 4",
  });
});

test("the product's own assertions are told from the checkers", (t) => {
  const method = `${BEGINNING}    at RaftLog.truncateFrom (file:///tmp/copy/dist/src/raft/raft-log.js:140:9)`;
  t.is(theFailure(1, method).by, "src/raft/raft-log truncateFrom");
  const asynchronous = `${BEGINNING}    at async readLog (file:///tmp/copy/dist/src/storage/log-recovery.js:14:9)`;
  t.is(theFailure(1, asynchronous).by, "src/storage/log-recovery readLog");
  const nameless = `${BEGINNING}    at file:///tmp/copy/dist/src/storage/log-fold.js:14:9`;
  t.is(theFailure(1, nameless).by, "src/storage/log-fold");
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
