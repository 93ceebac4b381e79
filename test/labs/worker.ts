/** A child process of the runner: plays one scenario at a time under one seed, as it is told, and says how it went. */
import { SCENARIOS } from "./suites.js";

/** `scenario` is its place among all. */
export interface Task {
  readonly scenario: number;
  readonly seed: number;
}

export interface Outcome extends Task {
  /** Of processor time, user and system. */
  readonly cpuMs: number;
  /** What the first broken promise has to say; null: it passed. */
  readonly failure: string | null;
}

process.on("message", (task: Task) => void play(task));

async function play({ scenario, seed }: Task): Promise<void> {
  const before = process.cpuUsage();
  let failure: string | null = null;
  try {
    await SCENARIOS[scenario]?.run(seed, null);
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
  }
  const { user, system } = process.cpuUsage(before);
  const outcome: Outcome = { scenario, seed, cpuMs: (user + system) / 1000, failure };
  process.send?.(outcome);
}
