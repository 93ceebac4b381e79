/** Simulates seed after seed with what a workshop has built, until one fails. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { failureIn, type Outcome } from "./verdict.js";

/** Wall time for one seed, which takes a quarter of a second when it ends well. */
const SEED_MS_MAX = 60_000;
const HEAP_MIB_MAX = 2048;
/** The simulation's line for a seed that holds. */
const HELD = /^seed (\d+): /;

export interface Seeds {
  readonly from: number;
  readonly count: number;
}

/** The verdict on what is built in `directory`. Ends the simulation's process before it answers. */
export async function simulateSeeds(directory: string, { from, count }: Seeds): Promise<Outcome> {
  const simulation = spawn(
    process.execPath,
    [
      `--max-old-space-size=${HEAP_MIB_MAX}`,
      "dist/test/sim/main.js",
      "--from",
      `${from}`,
      "--seeds",
      `${count}`,
    ],
    { cwd: directory, stdio: ["ignore", "pipe", "pipe"] },
  );
  let seed = from;
  let hung = false;
  const watchdog = setTimeout(() => {
    hung = true;
    simulation.kill("SIGKILL");
  }, SEED_MS_MAX);
  const errors = text(simulation.stderr);
  const exited = new Promise<number | null>((resolve) => simulation.once("exit", resolve));
  const unusual: string[] = [];
  for await (const line of createInterface({ input: simulation.stdout })) {
    const held = HELD.exec(line);
    if (held === null) unusual.push(line);
    else seed = Number(held[1]) + 1;
    watchdog.refresh();
  }
  const status = await exited;
  clearTimeout(watchdog);
  if (hung) return { kind: "hung", seed };
  if (status === 0) return { kind: "survived", seeds: count };
  return failureIn(unusual.join("\n")) ?? { kind: "died", seed, words: lastWords(await errors) };
}

/** The line of an uncaught error that says what it is. */
function lastWords(errors: string): string {
  const lines = errors.split("\n");
  return lines.find((line) => /Error|FATAL/.test(line)) ?? lines[0] ?? "";
}
