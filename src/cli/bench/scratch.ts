/** The keys of a benchmark, all under one prefix: made before the run where it reads them, and removed after it. */
import { Buffer } from "node:buffer";
import { EXIT } from "../../base/exit-status.js";
import type { Clerk } from "../../clerk/clerk.js";
import { CliError } from "../failure.js";
import { escapeBytes } from "../format.js";
import { KEYS_MAX } from "./plan.js";

/** Of a key, after the prefix: the same for every number of keys, so that a run knows those of another. */
const DIGITS = String(KEYS_MAX).length;
const UNDER_WAY_MAX = 64;

export class ScratchKeys {
  readonly #prefix: Buffer;

  constructor(prefix: Uint8Array) {
    this.#prefix = Buffer.from(prefix);
  }

  key(number: number): Uint8Array {
    return Buffer.concat([this.#prefix, Buffer.from(String(number).padStart(DIGITS, "0"))]);
  }

  /** @throws CliError 64: there are keys under the prefix */
  async refuseOthers(clerk: Clerk): Promise<void> {
    for await (const { key } of clerk.scan({ prefix: this.#prefix, limit: 1, keysOnly: true })) {
      throw new CliError(
        EXIT.usage,
        `there are keys under "${escapeBytes(this.#prefix)}" already, such as "${escapeBytes(key)}"`,
        "Nothing was changed. Try: another --prefix; or --force, where they are a benchmark's",
      );
    }
  }

  /** Stores `value` under the first `count` keys. `onDone` is told how many are. */
  async fill(
    clerk: Clerk,
    {
      count,
      value,
      signal,
      onDone,
    }: { count: number; value: Uint8Array; signal: AbortSignal; onDone: (done: number) => void },
  ): Promise<void> {
    await spread(count, async (number) => {
      if (signal.aborted) return;
      await clerk.put(this.key(number), value);
      onDone(number);
    });
  }

  /** Removes those keys under the prefix that are of a benchmark's form. `onDone` is told which part is done. */
  async remove(clerk: Clerk, onDone: (part: number) => void): Promise<void> {
    const keys: Uint8Array[] = [];
    for await (const { key } of clerk.scan({ prefix: this.#prefix, keysOnly: true })) {
      if (this.#isOurs(key)) keys.push(key);
    }
    await spread(keys.length, async (at) => {
      await clerk.delete(keys[at] ?? "");
      onDone((at + 1) / keys.length);
    });
  }

  #isOurs(key: Uint8Array): boolean {
    const digits = Buffer.from(key.subarray(this.#prefix.length)).toString("latin1");
    return digits.length === DIGITS && /^\d+$/.test(digits);
  }
}

/** `work` of 0 to `count` − 1, many at a time. */
async function spread(count: number, work: (at: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: Math.min(count, UNDER_WAY_MAX) }, worker));
}
