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
}

/** At ten microseconds a step, about a minute. */
export const STEPS_MAX = 5_000_000;

/** How many moves of one key are tried before it is another's turn. */
const SLICE_STEPS = 1000;

interface KeyDecision {
  readonly key: string;
  readonly decision: Decision;
}

/** The operations may come in any order. */
export function checkLinearizable(history: readonly Operation[], options: CheckOptions = {}): Verdict {
  const { stepsMax = STEPS_MAX, initial = new Map<string, string>() } = options;
  const byKey = groupByKey(history);
  const initialOf = (key: string): string | null => initial.get(key) ?? null;
  let steps = 0;
  const counts = (): Counts => ({
    operations: history.length,
    unknown: history.filter(({ end }) => end === null).length,
    keys: byKey.size,
    steps,
  });

  let open: KeyDecision[] = [];
  for (const [key, operations] of byKey) {
    const entries = operations.map((operation) => ({ operation, known: "outcome" as const }));
    open.push({ key, decision: new Decision(entries, initialOf(key)) });
  }
  while (open.length > 0) {
    const still: KeyDecision[] = [];
    for (const { key, decision } of open) {
      const before = decision.steps;
      const result = decision.run(Math.min(SLICE_STEPS, stepsMax - steps));
      steps += decision.steps - before;
      if (result === "illegal") {
        const window = smallestWindow(byKey.get(key) ?? [], initialOf(key), decision.furthest);
        return { outcome: "illegal", key, window, counts: counts() };
      }
      if (result === null) still.push({ key, decision });
    }
    open = still;
    if (steps >= stepsMax && open.length > 0) {
      return { outcome: "undecided", keys: open.map(({ key }) => key), counts: counts() };
    }
  }
  return { outcome: "legal", counts: counts() };
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
