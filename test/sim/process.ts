/** Whether a process runs, sleeps or is gone, and what waits for it while it sleeps. Knows nothing of what it does. */
import type { Dice } from "./dice.js";
import type { EventLoop } from "./event-loop.js";

export class Process {
  readonly #loop: EventLoop;
  readonly #dice: Dice;
  /** Called after everything that it does. */
  readonly #afterStep: () => void;
  #alive = true;
  /** What waits while it is paused; null while it runs. */
  #waiting: (() => void)[] | null = null;
  #missedTick: (() => void) | null = null;

  constructor(options: {
    readonly loop: EventLoop;
    readonly dice: Dice;
    readonly afterStep: () => void;
  }) {
    this.#loop = options.loop;
    this.#dice = options.dice;
    this.#afterStep = options.afterStep;
  }

  get alive(): boolean {
    return this.#alive;
  }

  get paused(): boolean {
    return this.#waiting !== null;
  }

  /** Runs `run` in it: now, or when it goes on; never once it is gone. */
  enter(run: () => void): void {
    if (!this.#alive) return;
    if (this.#waiting !== null) {
      this.#waiting.push(run);
      return;
    }
    run();
    this.#afterStep();
  }

  /** Calls `tick` in it every `periodUs()`. Of those that it sleeps through, the operating system delivers one. */
  tickEvery(periodUs: () => number, tick: () => void): void {
    const next = (): void => {
      if (!this.#alive) return;
      if (this.paused) this.#missedTick = tick;
      else this.enter(tick);
      this.#loop.after(periodUs(), next, { quiet: true });
    };
    this.#loop.after(periodUs(), next, { quiet: true });
  }

  pause(): void {
    this.#waiting ??= [];
  }

  /** Goes on with what has come meanwhile. */
  resume(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    if (this.#missedTick !== null) {
      waiting.splice(this.#dice.pick([0, waiting.length]), 0, this.#missedTick);
    }
    this.#missedTick = null;
    waiting.forEach((run, at) => {
      this.#loop.after(at, () => this.enter(run));
    });
  }

  /** It is gone from one instruction to the next. */
  end(): void {
    this.#alive = false;
  }
}
