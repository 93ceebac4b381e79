/**
 * What verify puts on a cluster: clients that read and write a few keys at once, then read each key once more, and erase what is left.
 * Goes on whatever happens to the members, since that is when it is of interest.
 */
import type { Random } from "../../base/random.js";
import { ClerkError } from "../../clerk/clerk.js";
import type { Timers } from "../../clerk/ports.js";
import type { Call, Operation } from "../../lin/operation.js";
import { Recorder } from "../../lin/recorder.js";
import { type PlainClerk, RecordedClerk } from "./recorded-clerk.js";
import type { ScratchKeys } from "./scratch-keys.js";

export interface LoadOptions {
  /** One a client. */
  readonly clerks: readonly PlainClerk[];
  readonly keys: ScratchKeys;
  readonly durationMs: number;
  readonly random: Random;
  readonly timers: Timers;
}

export interface LoadReport {
  /** Times in nanoseconds since the beginning. */
  readonly history: readonly Operation[];
  readonly tookMs: number;
  /** Operations that failed and definitely did nothing: they are no part of the history. */
  readonly notDone: number;
  /** Keys that could not be read at the end: whether what was written last is there is not known. */
  readonly unread: number;
  /** Keys that could not be erased. */
  readonly left: number;
}

/**
 * How many of forty operations. Who reads sees all appends before, and in which order; puts and deletes hide them: with more of
 * those more would go unnoticed, and the verdict would be harder to find.
 */
const WEIGHTS = { get: 20, append: 18, put: 1, delete: 1 } as const;
const WEIGHTS_SUM = 40;

/** About so many operations fit into memory, and can be judged in half a minute. */
const OPERATIONS_MAX = 500_000;

export class Load {
  readonly #options: LoadOptions;
  readonly #clients: readonly RecordedClerk[];
  readonly #recorder: Recorder;
  readonly #startMs: number;
  /** Who pauses; each can be woken before its time. */
  readonly #asleep = new Set<() => void>();
  #stopped = false;
  #values = 0;
  #answered = 0;
  #notDone = 0;

  constructor(options: LoadOptions) {
    this.#options = options;
    const { clerks, timers } = options;
    this.#startMs = timers.nowMs();
    this.#recorder = new Recorder(() => (timers.nowMs() - this.#startMs) * 1e6);
    this.#clients = clerks.map((clerk, at) => new RecordedClerk(at + 1, { clerk, recorder: this.#recorder }));
  }

  /** Operations that have an answer, or were given up. */
  get answered(): number {
    return this.#answered;
  }

  /** Begins no more operations; then comes what comes at the end. */
  stop(): void {
    this.#stopped = true;
    for (const wake of this.#asleep) wake();
  }

  /** To be called once. @throws what no outage explains, after the keys are erased */
  async run(): Promise<LoadReport> {
    try {
      await this.#workInTime();
      const tookMs = this.#options.timers.nowMs() - this.#startMs;
      const unread = await this.#each((client, key) => this.#call(client, { op: "get", key }));
      const history = this.#recorder.history();
      const left = await this.#erase();
      return { history, tookMs, notDone: this.#notDone, unread, left };
    } catch (error) {
      await this.#erase();
      throw error;
    }
  }

  async #workInTime(): Promise<void> {
    const { timers, durationMs } = this.#options;
    const cancel = timers.after(durationMs, () => this.stop());
    await this.#all((client) => this.#work(client)).finally(cancel);
  }

  async #work(client: RecordedClerk): Promise<void> {
    const { keys, random } = this.#options;
    while (!this.#stopped) {
      await this.#breathe();
      await this.#call(client, this.#draw(client, keys.draw(random)));
    }
  }

  /** Makes long runs slower instead of their histories longer. */
  async #breathe(): Promise<void> {
    const { durationMs, clerks, random, timers } = this.#options;
    const meanMs = Math.floor((durationMs * clerks.length) / OPERATIONS_MAX);
    if (meanMs === 0 || this.#stopped) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        cancel();
        this.#asleep.delete(wake);
        resolve();
      };
      const cancel = timers.after(random.below(2 * meanMs), wake);
      this.#asleep.add(wake);
    });
  }

  #draw({ number }: RecordedClerk, key: string): Call {
    const drawn = this.#options.random.below(WEIGHTS_SUM);
    if (drawn < WEIGHTS.get) return { op: "get", key };
    if (drawn < WEIGHTS.get + WEIGHTS.delete) return { op: "delete", key };
    // No two values are equal, and none ends another: so what is read says who wrote it.
    const value = `(${number}.${++this.#values})`;
    return { op: drawn < WEIGHTS_SUM - WEIGHTS.put ? "append" : "put", key, value };
  }

  /** Whether there was an answer. */
  async #call(client: RecordedClerk, call: Call): Promise<boolean> {
    const answer = await client.call(call);
    if (answer.kind === "gave-up" && !answer.error.outcomeUnknown) this.#notDone++;
    this.#answered++;
    return answer.kind === "done";
  }

  /** How many keys could not be erased. */
  async #erase(): Promise<number> {
    const { all } = this.#options.keys;
    const erase = async ({ clerk }: RecordedClerk, key: string): Promise<boolean> => {
      try {
        await clerk.delete(key);
        return true;
      } catch (error) {
        if (!(error instanceof ClerkError)) throw error;
        return false;
      }
    };
    // A write of unknown outcome can take effect no more once its session has acknowledged a later one.
    await this.#all((client) => erase(client, all[0] as string));
    return await this.#each(erase);
  }

  /** All clients share in all keys; each goes on until one fails. How many keys are left then. */
  async #each(attempt: (client: RecordedClerk, key: string) => Promise<boolean>): Promise<number> {
    const left = await this.#all(async (client, at) => {
      const share = this.#options.keys.all.filter((_, place) => place % this.#clients.length === at);
      for (const [done, key] of share.entries())
        if (!(await attempt(client, key))) return share.length - done;
      return 0;
    });
    return left.reduce((sum, count) => sum + count, 0);
  }

  /** Each client does it; where one fails, the others end as soon as they can. @throws what one has failed with */
  async #all<T>(work: (client: RecordedClerk, at: number) => Promise<T>): Promise<readonly T[]> {
    const outcomes = this.#clients.map(async (client, at) => {
      try {
        return await work(client, at);
      } catch (error) {
        this.stop();
        throw error;
      }
    });
    await Promise.allSettled(outcomes);
    return await Promise.all(outcomes);
  }
}
