/**
 * Keeps the state machine's clock near the wall clock: idle sessions expire by what the log says and by
 * nothing else (PITFALLS 34). A clock entry is due when the last one is old or of an
 * earlier term, and goes ahead of the command that made it due, so that a session which becomes active
 * again is judged by a fresh clock both before and after.
 */
import type { RawNode } from "../raft/raw-node.js";
import { encodeCommand } from "../wire/command-codec.js";

/** How old the logged clock may be when a command follows it. */
const INTERVAL_MS = 10_000;

export class LoggedClock {
  readonly #raft: RawNode;
  #term = 0;
  #timeMs = 0;

  constructor(raft: RawNode) {
    this.#raft = raft;
  }

  /** Called before each proposal; `timeMs` is the wall clock's. */
  propose(timeMs: number): void {
    const fresh = timeMs >= this.#timeMs && timeMs < this.#timeMs + INTERVAL_MS;
    if (fresh && this.#term === this.#raft.currentTerm) return;
    const result = this.#raft.propose(encodeCommand({ kind: "clock", timeMs }));
    if (result.kind !== "proposed") return;
    this.#timeMs = timeMs;
    this.#term = result.term;
  }
}
