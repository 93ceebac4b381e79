/**
 * The load that tests of crashes and disks put on a cluster: clients that append words to one key, each of which must be
 * there exactly once, and between them overwrite and read larger values, so that the log grows much faster than the data and
 * snapshots, new segments and deletions come often.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Clerk } from "../../src/clerk/clerk.js";
import { Appender, faultsIn } from "./appender.js";
import { eventually } from "./processes.js";

const CLIENTS = 3;
const BALLAST_BYTES = 8000;
/** Between two words of a client: the load is to be steady, not all that the machine can bear. */
const PAUSE_MS = 10;
/** More than any one crash makes clients wait. */
const PROGRESS_WORDS = 5;

export class Load {
  readonly #clerk: Clerk;
  readonly #key: string;
  readonly #appenders: readonly Appender[];

  /** Starts at once. `key` is this load's own. */
  constructor(clerk: Clerk, key: string) {
    this.#clerk = clerk;
    this.#key = key;
    this.#appenders = Array.from({ length: CLIENTS }, (_, at) => {
      const ballast = new Uint8Array(BALLAST_BYTES).fill(at + 1);
      const between = async (): Promise<void> => {
        await clerk.put(`ballast/${at}`, ballast);
        await clerk.get(`ballast/${at}`);
        await pause(PAUSE_MS);
      };
      return new Appender(`c${at}`, { clerk, key, between });
    });
    for (const appender of this.#appenders) appender.start();
  }

  get acknowledged(): number {
    return this.#appenders.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
  }

  /** Each client gets some more words acknowledged. */
  async progress(words = PROGRESS_WORDS): Promise<void> {
    const goals = this.#appenders.map(({ acknowledged }) => acknowledged + words);
    await eventually("all clients get words acknowledged", async () =>
      this.#appenders.every(({ acknowledged }, at) => acknowledged >= (goals[at] ?? 0)) ? true : null,
    );
  }

  /** Ends it, reads what is there, and answers what is wrong with that: nothing, if every promise was kept. */
  async stop(): Promise<readonly string[]> {
    await Promise.all(this.#appenders.map((appender) => appender.stop()));
    const value = await this.#clerk.get(this.#key);
    return faultsIn(Buffer.from(value ?? []).toString(), this.#appenders);
  }
}
