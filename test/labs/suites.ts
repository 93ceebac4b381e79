/** All scenarios that run on the simulator, in the order of the courses, and how some of them are chosen. */
import { KV_SCENARIOS } from "./kv/scenarios.js";
import { RAFT_SCENARIOS } from "./raft/scenarios.js";
import type { Scenario } from "./scenario.js";

export const SCENARIOS: readonly Scenario[] = [...RAFT_SCENARIOS, ...KV_SCENARIOS];

/** Those of these suites and of these names; an empty list chooses all. Throws where one of them does not exist. */
export function chooseScenarios(choice: {
  readonly suites: readonly string[];
  readonly names: readonly string[];
}): readonly Scenario[] {
  const { suites, names } = choice;
  for (const suite of suites) demand(suite, (scenario) => scenario.suite);
  for (const name of names) demand(name, (scenario) => scenario.name);
  return SCENARIOS.filter(
    ({ suite, name }) =>
      (suites.length === 0 || suites.includes(suite)) && (names.length === 0 || names.includes(name)),
  );
}

function demand(wanted: string, of: (scenario: Scenario) => string): void {
  const known = new Set(SCENARIOS.map(of));
  if (!known.has(wanted)) throw new Error(`there is no "${wanted}"; there are ${[...known].join(", ")}`);
}
