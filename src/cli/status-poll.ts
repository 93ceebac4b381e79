/** Plain looks at a cluster, for pipes, scripts and those who want no live view: everybody is asked, and the answers come together. */
import { type Observation, Observer } from "../clerk/observer.js";
import { systemTimers } from "../clerk/system-ports.js";
import { TcpDialer } from "../clerk/tcp-dialer.js";

export class StatusPoll {
  readonly #dialer = new TcpDialer();
  readonly #observer: Observer;
  #answered = (_members: readonly Observation[]): void => {};

  /** `timeoutMs`: for the answer of one member. */
  constructor(options: { readonly endpoints: readonly string[]; readonly timeoutMs: number }) {
    this.#observer = new Observer({
      ...options,
      dialer: this.#dialer,
      timers: systemTimers,
      onChange: () => {
        if (!this.#observer.isAsking) this.#answered(this.#observer.members);
      },
    });
  }

  /** Resolves when all that are known by then have answered or failed to. */
  ask(): Promise<readonly Observation[]> {
    return new Promise((resolve) => {
      this.#answered = resolve;
      this.#observer.poll();
    });
  }

  /** Resolves when all connections have gone. */
  async close(): Promise<void> {
    this.#observer.close();
    await this.#dialer.idle();
  }
}
