/**
 * Virtual time: a queue of events, run one after the other. What an event sets in motion by
 * promises comes to rest before the next one, and no real clock or input takes part, so the order of
 * everything follows from the events alone.
 */
import { assert } from "../../src/base/assert.js";

interface Event {
  readonly atUs: number;
  /** Of events at the same moment the one that was asked for first is first. */
  readonly order: number;
  readonly run: () => void;
  readonly quiet: boolean;
}

/** More than any sound run has waiting: something feeds itself. */
const EVENTS_MAX = 50_000;

const STEPS_A_TURN = 50;

export class EventLoop {
  nowUs = 0;
  /** Events run so far. */
  steps = 0;
  readonly #heap: Event[] = [];
  #order = 0;
  #failure: { readonly error: unknown } | null = null;

  /** `quiet`: nothing that it does involves a promise, so nothing has to come to rest after it. */
  after(delayUs: number, run: () => void, options: { readonly quiet?: boolean } = {}): void {
    assert(delayUs >= 0, "time does not run backwards");
    assert(this.#heap.length < EVENTS_MAX, `over ${EVENTS_MAX} events wait`);
    const atUs = this.nowUs + Math.round(delayUs);
    this.#push({ atUs, order: this.#order++, run, quiet: options.quiet ?? false });
  }

  /** For what goes wrong where nobody can catch it: ends the run at the next step. */
  fail(error: unknown): void {
    this.#failure ??= { error };
  }

  /** What nobody handles while `run` runs is a failure. */
  async guard<T>(run: () => Promise<T>): Promise<T> {
    const onRejection = (error: unknown): void => this.fail(error);
    process.on("unhandledRejection", onRejection);
    try {
      return await run();
    } finally {
      process.off("unhandledRejection", onRejection);
    }
  }

  /** Lets time pass until `script` is over, at most `limitUs`; says whether it was. Throws what the script throws. */
  play(script: () => Promise<void>, limitUs: number): Promise<boolean> {
    return this.guard(() => {
      let isOver = false;
      script().then(
        () => {
          isOver = true;
        },
        (error: unknown) => this.fail(error),
      );
      return this.runUntil(() => isOver, limitUs);
    });
  }

  /** Lets time pass until `reached`, at most `limitUs`; says whether it was. Throws what an event throws. */
  async runUntil(reached: () => boolean, limitUs: number): Promise<boolean> {
    const endUs = this.nowUs + limitUs;
    while (!reached()) {
      const next = this.#heap[0];
      if (next === undefined || next.atUs > endUs) {
        this.nowUs = endUs;
        return reached();
      }
      this.#pop();
      this.nowUs = next.atUs;
      this.steps++;
      next.run();
      if (!next.quiet) await this.#rest();
      if (this.#failure !== null) throw this.#failure.error;
    }
    return true;
  }

  /**
   * All microtasks, however many follow from each other, run before the next tick does. That starves the process of
   * its real events, of unhandled rejections above all, so now and then it is an immediate.
   */
  #rest(): Promise<void> {
    return new Promise<void>(this.steps % STEPS_A_TURN === 0 ? setImmediate : process.nextTick);
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (isBefore(heap[parent] as Event, event)) break;
      heap[at] = heap[parent] as Event;
      at = parent;
    }
    heap[at] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Event, heap[child] as Event)) child++;
      if (isBefore(last, heap[child] as Event)) break;
      heap[at] = heap[child] as Event;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(left: Event, right: Event): boolean {
  return left.atUs < right.atUs || (left.atUs === right.atUs && left.order < right.order);
}
