/** What the clients of the suites' generic test do, and what each of them alone can check. */
import type { Dice } from "../../sim/dice.js";
import { sleep } from "./lab.js";
import type { RecordedClient } from "./recorded-client.js";

export interface Worker {
  /** Resolves when the operation that was under way when told to stop is answered. */
  work(goesOn: () => boolean): Promise<void>;
  /** When everything runs again. Throws if something is wrong. */
  check(): Promise<void>;
}

export interface WorkerOptions {
  readonly dice: Dice;
  /** How many there are, this one among them. */
  readonly clients: number;
}

/** Half appends, half gets, on a key of its own, which is empty at first: each piece is there once and in order, at every get. */
export class OwnKeyWorker implements Worker {
  readonly #client: RecordedClient;
  readonly #options: WorkerOptions;
  readonly #key: string;
  #value = "";

  constructor(client: RecordedClient, options: WorkerOptions) {
    this.#client = client;
    this.#options = options;
    this.#key = `${client.number}`;
  }

  async work(goesOn: () => boolean): Promise<void> {
    this.#value = "";
    await this.#client.must({ op: "put", key: this.#key, value: this.#value });
    for (let number = 0; goesOn(); number++) {
      await breathe(this.#options);
      if (this.#options.dice.chance(50)) await this.#append(`x ${this.#key} ${number} y`);
      else await this.check();
    }
  }

  async check(): Promise<void> {
    const found = await this.#client.must({ op: "get", key: this.#key });
    if (found === this.#value) return;
    throw new Error(`client ${this.#key} reads ${tail(found)}, and wrote ${tail(this.#value)}`);
  }

  async #append(piece: string): Promise<void> {
    await this.#client.must({ op: "append", key: this.#key, value: piece });
    this.#value += piece;
  }
}

/** Half appends, of the rest a tenth puts and otherwise gets, on as many keys as there are clients. The history tells what went wrong. */
export class AllKeysWorker implements Worker {
  readonly #client: RecordedClient;
  readonly #options: WorkerOptions;
  #pieces = 0;

  constructor(client: RecordedClient, options: WorkerOptions) {
    this.#client = client;
    this.#options = options;
  }

  async work(goesOn: () => boolean): Promise<void> {
    const { dice, clients } = this.#options;
    while (goesOn()) {
      await breathe(this.#options);
      const key = `${dice.below(clients)}`;
      const value = `x ${this.#client.number} ${++this.#pieces} y`;
      if (dice.chance(50)) await this.#client.must({ op: "append", key, value });
      else if (dice.chance(10)) await this.#client.must({ op: "put", key, value });
      else await this.#client.must({ op: "get", key });
    }
  }

  async check(): Promise<void> {
    await this.#client.must({ op: "get", key: `${this.#client.number}` });
  }
}

/** The more clients, the longer: all of them together leave the machine some air. */
function breathe({ dice, clients }: WorkerOptions): Promise<void> {
  return sleep(dice.between(0, clients));
}

function tail(value: string | null): string {
  return value === null ? "nothing" : `"…${value.slice(-60)}" (${value.length} bytes)`;
}
