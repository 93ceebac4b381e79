/** One test for each scenario. Other seeds, and more of them, are run by hand: `npm run labs -- --seeds 1000`. */
import test from "ava";
import type { Scenario } from "./scenario.js";

const SEED = 1;

export function testEach(scenarios: readonly Scenario[]): void {
  for (const scenario of scenarios) {
    test.serial(`${scenario.suite} ${scenario.name}`, async (t) => {
      await t.notThrowsAsync(scenario.run(SEED, null));
    });
  }
}
