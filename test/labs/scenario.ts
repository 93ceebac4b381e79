/** What a scenario of a lab suite is to the runner that repeats it under many seeds. */

export interface Scenario {
  /** As the courses number their suites: "2A" to "3B", "TinyKV 2B". */
  readonly suite: string;
  /** The suite's own. Unique within the suite. */
  readonly name: string;
  /**
   * Plays it once in virtual time. Throws what the first broken promise has to say; `print` is given one line for each
   * event.
   */
  run(seed: number, print: ((line: string) => void) | null): Promise<void>;
}
