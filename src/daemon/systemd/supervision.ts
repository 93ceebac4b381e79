/**
 * What the service manager is told in a member's life, and when: that it recovers, is ready, what it is, that it gets on, reloads,
 * stops. How the words travel is notify.ts's business.
 */
import type { Host } from "../../server/ports.js";
import { takeVariables } from "./environment.js";
import type { Notify } from "./notify.js";
import { describe, hangOf, type Vitals } from "./vitals.js";

export interface SupervisionClock {
  /** CLOCK_MONOTONIC, as the manager reads it. */
  nowUs(): bigint;
  every(intervalMs: number, run: () => void): void;
}

export interface SupervisionOptions {
  readonly notify: Notify;
  /** Silence after which the manager ends the process; null: it does not watch. */
  readonly watchdogMs: number | null;
  readonly clock: SupervisionClock;
  readonly log: Host["log"];
}

const STATUS_INTERVAL_MS = 1000;
/** A message gets lost, or comes late: there are two more before the watchdog bites. */
const FEEDS_PER_WATCHDOG = 3;
/** While the log is read: the start may take so much longer, counted anew from each sign of progress. */
const EXTENSION_US = 60_000_000n;
const EXTENSION_INTERVAL_US = 1_000_000n;

export class Supervision {
  readonly #options: SupervisionOptions;
  readonly #notify: Notify;
  #extendedAtUs: bigint | null = null;
  #status = "";
  #isReady = false;

  constructor(options: SupervisionOptions) {
    this.#options = options;
    this.#notify = options.notify;
  }

  /** Recovery has got on, by however little. */
  recovering(): void {
    const nowUs = this.#options.clock.nowUs();
    if (this.#extendedAtUs !== null && nowUs - this.#extendedAtUs < EXTENSION_INTERVAL_US) return;
    this.#extendedAtUs = nowUs;
    this.#notify(`EXTEND_TIMEOUT_USEC=${EXTENSION_US}`, "STATUS=recovering");
  }

  /** The member listens. From now on `look` says how it is. */
  ready(look: () => Vitals): void {
    this.#isReady = true;
    this.#status = describe(look());
    this.#notify("READY=1", `STATUS=${this.#status}`);
    const { clock, watchdogMs } = this.#options;
    clock.every(STATUS_INTERVAL_MS, () => this.#tellStatus(look()));
    if (watchdogMs !== null) this.#feed(look, watchdogMs);
  }

  /** Messages may have been lost: those that still hold are sent once more. */
  repeat(): void {
    if (this.#isReady) this.#notify("READY=1", `STATUS=${this.#status}`);
  }

  /** Before it is ready the manager would take the end of a reload for the end of the start. */
  reloading(): void {
    if (this.#isReady) this.#notify("RELOADING=1", `MONOTONIC_USEC=${this.#options.clock.nowUs()}`);
  }

  reloaded(): void {
    if (this.#isReady) this.#notify("READY=1");
  }

  stopping(): void {
    this.#isReady = false;
    this.#notify("STOPPING=1");
  }

  #tellStatus(vitals: Vitals): void {
    const status = describe(vitals);
    if (status === this.#status) return;
    this.#status = status;
    this.#notify(`STATUS=${status}`);
  }

  /** The timer runs in the member's own event loop: one that hangs feeds nothing either. */
  #feed(look: () => Vitals, watchdogMs: number): void {
    const { clock, log } = this.#options;
    let before = look();
    let hang: string | null = null;
    clock.every(watchdogMs / FEEDS_PER_WATCHDOG, () => {
      const now = look();
      const reason = hangOf(before, now);
      if (reason === null) this.#notify("WATCHDOG=1");
      else if (reason !== hang) log("warn", "this member hangs, and its watchdog is not fed", { reason });
      hang = reason;
      before = now;
    });
  }
}

/** As sd_watchdog_enabled(3): how long the manager waits for a sign of life; null: it does not. Taken out of `environment`. */
export function takeWatchdogMs(environment: NodeJS.ProcessEnv, pid: number): number | null {
  const { WATCHDOG_USEC, WATCHDOG_PID } = takeVariables(environment, "WATCHDOG_USEC", "WATCHDOG_PID");
  const watchdogUs = Number(WATCHDOG_USEC ?? 0);
  const isMeant = WATCHDOG_PID === undefined || WATCHDOG_PID === String(pid);
  return isMeant && watchdogUs > 0 ? watchdogUs / 1000 : null;
}
