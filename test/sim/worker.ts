/** A child process of the runner: simulates one seed at a time, as it is told, and says how it went. */
import { describeFailure } from "./describe.js";
import { type SimulationReport, simulate } from "./simulation.js";

export interface Task {
  readonly seed: number;
}

export interface Outcome extends Task {
  /** Null: it failed. */
  readonly report: SimulationReport | null;
  /** What the first broken promise has to say; empty where all were kept. */
  readonly failure: string;
}

process.on("message", ({ seed }: Task) => void play(seed));

async function play(seed: number): Promise<void> {
  const outcome = await simulate(seed).then(
    (report): Outcome => ({ seed, report, failure: "" }),
    (error: unknown): Outcome => ({ seed, report: null, failure: describeFailure(error) }),
  );
  process.send?.(outcome);
}
