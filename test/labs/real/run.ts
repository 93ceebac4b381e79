/** Runs scenarios and campaigns with real processes, one after the other, and tells how each of them went. */
import { describeFailure } from "../../sim/describe.js";
import { Campaign, type Disturbance } from "./campaign.js";
import { keepEvidence } from "./judge.js";
import { KILLS } from "./kills.js";
import { Lab } from "./lab.js";
import { PARTITIONS } from "./partitions.js";
import { type RealScenario, SCENARIOS } from "./scenarios.js";

export interface RealOptions {
  /** Of each scenario. Default 1. */
  readonly rounds?: number;
  /** The one scenario to run. Default all. */
  readonly only?: string;
  /** Of the first round; the next ones count up. Default 1. */
  readonly seed?: number;
  /** Rounds of random kill -9, and of random partitions. If there are any, then only these are run. */
  readonly kills?: number;
  readonly partitions?: number;
  /** Told what happens, a line at a time. */
  readonly say?: (line: string) => void;
}

export interface RealRow {
  readonly scenario: string;
  readonly rounds: number;
  readonly passed: number;
  readonly seconds: number;
  /** Of the last round that passed. */
  readonly note: string;
}

/** Rounds of a campaign between two signs of life. */
const SAID_EVERY = 10;

/** Throws RangeError if no scenario is called `only`. */
export async function runReal(options: RealOptions = {}): Promise<readonly RealRow[]> {
  const { rounds = 1, only, seed = 1, kills = 0, partitions = 0, say = () => {} } = options;
  const rows: RealRow[] = [];
  if (kills > 0 || partitions > 0) {
    rows.push(await runCampaign(KILLS, { rounds: kills, seed, say }));
    rows.push(await runCampaign(PARTITIONS, { rounds: partitions, seed, say }));
    return rows.filter((row) => row.rounds > 0);
  }
  const chosen = SCENARIOS.filter(({ name }) => only === undefined || name === only);
  if (chosen.length === 0) {
    throw new RangeError(`no scenario ${only}; there are ${SCENARIOS.map(({ name }) => name).join(", ")}`);
  }
  for (const scenario of chosen) rows.push(await runScenario(scenario, { rounds, seed, say }));
  return rows;
}

interface RunOptions {
  readonly rounds: number;
  readonly seed: number;
  say(line: string): void;
}

/** Each round with a seed and a cluster of its own. */
async function runScenario({ name, run }: RealScenario, { rounds, seed, say }: RunOptions): Promise<RealRow> {
  const startMs = performance.now();
  let passed = 0;
  let note = "";
  for (let round = 0; round < rounds; round++) {
    const lab = new Lab(seed + round);
    if (await passes(lab, { name, say, run: () => run(lab) })) {
      passed++;
      note = lab.note;
    }
    await lab.end();
  }
  return row(name, { rounds, passed, note, startMs, say });
}

/** After a round that failed the rest would stand on sand: the campaign ends. */
async function runCampaign(disturbance: Disturbance, options: RunOptions): Promise<RealRow> {
  const { rounds, seed, say } = options;
  const { name } = disturbance;
  const startMs = performance.now();
  const lab = new Lab(seed);
  let passed = 0;
  let campaign: Campaign | null = null;
  while (passed < rounds) {
    const run = async (): Promise<void> => {
      campaign ??= await Campaign.make(lab, disturbance);
      await campaign.round();
    };
    if (!(await passes(lab, { name: `${name}, round ${passed + 1}`, say, run }))) break;
    passed++;
    if (passed % SAID_EVERY === 0 && passed < rounds) say(`${name}: ${passed} rounds passed`);
  }
  await lab.end();
  return row(name, { rounds, passed, note: lab.note, startMs, say });
}

async function passes(
  lab: Lab,
  { name, say, run }: { readonly name: string; say(line: string): void; readonly run: () => Promise<void> },
): Promise<boolean> {
  try {
    await run();
    return true;
  } catch (error) {
    say(`${name} FAILS with seed ${lab.seed}: ${describeFailure(error)}`);
    say(`history and logs are in ${await keepEvidence(lab)}`);
    return false;
  }
}

function row(
  scenario: string,
  result: {
    readonly rounds: number;
    readonly passed: number;
    readonly note: string;
    readonly startMs: number;
    say(line: string): void;
  },
): RealRow {
  const { rounds, passed, note, startMs, say } = result;
  const seconds = (performance.now() - startMs) / 1000;
  if (rounds > 0) say(`${scenario}: ${passed} of ${rounds} passed in ${seconds.toFixed(1)} s`);
  return { scenario, rounds, passed, seconds, note };
}

/** One line a row, and one above. */
export function describeRows(rows: readonly RealRow[]): readonly string[] {
  const width = Math.max("scenario".length, ...rows.map(({ scenario }) => scenario.length));
  const line = (scenario: string, ...cells: readonly string[]): string =>
    `${scenario.padEnd(width)}  ${cells.map((cell, at) => (at < 3 ? cell.padStart(8) : cell)).join("  ")}`.trimEnd();
  return [
    line("scenario", "rounds", "passed", "time"),
    ...rows.map(({ scenario, rounds, passed, seconds, note }) =>
      line(scenario, `${rounds}`, `${passed}`, `${seconds.toFixed(1)} s`, note),
    ),
  ];
}
