/**
 * Draws histories of one key that are small enough for trying every order: linearizable by their making, and then
 * changed here and there. Few texts, one of them empty, so that what was written can often be mistaken for another.
 */
import fc from "fast-check";
import { unreachable } from "../../src/base/assert.js";
import type { DeleteOutput, Operation } from "../../src/lin/operation.js";

export interface SmallHistory {
  readonly initial: string | null;
  readonly operations: readonly Operation[];
}

const TEXTS = ["a", "b", "ab", ""] as const;

interface Drawn {
  readonly op: Operation["op"];
  readonly value: string;
  readonly start: number;
  readonly length: number;
  /** When it takes effect, as a part of its length; beyond 1 only for unknown outcomes. */
  readonly effect: number;
  readonly fate: "known" | "untold" | "late" | "never";
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  op: fc.constantFrom("get", "get", "put", "append", "append", "delete", "delete"),
  value: fc.constantFrom(...TEXTS),
  start: fc.nat(8),
  length: fc.nat(4),
  effect: fc.double({ min: 0, max: 1, noNaN: true }),
  fate: fc.oneof(
    { weight: 2, arbitrary: fc.constant("known" as const) },
    { weight: 1, arbitrary: fc.constantFrom("untold", "late", "never") },
  ),
});

type Change =
  | { readonly kind: "output"; readonly at: number; readonly value: string | null }
  | { readonly kind: "shift"; readonly at: number; readonly by: number }
  | { readonly kind: "end"; readonly at: number; readonly length: number | null };

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    kind: fc.constant("output"),
    at: fc.nat(),
    value: fc.constantFrom(null, ...TEXTS, "aa", "ba", "aab"),
  }),
  fc.record({ kind: fc.constant("shift"), at: fc.nat(), by: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant("end"), at: fc.nat(), length: fc.constantFrom(null, 0, 1, 2) }),
);

/** Half of them are changed. */
export const smallHistory: fc.Arbitrary<SmallHistory> = fc
  .record({
    initial: fc.constantFrom(null, null, "a"),
    operations: fc.array(drawn, { minLength: 1, maxLength: 11, size: "max" }),
    changes: fc.oneof(fc.constant([]), fc.array(change, { minLength: 1, maxLength: 5, size: "max" })),
  })
  .map(({ initial, operations, changes }) => {
    const history = takeEffect(operations, initial);
    for (const { at, ...rest } of changes) {
      const place = at % history.length;
      history[place] = changed(history[place] as Operation, { at, ...rest } as Change);
    }
    return { initial, operations: history };
  });

function takeEffect(operations: readonly Drawn[], initial: string | null): Operation[] {
  const effects = operations.map((operation, client) => ({ operation, client, effect: effectOf(operation) }));
  effects.sort((a, b) => a.effect - b.effect);
  let value = initial;
  return effects.map(({ operation, client, effect }) => {
    const before = value;
    if (effect < Number.POSITIVE_INFINITY) value = after(operation, before);
    return asOperation(operation, client, before);
  });
}

function effectOf({ start, length, effect, fate }: Drawn): number {
  if (fate === "never") return Number.POSITIVE_INFINITY;
  return start + effect * (fate === "late" ? 20 : length);
}

function after({ op, value }: Drawn, before: string | null): string | null {
  if (op === "get") return before;
  if (op === "delete") return null;
  return op === "put" ? value : (before ?? "") + value;
}

function asOperation(
  { op, value, start, length, fate }: Drawn,
  client: number,
  before: string | null,
): Operation {
  const isKnown = fate === "known" || fate === "untold";
  const observed = { client, key: "k", start, end: isKnown ? start + length : null };
  switch (op) {
    case "get":
      return { ...observed, op, output: isKnown ? before : null };
    case "put":
    case "append":
      return { ...observed, op, value };
    case "delete": {
      const output = before === null ? "absent" : "deleted";
      return { ...observed, op, output: fate === "known" ? output : null };
    }
    default:
      return unreachable(op);
  }
}

function changed(operation: Operation, change: Change): Operation {
  const { start, end } = operation;
  switch (change.kind) {
    case "shift":
      return { ...operation, start: start + change.by, end: end === null ? null : end + change.by };
    case "end":
      return { ...operation, end: change.length === null ? null : start + change.length };
    case "output":
      return withOutput(operation, change.value);
    default:
      return unreachable(change);
  }
}

function withOutput(operation: Operation, value: string | null): Operation {
  if (operation.op === "get") return { ...operation, output: value };
  if (operation.op !== "delete") return { ...operation, value: value ?? "" };
  const output: DeleteOutput = value === null ? "absent" : value === "" ? null : "deleted";
  return { ...operation, output };
}
