/**
 * The steps of unknown outcome that have not taken effect. There may be thousands of them, each for the rest of the
 * history, so those that could matter are found by what they do, without a look at all others.
 *
 * Of steps that do the same the one that was called first goes first: it can stand for any other.
 */
import { assert } from "../base/assert.js";
import { Pieces } from "./pieces.js";
import { NEVER, type Step, type Timeline } from "./timeline.js";
import type { State } from "./value-tree.js";

/** Steps that do the same, in order of their calls. */
interface Group {
  readonly step: Step;
  readonly members: number[];
  /** How many of them have taken effect: the first ones. */
  taken: number;
}

/** Who is asked for: those called before step `called`, at deadline `rank`. */
export interface Moment {
  readonly rank: number;
  readonly called: number;
}

export class OptionalSteps {
  readonly #byShape = new Map<number, Group>();
  readonly #puts: Group[] = [];
  readonly #deletes: Group[] = [];
  readonly #appends: Group[] = [];
  readonly #appendsByPiece = new Map<string, Group[]>();
  readonly #pieces: Pieces;

  constructor({ steps, values }: Timeline) {
    for (const [at, step] of steps.entries()) {
      if (step.deadline !== NEVER) continue;
      const group = this.#byShape.get(step.shape);
      if (group === undefined) this.#add({ step, members: [at], taken: 0 });
      else group.members.push(at);
    }
    this.#pieces = new Pieces(values, this.#appendsByPiece.keys());
  }

  /** Those that may take effect on `state` with a result that is read; one of each kind. */
  candidates(state: State, moment: Moment): number[] {
    const found: number[] = [];
    for (const group of this.#deletes) addNext(found, group, moment);
    for (const group of this.#puts) if (group.step.readUntil >= moment.rank) addNext(found, group, moment);
    return [...found, ...this.appendsTo(state, moment)];
  }

  /** The appends that lead from `state` to a value that is read. */
  appendsTo(state: State, moment: Moment): number[] {
    const found: number[] = [];
    for (const piece of this.#pieces.following(state)) {
      for (const group of this.#appendsByPiece.get(piece) ?? []) addNext(found, group, moment);
    }
    return found;
  }

  /**
   * Those that can make a value, read or not, where there is none. One that nobody reads from now on
   * is the only one: whatever others could do, it leaves to them.
   */
  makers(moment: Moment): number[] {
    const found: number[] = [];
    for (const groups of [this.#puts, this.#appends]) {
      for (const group of groups) {
        const isNew = addNext(found, group, moment);
        if (isNew && group.step.readUntil < moment.rank) return found.slice(-1);
      }
    }
    return found;
  }

  take(at: number, step: Step): void {
    const group = this.#groupOf(step);
    assert(group.members[group.taken] === at, "of steps that do the same the first goes first");
    group.taken++;
  }

  putBack(step: Step): void {
    this.#groupOf(step).taken--;
  }

  #groupOf({ shape }: Step): Group {
    const group = this.#byShape.get(shape);
    assert(group !== undefined, "a step belongs to those that do the same");
    return group;
  }

  #add(group: Group): void {
    const { kind, shape, piece } = group.step;
    this.#byShape.set(shape, group);
    if (kind === "put") this.#puts.push(group);
    else if (kind === "delete") this.#deletes.push(group);
    else {
      assert(kind === "append", "only writes have an effect without an answer");
      this.#appends.push(group);
      const alike = this.#appendsByPiece.get(piece);
      if (alike === undefined) this.#appendsByPiece.set(piece, [group]);
      else alike.push(group);
    }
  }
}

/** Adds the first of the group that has not taken effect, if it was called. Whether it did. */
function addNext(found: number[], { members, taken }: Group, { called }: Moment): boolean {
  const next = members[taken];
  if (next === undefined || next >= called) return false;
  found.push(next);
  return true;
}
