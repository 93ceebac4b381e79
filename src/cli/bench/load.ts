/**
 * Keeps a number of clients busy until time or count are over, each with one operation at a time. Closed loop: a client sends when it has its
 * answer. Open loop: requests are due at a steady rate, whoever is free sends the next, and its latency counts from when it was due:
 * a cluster that stalls does not hide what it kept waiting ("coordinated omission").
 */
import { setMaxListeners } from "node:events";
import { ClerkError } from "../../clerk/clerk-error.js";
import { REFUSALS } from "../invocation.js";
import type { Measurements, OperationKind } from "./measurements.js";
import type { Plan } from "./plan.js";

export interface Clock {
  nowMs(): number;
  /** Resolves after so long, or when `signal` is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface LoadOptions {
  readonly plan: Pick<Plan, "clients" | "durationMs" | "total" | "ratePerSecond">;
  readonly clock: Clock;
  readonly measurements: Measurements;
  /** Does one operation of the client. @throws ClerkError */
  readonly perform: (client: number) => Promise<OperationKind>;
  /** Called once, when half of the run is over. */
  readonly onMiddle: () => void;
  /** Aborted: nothing more is begun. */
  readonly signal: AbortSignal;
}

/** By so much a timer may be late, which is no fault of the cluster. */
const TIMER_MS = 2;

export class Load {
  readonly #options: LoadOptions;
  readonly #startMs: number;
  /** Nothing more is begun: it was told to end, or would fail the same way each time. */
  readonly #over = new AbortController();
  #begun = 0;
  #isPastMiddle = false;
  #failure: { readonly error: unknown } | null = null;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#startMs = options.clock.nowMs();
    // Each client that waits for its turn listens.
    setMaxListeners(0, this.#over.signal);
    const end = () => this.#over.abort();
    if (options.signal.aborted) end();
    else options.signal.addEventListener("abort", end, { once: true });
  }

  /** 0 to 1. */
  get progress(): number {
    const { plan, clock } = this.#options;
    const elapsedMs = clock.nowMs() - this.#startMs;
    return Math.min(1, Math.max(this.#begun / plan.total, elapsedMs / plan.durationMs));
  }

  /** Requests that were due in the time that is over, and that nobody was free to send. */
  get unsent(): number {
    const { ratePerSecond, durationMs } = this.#options.plan;
    if (ratePerSecond === null || !Number.isFinite(durationMs) || this.#over.signal.aborted) return 0;
    return Math.max(0, Math.ceil((durationMs * ratePerSecond) / 1000) - this.#begun);
  }

  /** Resolves when every operation that was begun has its answer. @throws what would fail each time */
  async run(): Promise<void> {
    const clients = Array.from({ length: this.#options.plan.clients }, (_, client) => this.#keepBusy(client));
    await Promise.all(clients);
    if (this.#failure !== null) throw this.#failure.error;
  }

  async #keepBusy(client: number): Promise<void> {
    const { clock, measurements, perform } = this.#options;
    for (let fromMs = await this.#turn(); fromMs !== null; fromMs = await this.#turn()) {
      try {
        const kind = await perform(client);
        const nowMs = clock.nowMs();
        measurements.success(kind, nowMs - fromMs, nowMs);
      } catch (error) {
        this.#onFailure(error);
      }
    }
  }

  /** Resolves when the next request is to be sent, to when its latency counts from; null: the run is over. */
  async #turn(): Promise<number | null> {
    const { plan, clock } = this.#options;
    const nowMs = clock.nowMs();
    if (this.#isOver(nowMs)) return null;
    this.#passMiddle();
    const request = this.#begun;
    if (plan.ratePerSecond === null) {
      this.#begun++;
      return nowMs;
    }
    const dueMs = this.#startMs + (request * 1000) / plan.ratePerSecond;
    if (dueMs >= this.#startMs + plan.durationMs) return null;
    this.#begun++;
    if (dueMs <= nowMs) return dueMs;
    await clock.sleep(dueMs - nowMs, this.#over.signal);
    if (this.#over.signal.aborted) return null;
    const awakeMs = clock.nowMs();
    return awakeMs < dueMs + TIMER_MS ? awakeMs : dueMs;
  }

  #isOver(nowMs: number): boolean {
    const { total, durationMs } = this.#options.plan;
    return this.#over.signal.aborted || this.#begun >= total || nowMs - this.#startMs >= durationMs;
  }

  #passMiddle(): void {
    if (this.#isPastMiddle || this.progress < 0.5) return;
    this.#isPastMiddle = true;
    try {
      this.#options.onMiddle();
    } catch (error) {
      this.#onFailure(error);
    }
  }

  #onFailure(error: unknown): void {
    if (error instanceof ClerkError && !REFUSALS.has(error.code)) {
      this.#options.measurements.failure(error.code, error.outcomeUnknown);
      return;
    }
    this.#failure ??= { error };
    this.#over.abort();
  }
}
