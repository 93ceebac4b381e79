/** Tries mutant after mutant, as many at a time as there are workshops. */
import path from "node:path";
import type { Mutant } from "./mutant.js";
import { failingSuites } from "./suites.js";
import type { Result } from "./table.js";
import { simulateSeeds } from "./trial.js";
import type { Outcome, Verdict } from "./verdict.js";
import { Workshop } from "./workshop.js";

export interface CampaignOptions {
  readonly mutants: readonly Mutant[];
  /** Seeds that a mutant is given to show itself, from 1 on. */
  readonly seedsMax: number;
  readonly jobs: number;
  /** Test folders to run against each mutant as well; null: none. */
  readonly suites: readonly string[] | null;
  /** Empty; everything that is written goes here. */
  readonly directory: string;
  /** Called as each result is known, in any order. */
  readonly onResult: (result: Result) => void;
}

/** The results in the order of the mutants. Throws where the product without any mutant fails. */
export async function runCampaign(options: CampaignOptions): Promise<readonly Result[]> {
  const campaign = new Campaign(options);
  return campaign.run();
}

class Campaign {
  readonly #options: CampaignOptions;
  readonly #results = new Map<string, Result>();
  readonly #queue: Mutant[];
  /** By seed: whether it holds without a mutant. */
  readonly #sound = new Map<number, Promise<Outcome>>();

  constructor(options: CampaignOptions) {
    this.#options = options;
    this.#queue = [...options.mutants];
  }

  async run(): Promise<readonly Result[]> {
    const { mutants, jobs, directory, suites } = this.#options;
    const folders = ["sim", ...(suites ?? [])].map((folder) => `test/${folder}`);
    const pristine = await Workshop.open(path.join(directory, "pristine"), folders);
    await checkSuites(pristine, suites ?? []);
    const workers = Array.from({ length: Math.min(jobs, mutants.length) }, async (_, at) => {
      const workshop = await pristine.clone(path.join(directory, `job-${at + 1}`));
      for (let mutant = this.#queue.shift(); mutant !== undefined; mutant = this.#queue.shift()) {
        await this.#try(mutant, workshop, pristine);
      }
    });
    await Promise.all(workers);
    return mutants.flatMap(({ name }) => this.#results.get(name) ?? []);
  }

  async #try(mutant: Mutant, workshop: Workshop, pristine: Workshop): Promise<void> {
    const { suites, onResult } = this.#options;
    const verdict = await this.#verdictOn(mutant, workshop, pristine);
    const runs = suites !== null && verdict.kind !== "unbuilt";
    const failing = runs ? await failingSuites(workshop.directory, suites) : null;
    const result = { name: mutant.name, verdict, failingSuites: failing };
    this.#results.set(mutant.name, result);
    onResult(result);
  }

  async #verdictOn(mutant: Mutant, workshop: Workshop, pristine: Workshop): Promise<Verdict> {
    const errors = await workshop.build(mutant);
    if (errors !== null) return { kind: "unbuilt", words: errors.split("\n")[0] ?? "" };
    const verdict = await simulateSeeds(workshop.directory, { from: 1, count: this.#options.seedsMax });
    if (verdict.kind !== "survived") await this.#checkSound(verdict.seed, pristine);
    return verdict;
  }

  /** A seed that fails without a mutant says nothing about one. */
  async #checkSound(seed: number, { directory }: Workshop): Promise<void> {
    const known = this.#sound.get(seed) ?? simulateSeeds(directory, { from: seed, count: 1 });
    this.#sound.set(seed, known);
    if ((await known).kind !== "survived") throw new Error(`seed ${seed} fails without any mutant`);
  }
}

/** A suite that fails without a mutant says nothing about one. */
async function checkSuites({ directory }: Workshop, suites: readonly string[]): Promise<void> {
  const failing = await failingSuites(directory, suites);
  if (failing.length > 0) throw new Error(`the tests of ${failing.join(", ")} fail without any mutant`);
}
