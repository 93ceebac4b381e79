/**
 * The closed loops of one connection: each worker asks, waits for the answer, and asks again. Makes no object, promise or timer
 * an operation; only after an error a worker rests for a moment.
 */
import type { LoadConnection, Put, Replies, ReplyValue } from "./connection.js";
import { type Dice, valueStarts } from "./data.js";
import type { Operation } from "./job.js";
import type { Tally } from "./tally.js";

const REST_MS = 5;
/** Of a mix: gets in ten operations. */
const GETS_IN_TEN = 9;

export interface LaneOptions {
  readonly operation: Operation;
  readonly workers: number;
  readonly keys: number;
  readonly valueBytes: number;
  readonly pool: Uint8Array;
  readonly dice: Dice;
  readonly tally: Tally;
  /** The next key of a fill, shared by all lanes. */
  readonly fill: { next: number };
  /** Nothing is under way any more, after {@link Lane.stop} or because a fill has ended. */
  readonly onIdle: () => void;
  readonly onLost: (reason: string) => void;
}

export class Lane implements Replies {
  readonly #options: LaneOptions;
  readonly #startedMs: Float64Array;
  /** Whether what a worker waits for is a get. */
  readonly #gets: Uint8Array;
  readonly #put: Put = { key: 0, valueStart: 0 };
  readonly #valueStarts: number;
  #connection: LoadConnection | null = null;
  #busy = 0;
  #stopped = false;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#startedMs = new Float64Array(options.workers);
    this.#gets = new Uint8Array(options.workers);
    this.#valueStarts = valueStarts(options.pool, options.valueBytes);
  }

  start(connection: LoadConnection): void {
    this.#connection = connection;
    this.#busy = this.#options.workers;
    const now = performance.now();
    for (let worker = 0; worker < this.#options.workers; worker++) this.#next(worker, now);
    connection.flush();
  }

  /** What is under way is waited for. */
  stop(): void {
    this.#stopped = true;
  }

  /** Since when the request that waits longest has waited. */
  get waitingSinceMs(): number {
    return this.#busy === 0 ? performance.now() : Math.min(...this.#startedMs);
  }

  done(worker: number, value: ReplyValue): void {
    const now = performance.now();
    if (this.#gets[worker] === 1 && value.end - value.start !== this.#options.valueBytes) {
      this.failed(worker, `a value of ${value.end - value.start} bytes`);
      return;
    }
    this.#options.tally.success(now - (this.#startedMs[worker] as number));
    this.#next(worker, now);
  }

  failed(worker: number, reason: string): void {
    this.#options.tally.failure(reason);
    setTimeout(() => {
      this.#next(worker, performance.now());
      this.#connection?.flush();
    }, REST_MS);
  }

  lost(reason: string): void {
    this.#options.onLost(reason);
  }

  #next(worker: number, now: number): void {
    const { operation, dice, keys, fill } = this.#options;
    if (this.#stopped || (operation === "fill" && fill.next >= keys)) {
      this.#startedMs[worker] = Number.POSITIVE_INFINITY;
      if (--this.#busy === 0) this.#options.onIdle();
      return;
    }
    this.#startedMs[worker] = now;
    const isGet = operation === "get" || (operation === "mix" && dice.below(10) < GETS_IN_TEN);
    this.#gets[worker] = isGet ? 1 : 0;
    if (isGet) {
      this.#connection?.get(worker, dice.below(keys));
      return;
    }
    this.#put.key = operation === "fill" ? fill.next++ : dice.below(keys);
    this.#put.valueStart = dice.below(this.#valueStarts);
    this.#connection?.put(worker, this.#put);
  }
}
