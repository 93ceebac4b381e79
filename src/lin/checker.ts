/**
 * Decides whether a history is linearizable (Herlihy and Wing): whether every operation can be
 * given an instant between its call and its answer so that all outputs are those of one sequential map.
 * Keys are independent of each other, so each is searched by itself, all in turn: one
 * that is contradictory is found before one that is merely hard is finished.
 */
import { Decision } from "./decision.js";
import type { Operation } from "./operation.js";
import type { Counts, Verdict } from "./verdict.js";
import { smallestWindow } from "./window.js";

export interface CheckOptions {
  /** How many moves the searches of all keys may try together before the verdict is "undecided". */
  readonly stepsMax?: number;
  /** What was stored before the history, by key. */
  readonly initial?: ReadonlyMap<string, string>;
  /** Asked between two slices: true gives up what is not decided yet, as `stepsMax` does. */
  readonly isOver?: () => boolean;
}

/** At ten microseconds a step, about a minute. */
export const STEPS_MAX = 5_000_000;

/** How many moves of one key are tried before it is another's turn. */
const SLICE_STEPS = 1000;

/** The operations may come in any order. */
export function checkLinearizable(history: readonly Operation[], options: CheckOptions = {}): Verdict {
  const check = checkInSlices(history, options);
  for (;;) {
    const slice = check.next();
    if (slice.done) return slice.value;
  }
}

/**
 * As {@link checkLinearizable}, for callers that have other things to do as well: yields whenever about ten
 * milliseconds of work are done, more where a key has very many operations.
 */
export function* checkInSlices(
  history: readonly Operation[],
  { stepsMax = STEPS_MAX, initial = new Map<string, string>(), isOver = () => false }: CheckOptions = {},
): Generator<void, Verdict, void> {
  const byKey = groupByKey(history);
  let steps = 0;
  const counts = (): Counts => ({
    operations: history.length,
    unknown: history.filter(({ end }) => end === null).length,
    keys: byKey.size,
    steps,
  });
  /** Whose turn is next comes first. */
  const open = [...byKey.entries()].map(([key, operations]) => new KeyDecision(key, operations, initial));
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    const { key, operations, value, decision } = next;
    const before = decision.steps;
    const result = decision.run(Math.min(SLICE_STEPS, stepsMax - steps));
    steps += decision.steps - before;
    if (result === "illegal") {
      const window = yield* smallestWindow(operations, value, decision.furthest);
      return { outcome: "illegal", key, window, counts: counts() };
    }
    if (result === null) open.push(next);
    yield;
    if (open.length > 0 && (steps >= stepsMax || isOver())) {
      return { outcome: "undecided", keys: open.map(({ key }) => key), counts: counts() };
    }
  }
  return { outcome: "legal", counts: counts() };
}

/** The operations on one key, prepared for the search only when it is their turn: most keys need but one. */
class KeyDecision {
  readonly key: string;
  readonly operations: readonly Operation[];
  /** Before the history; null: none. */
  readonly value: string | null;
  #decision: Decision | null = null;

  constructor(key: string, operations: readonly Operation[], initial: ReadonlyMap<string, string>) {
    this.key = key;
    this.operations = operations;
    this.value = initial.get(key) ?? null;
  }

  get decision(): Decision {
    this.#decision ??= new Decision(
      this.operations.map((operation) => ({ operation, known: "outcome" as const })),
      this.value,
    );
    return this.#decision;
  }
}

function groupByKey(history: readonly Operation[]): Map<string, Operation[]> {
  const byKey = new Map<string, Operation[]>();
  for (const operation of history) {
    const operations = byKey.get(operation.key);
    if (operations === undefined) byKey.set(operation.key, [operation]);
    else operations.push(operation);
  }
  return byKey;
}
