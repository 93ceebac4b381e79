import test from "ava";
import { checkLinearizable } from "../../src/lin/checker.js";
import { type Fault, generateHistory, type Workload } from "./generated.js";

const ONE_KEY = {
  clients: 20,
  keys: 1,
  seconds: 3,
  unknownPercent: 0,
  weights: { get: 1, put: 0, append: 1, delete: 0 },
  texts: null,
};

const WORKLOADS: Readonly<Record<string, Omit<Workload, "seed">>> = {
  "appends to one key": ONE_KEY,
  "appends to one key, of which some are unknown": { ...ONE_KEY, unknownPercent: 10 },
  "appends of a few texts to one key, of which some are unknown": {
    ...ONE_KEY,
    unknownPercent: 10,
    texts: 3,
  },
  "everything on a few keys, of which some are unknown": {
    clients: 15,
    keys: 4,
    seconds: 5,
    unknownPercent: 10,
    weights: { get: 4, put: 2, append: 3, delete: 1 },
    texts: null,
  },
};

/** Some times what it takes: a search that blows up takes thousands of times as many. */
const STEPS_MAX = 50_000;

for (const [what, workload] of Object.entries(WORKLOADS)) {
  test(`${what}: a legal history is soon decided`, (t) => {
    const verdict = checkLinearizable(generateHistory({ ...workload, seed: 1 }), { stepsMax: STEPS_MAX });
    t.is(verdict.outcome, "legal");
  });

  test(`${what}: a stale read is soon found, and the window is small`, (t) => {
    const verdict = checkLinearizable(generateHistory({ ...workload, seed: 1 }, "stale read"), {
      stepsMax: STEPS_MAX,
    });
    if (verdict.outcome !== "illegal") return t.fail(verdict.outcome);
    t.true(verdict.window.length <= 4, String(verdict.window.length));
  });
}

for (const fault of ["lost write", "double append"] satisfies Fault[]) {
  test(`one ${fault} among thousands of appends to one key is found`, (t) => {
    const history = generateHistory({ ...ONE_KEY, seed: 1 }, fault);
    const verdict = checkLinearizable(history, { stepsMax: STEPS_MAX });
    if (verdict.outcome !== "illegal") return t.fail(verdict.outcome);
    t.true(verdict.window.length <= 4, String(verdict.window.length));
  });
}
