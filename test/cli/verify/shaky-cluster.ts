/**
 * A cluster in virtual time as the load of verify sees it: each operation takes some milliseconds, and its effect comes somewhere between.
 * It keeps every promise, but for what it is told to do wrong.
 */
import { type Random, seededRandom } from "../../../src/base/random.js";
import { ClerkError } from "../../../src/clerk/clerk.js";
import type { PlainClerk } from "../../../src/cli/verify/recorded-clerk.js";
import { VirtualTime } from "../../clerk/virtual-time.js";

export type Wrong =
  /** An append is acknowledged and has no effect. */
  | "lost write"
  /** A get answers what the key held three effects before. */
  | "stale read"
  /** All keys fall back to what they held three effects before. */
  | "rollback";

/** What happens at a time, in milliseconds of the load. */
export interface Plan {
  readonly wrong?: { readonly what: Wrong; readonly atMs: number };
  /** From then to then nobody answers: half of the operations take effect nevertheless. */
  readonly outage?: { readonly fromMs: number; readonly toMs: number };
}

const LATENCY_MS = 4;
const OUTAGE_MS = 50;

export class ShakyCluster {
  readonly time = new VirtualTime();
  /** What was done wrong: the value that was lost, or the key that it was done to. */
  wronged: string | null = null;
  /** By key, what it held after each effect. */
  readonly #past = new Map<string, (string | null)[]>();
  readonly #random: Random;
  readonly #plan: Plan;
  readonly #startMs = this.time.nowMs();

  constructor(seed: number, plan: Plan = {}) {
    this.#random = seededRandom(seed);
    this.#plan = plan;
  }

  /** Keys that have a value. */
  get keys(): readonly string[] {
    return [...this.#past].filter(([, past]) => past.at(-1) !== null).map(([key]) => key);
  }

  clerk(): PlainClerk {
    return {
      get: (key) => this.#operation(() => this.#read(String(key))),
      put: (key, value) => this.#operation(() => this.#write(String(key), () => String(value))),
      append: (key, value) =>
        this.#operation(() => {
          const lost = this.#isTimeFor("lost write");
          if (lost) this.wronged = String(value);
          this.#write(String(key), (before) => (lost ? before : `${before ?? ""}${value}`));
        }),
      delete: (key) =>
        this.#operation(() => {
          const there = this.#now(String(key)) !== null;
          this.#write(String(key), () => null);
          return there;
        }),
    };
  }

  /** Lets time pass until `work` is done. */
  async play<T>(work: Promise<T>): Promise<T> {
    let going = true;
    const settled = work.finally(() => {
      going = false;
    });
    settled.catch(() => {});
    while (going) {
      await new Promise(setImmediate);
      if (going) this.time.advance(1);
    }
    return await settled;
  }

  async #operation<T>(effect: () => T): Promise<T> {
    const { outage } = this.#plan;
    const now = this.#elapsedMs;
    if (outage !== undefined && now >= outage.fromMs && now < outage.toMs) return await this.#fail(effect);
    await this.#pass();
    if (this.#isTimeFor("rollback")) this.#rollBack();
    const answer = effect();
    await this.#pass();
    return answer;
  }

  async #fail(effect: () => unknown): Promise<never> {
    await this.#pass(OUTAGE_MS);
    const fate = this.#random.below(3);
    if (fate === 0) throw new ClerkError("no-leader", "no leader", false);
    // It may take effect long after the client has given up.
    if (fate === 1) this.time.after(this.#random.below(2 * OUTAGE_MS), effect);
    throw new ClerkError("timeout", "no answer", true);
  }

  #pass(ms = this.#random.below(LATENCY_MS)): Promise<void> {
    return new Promise((resolve) => void this.time.after(ms, resolve));
  }

  #read(key: string): Uint8Array | null {
    const stale = this.#isTimeFor("stale read") && this.#pastOf(key).length > 3;
    if (stale) this.wronged = key;
    const value = stale ? (this.#pastOf(key).at(-4) ?? null) : this.#now(key);
    return value === null ? null : Buffer.from(value);
  }

  #write(key: string, change: (before: string | null) => string | null): void {
    const past = this.#pastOf(key);
    past.push(change(past.at(-1) ?? null));
  }

  #rollBack(): void {
    this.wronged = "all";
    for (const past of this.#past.values()) past.push(past.at(-4) ?? null);
  }

  #now(key: string): string | null {
    return this.#pastOf(key).at(-1) ?? null;
  }

  #pastOf(key: string): (string | null)[] {
    const past = this.#past.get(key) ?? [null];
    this.#past.set(key, past);
    return past;
  }

  /** Once. */
  #isTimeFor(what: Wrong): boolean {
    const { wrong } = this.#plan;
    return wrong?.what === what && this.wronged === null && this.#elapsedMs >= wrong.atMs;
  }

  get #elapsedMs(): number {
    return this.time.nowMs() - this.#startMs;
  }
}
