/**
 * One session with the replicated state machine, as the client keeps it: which sequence comes next, and
 * below which everything has been answered to the caller. A pure ledger; opening and closing is the core's.
 */
import { assert } from "../base/assert.js";
import type { ClientId } from "../kv/command.js";

/**
 * Sequences from the oldest unanswered one to the newest: half of the results that the state machine
 * keeps for a session (SESSION_RESULTS_MAX), so that it never has to refuse one.
 */
export const SESSION_WINDOW = 512;

export class Session {
  readonly clientId: ClientId;
  /** The log index at which it was opened; 0: not open yet. */
  index = 0;
  #nextSequence = 1;
  #acknowledgedBelow = 1;
  /** By sequence modulo the window: answered, while an older one is not. */
  readonly #answered = new Uint8Array(SESSION_WINDOW);

  constructor(clientId: ClientId) {
    this.clientId = clientId;
  }

  /** Every sequence below this has been answered to the caller. */
  get acknowledgedBelow(): number {
    return this.#acknowledgedBelow;
  }

  get hasRoom(): boolean {
    return this.#nextSequence - this.#acknowledgedBelow < SESSION_WINDOW;
  }

  get idle(): boolean {
    return this.#nextSequence === this.#acknowledgedBelow;
  }

  /** The next sequence: to be answered once. */
  take(): number {
    assert(this.hasRoom, "a session has no room for another operation");
    return this.#nextSequence++;
  }

  answer(sequence: number): void {
    assert(
      sequence >= this.#acknowledgedBelow && sequence < this.#nextSequence,
      "an answer to no operation of this session",
    );
    this.#answered[sequence % SESSION_WINDOW] = 1;
    while (this.#answered[this.#acknowledgedBelow % SESSION_WINDOW] === 1) {
      this.#answered[this.#acknowledgedBelow % SESSION_WINDOW] = 0;
      this.#acknowledgedBelow++;
    }
  }
}
