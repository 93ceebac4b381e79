/**
 * Runs the fuzzer from a shell.
 *
 *     npm run fuzz -- [--cases 1000000] [--seed 1]          all targets, each its share of the cases
 *     npm run fuzz -- --target peer [--cases 1000]          one of them
 *     npm run fuzz -- --target peer --seed 1 --case 17      one case, for a debugger
 */
import { parseArgs } from "node:util";
import { watchAllocations } from "./allocations.js";
import { catchStrayErrors } from "./case.js";
import { runCase, runTargets } from "./run.js";
import { TARGETS } from "./targets.js";
import { Watchdog } from "./watchdog.js";

const { values } = parseArgs({
  options: {
    cases: { type: "string", default: "1000000" },
    seed: { type: "string", default: "1" },
    target: { type: "string" },
    case: { type: "string" },
  },
});

watchAllocations();
catchStrayErrors();
const seed = Number(values.seed);
const targets = TARGETS.filter(({ name }) => values.target === undefined || name === values.target);
const print = (line: string): void => void process.stdout.write(`${line}\n`);
if (targets.length === 0) {
  print(`there is no target ${values.target}; there are ${TARGETS.map(({ name }) => name).join(", ")}`);
  process.exitCode = 64;
} else if (values.case === undefined) {
  const sound = await runTargets(targets, {
    seed,
    cases: Number(values.cases),
    print,
    watchdog: new Watchdog(),
  });
  if (!sound) process.exitCode = 1;
} else {
  for (const target of targets) {
    if (!(await runCase(target, { seed, number: Number(values.case) }, { print }))) process.exitCode = 1;
  }
}
