/**
 * Records what clients do as a history for the checker. One recorder serves all clients of a test; it
 * must be told of calls and answers in the order in which they happen.
 */
import { assert, unreachable } from "../base/assert.js";
import type { Call, DeleteOutput, Operation } from "./operation.js";

export class Recorder {
  readonly #nowNs: () => number;
  #lastNs = Number.NEGATIVE_INFINITY;
  /** In order of their calls; null where an operation was definitely not done. */
  readonly #operations: (Operation | null)[] = [];

  /**
   * `nowNs` never goes back and stays below 2⁵³; any unit will do, as long as a step of 1 is small. A clock that
   * counts from 1970 in nanoseconds is too far.
   */
  constructor(nowNs: () => number) {
    this.#nowNs = nowNs;
  }

  /** To be called just before the operation is sent. Until its token says more, its outcome is unknown. */
  start(client: number, call: Call): Token {
    const start = this.#tick();
    const at = this.#operations.push(observed(client, call, { start, end: null }, null)) - 1;
    return new Token((output) => {
      const answer = output === NOT_DONE ? null : { start, end: this.#tick() };
      this.#operations[at] = answer === null ? null : observed(client, call, answer, output as string | null);
    });
  }

  /** Everything recorded so far, in order of the calls; what is still under way has an unknown outcome. */
  history(): Operation[] {
    return this.#operations.filter((operation) => operation !== null);
  }

  /**
   * No two events at one time: a virtual clock stands still while much happens, and operations
   * that merely touch would pass as concurrent. Whole numbers, as the file form wants them.
   */
  #tick(): number {
    const nowNs = Math.floor(this.#nowNs());
    assert(Number.isSafeInteger(nowNs), "the clock counts exactly");
    this.#lastNs = nowNs > this.#lastNs ? nowNs : this.#lastNs + 1;
    return this.#lastNs;
  }
}

const NOT_DONE = Symbol("not done");

/** One operation under way. Exactly one of its methods is called, once. */
export class Token {
  readonly #end: (output: string | null | typeof NOT_DONE) => void;
  #ended = false;

  constructor(end: (output: string | null | typeof NOT_DONE) => void) {
    this.#end = end;
  }

  /** `output`: of a get the value or null, of a delete {@link DeleteOutput}, of others nothing. */
  done(output: string | null = null): void {
    this.#once();
    this.#end(output);
  }

  /** It may take effect later, or never. */
  unknown(): void {
    this.#once();
  }

  /** It has no effect and never will: the operation leaves the history. */
  notDone(): void {
    this.#once();
    this.#end(NOT_DONE);
  }

  #once(): void {
    assert(!this.#ended, "an operation ends once");
    this.#ended = true;
  }
}

function observed(
  client: number,
  call: Call,
  interval: { readonly start: number; readonly end: number | null },
  output: string | null,
): Operation {
  switch (call.op) {
    case "get":
      return { client, op: call.op, key: call.key, output, ...interval };
    case "put":
    case "append":
      return { client, op: call.op, key: call.key, value: call.value, ...interval };
    case "delete":
      assert(isDeleteOutput(output), "a delete says whether there was something to delete, or nothing");
      return { client, op: call.op, key: call.key, output, ...interval };
    default:
      return unreachable(call);
  }
}

function isDeleteOutput(output: string | null): output is DeleteOutput {
  return output === "deleted" || output === "absent" || output === null;
}
