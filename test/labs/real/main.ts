/**
 * The lab suites' scenarios with real processes, from a shell.
 *
 *     node dist/test/labs/real/main.js [--rounds N] [--only NAME] [--seed N]
 *     node dist/test/labs/real/main.js --kills 50 --partitions 50 [--seed N]
 */
import { parseArgs } from "node:util";
import { describeRows, runReal } from "./run.js";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "1" },
    only: { type: "string" },
    seed: { type: "string", default: "1" },
    kills: { type: "string", default: "0" },
    partitions: { type: "string", default: "0" },
  },
});

const rows = await runReal({
  rounds: Number(values.rounds),
  ...(values.only === undefined ? {} : { only: values.only }),
  seed: Number(values.seed),
  kills: Number(values.kills),
  partitions: Number(values.partitions),
  say: (line) => process.stdout.write(`${line}\n`),
});
process.stdout.write(`\n${describeRows(rows).join("\n")}\n`);
if (rows.some(({ rounds, passed }) => passed < rounds)) process.exitCode = 1;
