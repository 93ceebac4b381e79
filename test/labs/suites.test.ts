import test from "ava";
import { chooseScenarios, SCENARIOS } from "./suites.js";

const ALL = { suites: [], names: [] };

test("within its suite a scenario has a name of its own", (t) => {
  const names = SCENARIOS.map(({ suite, name }) => `${suite} ${name}`);
  t.is(new Set(names).size, names.length);
});

test("scenarios are chosen by suite, by name, and by both", (t) => {
  t.deepEqual(chooseScenarios(ALL), SCENARIOS);
  const basic = chooseScenarios({ ...ALL, names: ["Basic"] });
  t.deepEqual(
    basic.map(({ suite }) => suite),
    ["3A", "TinyKV 2B"],
  );
  t.deepEqual(chooseScenarios({ suites: ["3A"], names: ["Basic"] }), basic.slice(0, 1));
  t.true(chooseScenarios({ ...ALL, suites: ["3A", "3B"] }).every(({ suite }) => /^3[AB]$/.test(suite)));
});

test("a name that does not exist is refused: nothing would pass by itself", (t) => {
  t.throws(() => chooseScenarios({ ...ALL, names: ["Basic", "Basics"] }), {
    message: /there is no "Basics"/,
  });
  t.throws(() => chooseScenarios({ ...ALL, suites: ["3C"] }), {
    message: /there is no "3C"; there are .*3A, 3B/,
  });
});
