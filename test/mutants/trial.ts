/** Simulates seed after seed with what a workshop has built, until one fails. */
import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";
import { text } from "node:stream/consumers";
import type { Outcome as SeedOutcome } from "../sim/worker.js";
import { type Outcome, theFailure } from "./verdict.js";

/** Wall time for one seed, which takes a quarter of a second when it ends well. */
const SEED_MS_MAX = 60_000;
const HEAP_MIB_MAX = 2048;

export interface Seeds {
  readonly from: number;
  readonly count: number;
}

/** The verdict on what is built in `directory`. Ends the simulation's process before it answers. */
export async function simulateSeeds(directory: string, { from, count }: Seeds): Promise<Outcome> {
  const simulation = fork(path.join(directory, "dist/test/sim/worker.js"), {
    execArgv: [`--max-old-space-size=${HEAP_MIB_MAX}`],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const exited = new Promise((resolve) => simulation.once("exit", resolve));
  const errors = simulation.stderr === null ? "" : text(simulation.stderr);
  let outcome: Outcome = { kind: "survived", seeds: count };
  for (let seed = from; seed < from + count && outcome.kind === "survived"; seed++) {
    const answer = await simulateOne(simulation, seed);
    if (answer === "hung") outcome = { kind: "hung", seed };
    else if (answer === "gone") outcome = { kind: "died", seed, words: "" };
    else if (answer.report === null) outcome = theFailure(seed, answer.failure);
  }
  simulation.kill("SIGKILL");
  await exited;
  return outcome.kind === "died" ? { ...outcome, words: lastWords(await errors) } : outcome;
}

function simulateOne(simulation: ChildProcess, seed: number): Promise<SeedOutcome | "hung" | "gone"> {
  return new Promise((resolve) => {
    const finish = (answer: SeedOutcome | "hung" | "gone"): void => {
      clearTimeout(watchdog);
      simulation.off("message", onMessage).off("exit", onExit);
      resolve(answer);
    };
    const onMessage = (answer: SeedOutcome): void => finish(answer);
    const onExit = (): void => finish("gone");
    const watchdog = setTimeout(() => finish("hung"), SEED_MS_MAX);
    simulation.on("message", onMessage).on("exit", onExit);
    simulation.send({ seed }, (error) => {
      if (error !== null) finish("gone");
    });
  });
}

/** The line of an uncaught error that says what it is. */
function lastWords(errors: string): string {
  const lines = errors.split("\n");
  return lines.find((line) => /Error|FATAL/.test(line)) ?? lines[0] ?? "";
}
