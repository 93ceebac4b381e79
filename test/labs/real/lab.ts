/** What every run with real processes is given, and how long it is patient. */

import { Recorder } from "../../../src/lin/recorder.js";
import { Suite } from "../../e2e/suite.js";
import { Dice } from "../../sim/dice.js";
import { LabCluster, type LabClusterOptions } from "./lab-cluster.js";
import { clientName, RecordedClient } from "./recorded-client.js";

/** Who draws from which stream of the seed: the clients from "client" on, and each round of a campaign from streams of its own. */
export const STREAM = { network: 0, faults: 1, client: 10, round: 100 } as const;

/** However busy the machine is: what has not succeeded by then, once nothing hinders it, never will. */
const PATIENCE_MS = 60_000;

/**
 * One run. The seed decides what is drawn, and not when things happen: another run with the same seed is similar, not equal.
 */
export class Lab {
  readonly seed: number;
  /** All that clients did since the last {@link newHistory}. */
  recorder = newRecorder();
  /** What one likes to know of a run that passed. */
  note = "";
  readonly clusters: LabCluster[] = [];
  readonly #suite = new Suite();
  readonly #network: Dice;

  constructor(seed: number) {
    this.seed = seed;
    this.#network = this.dice(STREAM.network);
  }

  dice(stream: number): Dice {
    return new Dice(this.seed, stream);
  }

  async cluster(options: Omit<LabClusterOptions, "dice">): Promise<LabCluster> {
    const cluster = await LabCluster.make(this.#suite, { ...options, dice: this.#network });
    this.clusters.push(cluster);
    return cluster;
  }

  /** `number` is its own in the history. */
  async client(
    cluster: LabCluster,
    { number, timeoutMs = PATIENCE_MS }: { readonly number: number; readonly timeoutMs?: number },
  ): Promise<RecordedClient> {
    const clerk = await cluster.clerk({ name: clientName(number), timeoutMs });
    return new RecordedClient(number, { clerk, recorder: this.recorder });
  }

  newHistory(): void {
    this.recorder = newRecorder();
  }

  end(): Promise<void> {
    return this.#suite.end();
  }
}

function newRecorder(): Recorder {
  return new Recorder(() => Math.round(performance.now() * 1e6));
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
