/**
 * The operations on one key, prepared for the search: in order of their calls, what each one does or demands in
 * terms of states, and the order of the answers. Decides here what an operation is worth:
 * reads with unknown outcome are worth nothing.
 */
import { assert, unreachable } from "../../src/base/assert.js";
import type { Operation } from "./operation.js";
import { ABSENT, type Reading, type State, UNSEEN, ValueTree } from "./value-tree.js";

/**
 * An operation, and how much of it is taken as known. outcome: everything that was recorded. call: only that it was
 * called, so that it may have taken effect at any time since then, or never. nothing: not even
 * when, whether and how often it happened; that is how to ask whether an operation has a part in a contradiction.
 */
export interface TimelineEntry {
  readonly operation: Operation;
  readonly known: "outcome" | "call" | "nothing";
}

/** The deadline of a step that need not happen. */
export const NEVER = Number.POSITIVE_INFINITY;

export interface Step {
  /**
   * observe: the state must be `state` (a get; a delete that found nothing). put, delete: the state becomes
   * `state`. append: the value grows by `piece`. remove: there must be a value, and then there is none.
   */
  readonly kind: "observe" | "put" | "append" | "delete" | "remove";
  readonly state: State;
  readonly piece: string;
  /** Its rank in the order of answers; {@link NEVER} while the outcome is unknown. */
  readonly deadline: number;
  /** May take effect any number of times. */
  readonly repeatable: boolean;
  /** Equal for steps that do the same. */
  readonly shape: number;
}

export interface Timeline {
  /** In order of the calls. */
  readonly steps: readonly Step[];
  /** The steps that must happen, in order of their deadlines. */
  readonly deadlines: readonly number[];
  /** For each deadline, how many steps were called by then. */
  readonly called: readonly number[];
  /** For each deadline, the steps that were called by then and end at it or later. */
  readonly underWay: readonly (readonly number[])[];
  readonly values: ValueTree;
  readonly initial: State;
  readonly hasAppends: boolean;
  /** The last deadline of a remove; -1 without any. */
  readonly lastRemove: number;
}

/** `initial`: the value before the history; null for none. */
export function makeTimeline(entries: readonly TimelineEntry[], initial: string | null): Timeline {
  const ordered = entries
    .filter(isOfUse)
    .map((entry) => ({ ...entry, ...intervalOf(entry), deadline: NEVER }));
  ordered.sort((a, b) => a.start - b.start);
  const ending = ordered.filter(({ end }) => end !== NEVER);
  ending.sort((a, b) => a.end - b.end);
  ending.forEach((entry, rank) => {
    entry.deadline = rank;
  });
  const values = new ValueTree(readings(ordered));
  const shapes = new Map<string, number>();
  const steps = ordered.map((entry): Step => {
    const { kind, state, piece } = effectOf(entry.operation, entry.deadline, values);
    const repeatable = entry.known === "nothing";
    const does = `${kind}${repeatable}${"value" in entry.operation ? entry.operation.value : ""}`;
    const shape = shapes.get(does) ?? shapes.size;
    shapes.set(does, shape);
    return { kind, state, piece, deadline: entry.deadline, repeatable, shape };
  });
  const deadlines: number[] = [];
  steps.forEach(({ deadline }, at) => {
    if (deadline !== NEVER) deadlines[deadline] = at;
  });
  const called = countCalled(ordered, ending);
  return {
    steps,
    deadlines,
    called,
    underWay: findUnderWay(steps, called),
    values,
    initial: initial === null ? ABSENT : values.valueOf(initial),
    hasAppends: steps.some(({ kind }) => kind === "append"),
    lastRemove: steps.reduce(
      (last, { kind, deadline }) => (kind === "remove" ? Math.max(last, deadline) : last),
      -1,
    ),
  };
}

/** A read tells nothing without its outcome. */
function isOfUse({ operation, known }: TimelineEntry): boolean {
  if (operation.op === "get") return operation.end !== null && known === "outcome";
  return !(operation.op === "delete" && operation.output === "absent" && known === "nothing");
}

function intervalOf({ operation, known }: TimelineEntry): { start: number; end: number } {
  return {
    start: known === "nothing" ? Number.NEGATIVE_INFINITY : operation.start,
    end: known === "outcome" && operation.end !== null ? operation.end : NEVER,
  };
}

function countCalled(ordered: readonly { start: number }[], ending: readonly { end: number }[]): number[] {
  let count = 0;
  return ending.map(({ end }) => {
    for (let next = ordered[count]; next !== undefined && next.start <= end; next = ordered[count]) count++;
    return count;
  });
}

function findUnderWay(steps: readonly Step[], called: readonly number[]): number[][] {
  let current: number[] = [];
  let next = 0;
  return called.map((count, rank) => {
    current = current.filter((at) => (steps[at] as Step).deadline >= rank);
    for (; next < count; next++) if (steps[next]?.deadline !== NEVER) current.push(next);
    return current;
  });
}

function readings(ordered: readonly { operation: Operation; deadline: number }[]): Reading[] {
  const found: Reading[] = [];
  for (const { operation, deadline } of ordered) {
    if (operation.op !== "get" || operation.output === null) continue;
    found.push({ value: operation.output, deadline });
  }
  return found;
}

function effectOf(
  operation: Operation,
  deadline: number,
  values: ValueTree,
): { readonly kind: Step["kind"]; readonly state: State; readonly piece: string } {
  switch (operation.op) {
    case "get": {
      const state = operation.output === null ? ABSENT : values.valueOf(operation.output);
      assert(state !== UNSEEN, "what was read has its place in the tree");
      return { kind: "observe", state, piece: "" };
    }
    case "put":
      return { kind: "put", state: values.valueOf(operation.value), piece: "" };
    case "append":
      return { kind: "append", state: UNSEEN, piece: operation.value };
    case "delete":
      if (deadline === NEVER || operation.output === null) {
        return { kind: "delete", state: ABSENT, piece: "" };
      }
      return { kind: operation.output === "deleted" ? "remove" : "observe", state: ABSENT, piece: "" };
    default:
      return unreachable(operation);
  }
}
