/**
 * Runs the lab suites from a shell.
 *
 *     npm run labs -- [--seeds 20] [--from 1] [--jobs N]     each scenario under so many seeds
 *                     [--suite 3A,3B] [--only Basic,Speed]   some of them
 *                     [--markdown]                           the table as Markdown
 *     npm run labs -- --only Basic --seed 5 [--trace]        one run; --trace prints every event
 *     npm run labs -- --real …                               with real processes: see real/main.ts
 */
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { EXIT } from "../../src/base/exit-status.js";
import { runTasks } from "../sim/pool.js";
import type { Scenario } from "./scenario.js";
import { chooseScenarios, SCENARIOS } from "./suites.js";
import { Table, totalLine } from "./table.js";
import { Tally } from "./tally.js";
import type { Outcome, Task } from "./worker.js";

const REAL = "--real";
/** What a run may take at most is no wider in print. */
const CPU_MS_SHOWN_MAX = 99_999;

const args = process.argv.slice(2);
if (args.includes(REAL)) runReal(args.filter((arg) => arg !== REAL));
else await runSimulated(args).catch(fail);

/** Arguments that make no sense. */
function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = EXIT.usage;
}

/** In a process of its own: it shares nothing with the simulated ones but the names. */
function runReal(rest: readonly string[]): void {
  const script = fileURLToPath(new URL("real/main.js", import.meta.url));
  spawn(process.execPath, [script, ...rest], { stdio: "inherit" }).on("exit", (code) => {
    process.exitCode = code ?? 1;
  });
}

async function runSimulated(given: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...given],
    options: {
      seeds: { type: "string", default: "20" },
      from: { type: "string", default: "1" },
      jobs: { type: "string", default: String(availableParallelism()) },
      suite: { type: "string", default: "" },
      only: { type: "string", default: "" },
      markdown: { type: "boolean", default: false },
      seed: { type: "string" },
      trace: { type: "boolean", default: false },
    },
  });
  const scenarios = chooseScenarios({ suites: listed(values.suite), names: listed(values.only) });
  if (values.seed !== undefined) {
    for (const scenario of scenarios) await runOnce(scenario, count(values.seed), values.trace);
    return;
  }
  await runMany(scenarios, {
    seeds: count(values.seeds),
    from: count(values.from),
    jobs: Math.max(1, count(values.jobs)),
    markdown: values.markdown,
  });
}

function count(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`"${text}" is not a number of seeds, jobs or of a seed`);
  return Number(text);
}

function listed(text: string): readonly string[] {
  return text === "" ? [] : text.split(",");
}

async function runOnce(scenario: Scenario, seed: number, trace: boolean): Promise<void> {
  try {
    await scenario.run(seed, trace ? print : null);
    print(`${scenario.suite} ${scenario.name} passes with seed ${seed}`);
  } catch (error) {
    print(`FAILED ${error instanceof Error ? reasons(error) : String(error)}`);
    process.exitCode = 1;
  }
}

/** The stacks of all causes. */
function reasons(error: Error): string {
  const { cause } = error;
  return `${error.stack ?? error.message}${cause instanceof Error ? `\ncaused by ${reasons(cause)}` : ""}`;
}

async function runMany(
  scenarios: readonly Scenario[],
  options: {
    readonly seeds: number;
    readonly from: number;
    readonly jobs: number;
    readonly markdown: boolean;
  },
): Promise<void> {
  const { seeds, from, jobs, markdown } = options;
  const startedMs = performance.now();
  const tallies = new Map(scenarios.map((scenario) => [scenario, new Tally(scenario, seeds)]));
  const widest = scenarios.map(({ suite, name }) => ({
    suite,
    scenario: name,
    passed: seeds,
    seeds,
    meanCpuMs: CPU_MS_SHOWN_MAX,
    worstCpuMs: CPU_MS_SHOWN_MAX,
  }));
  const table = new Table({ widest, markdown });
  table.head.forEach(print);
  const unprinted = [...tallies.values()];
  const tasks = scenarios.flatMap((scenario) =>
    Array.from(
      { length: seeds },
      (_, at): Task => ({ scenario: SCENARIOS.indexOf(scenario), seed: from + at }),
    ),
  );
  await runTasks<Task, Outcome>(tasks, {
    worker: fileURLToPath(new URL("worker.js", import.meta.url)),
    jobs,
    gone: (task, how) => ({ ...task, cpuMs: 0, failure: how }),
    onOutcome: (outcome) => {
      const scenario = SCENARIOS[outcome.scenario];
      if (scenario !== undefined) tallies.get(scenario)?.add(outcome);
      // In order, each as soon as it is known.
      while (unprinted[0]?.isComplete) print(table.row((unprinted.shift() as Tally).row));
      return true;
    },
  });
  const all = [...tallies.values()];
  const rows = all.map(({ row }) => row);
  print(`\n${totalLine(rows, performance.now() - startedMs)}`);
  all.flatMap(({ complaints }) => complaints).forEach(print);
  if (rows.some(({ passed, seeds: runs }) => passed < runs)) process.exitCode = 1;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
