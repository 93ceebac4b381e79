/**
 * Bounds what a command of many requests waits for the cluster in all; what its reader takes is not counted.
 */
export class Deadline {
  readonly #expire: () => void;
  #leftMs: number;
  #sinceMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(timeoutMs: number, expire: () => void) {
    this.#leftMs = timeoutMs;
    this.#expire = expire;
    this.resume();
  }

  resume(): void {
    this.#sinceMs = performance.now();
    this.#timer = setTimeout(this.#expire, Math.max(0, this.#leftMs));
  }

  pause(): void {
    clearTimeout(this.#timer);
    this.#leftMs -= performance.now() - this.#sinceMs;
  }
}
