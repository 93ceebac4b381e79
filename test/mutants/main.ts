/**
 * Tests the tests: puts deliberate faults into copies of the product, one at a time, and tells which of them the
 * simulation notices, how soon, and by which check.
 *
 *     npm run mutants -- [--only NAME,NAME…] [--seeds 1000] [--jobs 2] [--suites]
 *
 * `--suites` also runs the tests of the parts against each. Ends with status 1 when a mutant stays unnoticed, and
 * with an error when the sources have moved on from under one.
 */
import { rmSync } from "node:fs";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { runCampaign } from "./campaign.js";
import { MUTANTS } from "./catalogue/all.js";
import { edited, type Mutant } from "./mutant.js";
import { SUITES } from "./suites.js";
import { describeResult, describeResults, isNoticed } from "./table.js";
import { ROOT } from "./workshop.js";

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    seeds: { type: "string", default: "1000" },
    jobs: { type: "string", default: "2" },
    suites: { type: "boolean", default: false },
  },
});

const mutants = values.only === undefined ? MUTANTS : values.only.split(",").map(named);
await checkFresh();
const directory = await fs.mkdtemp(path.join(os.tmpdir(), "kvraft-mutants-"));
process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
// Those started by us hear of it from the terminal themselves.
process.once("SIGINT", () => process.exit(130));
const results = await runCampaign({
  mutants,
  seedsMax: Number(values.seeds),
  jobs: Number(values.jobs),
  suites: values.suites ? SUITES : null,
  directory,
  onResult: (result) => process.stdout.write(`${describeResult(result)}\n`),
});
process.stdout.write(`\n${describeResults(results)}`);
if (!results.every(isNoticed)) process.exitCode = 1;

function named(name: string): Mutant {
  const mutant = MUTANTS.find((candidate) => candidate.name === name);
  if (mutant === undefined) throw new Error(`there is no mutant ${name}`);
  return mutant;
}

/** Before hours are spent on the others: every text is where it has to be. */
async function checkFresh(): Promise<void> {
  for (const mutant of mutants) {
    for (const edit of mutant.edits)
      edited(await fs.readFile(path.join(ROOT, edit.file), "utf8"), mutant, edit);
  }
}
