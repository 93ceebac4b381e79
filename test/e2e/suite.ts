/** One cluster for all tests of a file: what a test hands to `t.teardown`, the file's end carries out. */
import type { Teardown } from "./processes.js";

export class Suite implements Teardown {
  readonly #last: (() => unknown)[] = [];

  teardown(run: () => unknown): void {
    this.#last.push(run);
  }

  /** Newest first, as tests do. */
  async end(): Promise<void> {
    for (const run of this.#last.reverse()) await run();
  }
}
