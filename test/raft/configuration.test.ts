import test from "ava";
import { ConfigurationHistory, isWellFormed } from "../../src/raft/configuration.js";
import { configurationOf } from "./cluster.js";

test("ConfigurationHistory: in force from its index on, gone when truncated, kept as the base when compacted", (t) => {
  const [first, second, third] = [["a"], ["a", "b"], ["a", "b", "c"]].map(configurationOf) as [
    ReturnType<typeof configurationOf>,
    ReturnType<typeof configurationOf>,
    ReturnType<typeof configurationOf>,
  ];
  const history = new ConfigurationHistory({ index: 0, configuration: first });
  history.append({ index: 5, configuration: second });
  history.append({ index: 9, configuration: third });
  t.deepEqual(
    [0, 4, 5, 8, 9, 99].map((index) => history.at(index)),
    [first, first, second, second, third, third],
  );
  history.truncateFrom(9);
  t.is(history.latest, second);
  history.compactTo(7);
  t.is(history.at(7), second);
  t.throws(() => history.at(4), { name: "AssertionError" });
  history.truncateFrom(1);
  t.is(history.latest, second, "what a snapshot covers is committed");
});

test("isWellFormed: voters there are, sorted, none twice", (t) => {
  t.true(isWellFormed(configurationOf(["a", "b"])));
  t.false(isWellFormed({ voters: [] }));
  const [a, b] = configurationOf(["a", "b"]).voters;
  t.false(isWellFormed({ voters: [a, a].filter((voter) => voter !== undefined) }));
  t.false(isWellFormed({ voters: [b, a].filter((voter) => voter !== undefined) }));
});
