/**
 * The operations on one key, prepared for the search: in order of their calls, what each one does or demands in
 * terms of states, and the order of the answers. Decides here what an operation is worth:
 * reads with unknown outcome are worth nothing.
 */
import { assert, unreachable } from "../base/assert.js";
import type { Operation } from "./operation.js";
import { ABSENT, type Reading, type State, UNSEEN, ValueTree } from "./value-tree.js";

/**
 * An operation, and how much of it is taken as known.
 * - outcome: everything that was recorded.
 * - call: that it was called, so that it may have taken effect once at any time since then, or never.
 * - often: as call, but any number of times.
 * - interval: when it would have taken effect, but not whether and how often; of a read nothing.
 * - nothing: not even when.
 * The last two serve to ask whether an operation has a part in a contradiction.
 */
export interface TimelineEntry {
  readonly operation: Operation;
  readonly known: "outcome" | "call" | "often" | "interval" | "nothing";
}

/** The deadline of a step that need not happen. */
export const NEVER = Number.POSITIVE_INFINITY;

export interface Step {
  /** When it was called. */
  readonly start: number;
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
  /**
   * Of a put or an append: the last deadline at which its text may be read. From then on all of these do the same:
   * they make some value that nobody reads. Of others: never.
   */
  readonly readUntil: number;
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
  /** The last deadline of a remove; -1 without any. */
  readonly lastRemove: number;
  /**
   * Where there are only appends and reads, for each deadline the shortest value that is read by those called after it;
   * null: nobody reads any more. Null for all where a value may also shrink.
   */
  readonly laterReads: readonly (State | null)[] | null;
}

/** `initial`: the value before the history; null for none. */
export function makeTimeline(entries: readonly TimelineEntry[], initial: string | null): Timeline {
  const ordered = entries.filter(isOfUse).map(withInterval);
  ordered.sort((a, b) => a.start - b.start);
  const ending = ordered.filter(({ end }) => end !== NEVER);
  ending.sort((a, b) => a.end - b.end);
  ending.forEach((entry, rank) => {
    entry.deadline = rank;
  });
  const values = new ValueTree(readings(ordered));
  const lastRemove = ordered.reduce(
    (last, entry) => (isRemove(entry) ? Math.max(last, entry.deadline) : last),
    -1,
  );
  const steps = makeSteps(ordered, values, lastRemove !== -1);
  const deadlines: number[] = [];
  steps.forEach(({ deadline }, at) => {
    if (deadline !== NEVER) deadlines[deadline] = at;
  });
  const called = countCalled(steps, ending);
  const underWay = findUnderWay(steps, called);
  const first = initial === null ? ABSENT : values.valueOf(initial);
  const laterReads = findLaterReads(steps, called, values);
  return { steps, deadlines, called, underWay, values, initial: first, lastRemove, laterReads };
}

interface PlacedEntry extends TimelineEntry {
  readonly start: number;
  readonly end: number;
  deadline: number;
}

function withInterval(entry: TimelineEntry): PlacedEntry {
  const { operation, known } = entry;
  const hasEnd = known === "outcome" || known === "interval";
  const end = hasEnd && operation.end !== null ? operation.end : NEVER;
  const start = known === "nothing" ? Number.NEGATIVE_INFINITY : operation.start;
  return { ...entry, start, end, deadline: NEVER };
}

/** What only reads tells nothing without its outcome. */
function isOfUse({ operation, known }: TimelineEntry): boolean {
  if (operation.op === "get") return operation.end !== null && known === "outcome";
  const mayBeRead = operation.op === "delete" && operation.output === "absent";
  return !mayBeRead || (known !== "interval" && known !== "nothing");
}

function isRemove({ operation, known, end }: PlacedEntry): boolean {
  return operation.op === "delete" && known === "outcome" && end !== NEVER && operation.output === "deleted";
}

/**
 * Leaves out writes that may never happen and whose value is never read: nobody can tell, except where
 * removes tell whether there was a value.
 */
function makeSteps(ordered: readonly PlacedEntry[], values: ValueTree, hasRemoves: boolean): Step[] {
  const shapes = new Map<string, number>();
  const steps: Step[] = [];
  for (const entry of ordered) {
    const { start, deadline, known } = entry;
    const { kind, state, piece } = effectOf(entry, values);
    const isOptional = deadline === NEVER;
    const readUntil = isOptional || hasRemoves ? lastRead({ kind, state, piece }, values) : NEVER;
    if (isOptional && readUntil === -1 && !hasRemoves) continue;
    const does = `${known === "nothing"},${kind},${state},${piece}`;
    if (known === "nothing" && shapes.has(does)) continue;
    const shape = shapes.get(does) ?? shapes.size;
    shapes.set(does, shape);
    const repeatable = known !== "outcome" && known !== "call";
    steps.push({ start, kind, state, piece, deadline, repeatable, shape, readUntil });
  }
  return steps;
}

function lastRead({ kind, state, piece }: Effect, values: ValueTree): number {
  if (kind === "put") return values.lastReadOf(state);
  return kind === "append" ? values.lastReadWith(piece) : NEVER;
}

function countCalled(steps: readonly Step[], ending: readonly { end: number }[]): number[] {
  let count = 0;
  return ending.map(({ end }) => {
    for (let next = steps[count]; next !== undefined && next.start <= end; next = steps[count]) count++;
    return count;
  });
}

function findLaterReads(
  steps: readonly Step[],
  called: readonly number[],
  values: ValueTree,
): (State | null)[] | null {
  if (steps.some(({ kind }) => kind !== "append" && kind !== "observe")) return null;
  let shortest: State | null = null;
  let next = steps.length;
  const backwards = called.toReversed().map((count) => {
    while (next > count) {
      const { kind, state } = steps[--next] as Step;
      if (kind === "observe" && (shortest === null || values.lengthOf(state) < values.lengthOf(shortest)))
        shortest = state;
    }
    return shortest;
  });
  return backwards.reverse();
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

type Effect = Pick<Step, "kind" | "state" | "piece">;

function effectOf(entry: PlacedEntry, values: ValueTree): Effect {
  const { operation } = entry;
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
    case "delete": {
      const told = entry.known === "outcome" && operation.end !== null ? operation.output : null;
      const kind = told === null ? "delete" : told === "deleted" ? "remove" : "observe";
      return { kind, state: ABSENT, piece: "" };
    }
    default:
      return unreachable(operation);
  }
}
