/** One client of a scenario: asks for one thing after the other, each until it is done, however long that takes. */
import { assert } from "../../../src/base/assert.js";
import type { Operation } from "../../../src/kv/command.js";
import type { ScanPage } from "../../../src/kv/store.js";
import type { MemberId } from "../../../src/raft/entry.js";
import type { Dice } from "../../sim/dice.js";
import type { Recorded } from "../../sim/history.js";
import { RecordedClerk } from "../../sim/recorded-clerk.js";
import type { Lab } from "./lab.js";

export interface LabClientOptions {
  readonly lab: Lab;
  readonly name: string;
  /** It gives an operation up after so long. */
  readonly timeoutMs: number;
  readonly dice: Dice;
  readonly onClosed: () => void;
}

export class LabClient {
  /** Decides what it asks for, and when. */
  readonly dice: Dice;
  readonly #options: LabClientOptions;
  readonly #clerk: RecordedClerk;

  constructor(options: LabClientOptions) {
    this.dice = options.dice;
    this.#options = options;
    const { lab, name, timeoutMs, dice } = options;
    const { cluster, ids, history } = lab;
    const dialer = cluster.clients.dialer(name);
    this.#clerk = new RecordedClerk(cluster.world, {
      name,
      endpoints: ids,
      timeoutMs,
      dialer,
      dice,
      history,
    });
  }

  /** From now on it reaches these servers and no others. */
  reach(ids: readonly MemberId[]): void {
    const { lab, name } = this.#options;
    const { links } = lab.cluster;
    for (const id of lab.ids) {
      for (const [from, to] of [
        [name, id],
        [id, name],
      ] as const) {
        if (ids.includes(id)) links.mend(from, to);
        else links.cut(from, to);
      }
    }
  }

  /** Gives what is stored then: `text` behind a name that no other write has. */
  async put(key: string, text: string): Promise<string> {
    return written(await this.write("put", key, text));
  }

  /** Gives what is appended: `text` behind a name that no other write has. */
  async append(key: string, text: string): Promise<string> {
    return written(await this.write("append", key, text));
  }

  /** Whether there was something to delete. */
  async delete(key: string): Promise<boolean> {
    const { output } = done(await this.#write({ kind: "delete", key }));
    return output === true;
  }

  /** Empty where there is none. */
  async get(key: string): Promise<string> {
    const recorded = await new Promise<Recorded>((resolve) => this.#clerk.get(key, resolve));
    const { output } = done(recorded);
    return typeof output === "string" ? output : "";
  }

  /** The values of the keys in a half-open range, in order. */
  async scan(from: string, to: string): Promise<readonly string[]> {
    const page = await new Promise<ScanPage | null>((resolve) =>
      this.#clerk.scan({ from, to }, (recorded, found) => {
        done(recorded);
        resolve(found);
      }),
    );
    assert(page?.nextKey === "", "all of the range fits into one page");
    return page.pairs.map(({ value }) => value);
  }

  /** As put and append, whatever comes of it. */
  write(kind: "put" | "append", key: string, text: string): Promise<Recorded> {
    const { lab, name } = this.#options;
    return this.#write({ kind, key, value: lab.history.newName(name) + text });
  }

  close(): void {
    this.#clerk.close();
    this.#options.onClosed();
  }

  #write(operation: Operation): Promise<Recorded> {
    return new Promise((resolve) => this.#clerk.write(operation, resolve));
  }
}

function done(recorded: Recorded): Recorded {
  const { client, op, key, error } = recorded;
  assert(error === null, `${client} has to get its ${op} of ${key} done: ${error?.message}`);
  return recorded;
}

function written(recorded: Recorded): string {
  return done(recorded).value ?? "";
}
