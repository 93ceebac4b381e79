/** What became of one scenario under many seeds. */
import type { Scenario } from "./scenario.js";
import type { Row } from "./table.js";
import type { Outcome } from "./worker.js";

export class Tally {
  /** In the order in which they came. */
  readonly failures: { readonly seed: number; readonly words: string }[] = [];
  readonly #scenario: Scenario;
  readonly #seeds: number;
  #done = 0;
  #cpuMs = 0;
  #worstCpuMs = 0;

  constructor(scenario: Scenario, seeds: number) {
    this.#scenario = scenario;
    this.#seeds = seeds;
  }

  get isComplete(): boolean {
    return this.#done === this.#seeds;
  }

  add({ seed, cpuMs, failure }: Outcome): void {
    this.#done++;
    this.#cpuMs += cpuMs;
    this.#worstCpuMs = Math.max(this.#worstCpuMs, cpuMs);
    if (failure !== null) this.failures.push({ seed, words: failure });
  }

  get row(): Row {
    return {
      suite: this.#scenario.suite,
      scenario: this.#scenario.name,
      passed: this.#done - this.failures.length,
      seeds: this.#done,
      meanCpuMs: this.#cpuMs / Math.max(1, this.#done),
      worstCpuMs: this.#worstCpuMs,
    };
  }

  /** For each failure what it says, and how to see it again. */
  get complaints(): readonly string[] {
    const { suite, name } = this.#scenario;
    return this.failures.flatMap(({ seed, words }) => [
      `FAILED ${words}`,
      `replay: npm run labs -- --suite "${suite}" --only ${name} --seed ${seed} --trace`,
    ]);
  }
}
