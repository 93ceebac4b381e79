/**
 * One session with the replicated state machine, as the client keeps it: which sequence comes next, and
 * below which everything has been answered to the caller. A pure ledger; opening and closing is the core's.
 */
import { assert } from "../base/assert.js";
import type { ClientId } from "../kv/command.js";

/** A write as the state machine knows it: enough for another client to finish it. */
export interface WriteName {
  readonly clientId: ClientId;
  /** The log index at which its session was opened. */
  readonly index: number;
  /** Which write of the session it is, from 1 on. */
  readonly sequence: number;
}

/** Lets sessions outlive their Clerk, so that another one can finish what it left undone. */
export interface SessionKeeper {
  /** The first write of the Clerk is this one, which may have been sent before. Null: none of its writes was. */
  readonly resumed: WriteName | null;
  /** Called before each other write is sent under a name for the first time. */
  sending(write: WriteName): void;
}

/**
 * Sequences from the oldest unanswered one to the newest: half of the results that the state machine
 * keeps for a session (SESSION_RESULTS_MAX), so that it never has to refuse one.
 */
export const SESSION_WINDOW = 512;

export class Session {
  readonly clientId: ClientId;
  /** The log index at which it was opened; 0: not open yet. */
  index: number;
  /** Somebody else may have sent this write already; 0: none. */
  readonly resumedSequence: number;
  /** The outcome of one of its writes is unknown: the answer is to be had in this session alone. */
  isInDoubt = false;
  #nextSequence: number;
  #acknowledgedBelow: number;
  /** By sequence modulo the window: answered, while an older one is not. */
  readonly #answered = new Uint8Array(SESSION_WINDOW);

  /** `resumed`: of a session that is open already, and whose writes before that one have all been answered. */
  constructor(clientId: ClientId, resumed: WriteName | null = null) {
    this.clientId = clientId;
    this.index = resumed?.index ?? 0;
    this.resumedSequence = resumed?.sequence ?? 0;
    this.#nextSequence = resumed?.sequence ?? 1;
    this.#acknowledgedBelow = this.#nextSequence;
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
