/**
 * Load that shows exactly-once: clients append numbered words to one key, each client one word after the other. What
 * is in the value at the end tells what was lost, repeated or reordered.
 */
import type { Clerk } from "../../src/clerk/clerk.js";

export interface AppenderOptions {
  readonly clerk: Clerk;
  readonly key: string;
  /** Awaited after each word: a pause, or other load. */
  readonly between?: () => Promise<void>;
}

export class Appender {
  readonly name: string;
  readonly #clerk: Clerk;
  readonly #key: string;
  readonly #between: (() => Promise<void>) | null;
  /** Words that were acknowledged: 1 to this, without a gap. */
  acknowledged = 0;
  #stopping = false;
  #running: Promise<void> = Promise.resolve();

  constructor(name: string, { clerk, key, between }: AppenderOptions) {
    this.name = name;
    this.#clerk = clerk;
    this.#key = key;
    this.#between = between ?? null;
  }

  start(): void {
    this.#running = this.#run();
    // Told by `stop`.
    this.#running.catch(() => {});
  }

  /** Resolves when the last word is acknowledged; rejects if one of them was not. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      await this.#clerk.append(this.#key, `${this.name}:${this.acknowledged + 1} `);
      this.acknowledged++;
      await this.#between?.();
    }
  }
}

/** What is wrong with the words in `value`, none of them if it is what `appenders` were told. */
export function faultsIn(value: string, appenders: readonly Appender[]): readonly string[] {
  const words = value.split(" ").filter((word) => word !== "");
  const faults: string[] = [];
  for (const { name, acknowledged } of appenders) {
    const found = words
      .filter((word) => word.startsWith(`${name}:`))
      .map((word) => Number(word.slice(name.length + 1)));
    const expected = Array.from({ length: acknowledged }, (_, at) => at + 1);
    if (found.join() === expected.join()) continue;
    const first = expected.find((number, at) => found[at] !== number) ?? acknowledged + 1;
    faults.push(
      `${name}: ${acknowledged} acknowledged, ${found.length} found; the first that differs is ${first}`,
    );
  }
  const names = new Set(appenders.map(({ name }) => name));
  faults.push(
    ...words.filter((word) => !names.has(word.split(":")[0] ?? "")).map((word) => `stray: ${word}`),
  );
  return faults;
}
