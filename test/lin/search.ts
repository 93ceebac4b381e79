/**
 * The search for an order of the operations on one key: Wing and Gong's, with Lowe's just-in-time
 * linearization ("Testing for linearizability", 2017) and memory of visited configurations. The search
 * goes from deadline to deadline: before the answer of an operation, it and whatever has to precede it take effect.
 *
 * What keeps it short, without losing any order that exists:
 * - A read takes effect as soon as the state fits: it changes nothing for others.
 * - A write that was under way when the register was overwritten is *covered*: it may have happened just
 *   before, unseen. It stays available, and its deadline asks nothing more of it.
 * - A write goes ahead of the operation whose deadline is next only if its result is seen: by a read that is
 *   under way or, where the result lives on under an append, by any later one. Everybody else can wait.
 * - Of writes that do the same, the one with the earliest deadline goes first.
 *
 * Can be run in slices. Knows nothing of keys, clocks and files.
 */
import { assert } from "../../src/base/assert.js";
import { LiveList } from "./live-list.js";
import { NEVER, type Step, type Timeline } from "./timeline.js";
import { ABSENT, type State, UNSEEN } from "./value-tree.js";
import { STATUS, Visited } from "./visited.js";

export type SearchResult = "legal" | "illegal";

/** In place of a step: the next deadline is met by a covered write that has no effect. */
const NO_EFFECT = -1;

/** Everything that a move changes, besides the lists of live steps. */
interface Configuration {
  readonly state: State;
  /** Of the next deadline. */
  readonly rank: number;
  /** Blind writes called before are covered; so are, of deletes, those called before the other. */
  readonly coveredBefore: number;
  readonly deletesCoveredBefore: number;
  /** How many steps were called when the value was overwritten: just before, one remove can have happened. */
  readonly credits: readonly number[];
  /** The set of steps of unknown outcome that took effect; see {@link withMember}. */
  readonly consumed: string;
}

interface Frame {
  readonly configuration: Configuration;
  readonly taken: number;
  readonly moves: readonly number[];
  next: number;
}

/** What is asked of the state before the next deadline. */
interface Needs {
  /** By reads under way. */
  readonly reads: readonly State[];
  /** What may be appended. */
  readonly appends: readonly string[];
  /** How many removes are under way. */
  readonly removes: number;
  /** The piece that is appended at the deadline; null if another kind of step is due. */
  readonly last: string | null;
  /** By state, whether it is needed. */
  readonly answers: Map<State, boolean>;
}

export class Search {
  readonly #timeline: Timeline;
  /** Steps that have not taken effect: those with a deadline, and those of unknown outcome. */
  readonly #due: LiveList;
  readonly #optional: LiveList;
  readonly #visited = new Visited();
  readonly #frames: Frame[] = [];
  /** What was taken out of the lists, in order. */
  readonly #taken: number[] = [];
  readonly #done: Uint8Array;
  #now: Configuration;
  #result: SearchResult | null = null;
  #steps = 0;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
    const isDue = (at: number): boolean => timeline.steps[at]?.deadline !== NEVER;
    this.#due = new LiveList(timeline.steps.length, isDue);
    this.#optional = new LiveList(timeline.steps.length, (at) => !isDue(at));
    this.#done = new Uint8Array(timeline.steps.length);
    this.#now = {
      state: timeline.initial,
      rank: 0,
      coveredBefore: 0,
      deletesCoveredBefore: 0,
      credits: [],
      consumed: "",
    };
    this.#enter();
  }

  /** How many moves were tried. */
  get steps(): number {
    return this.#steps;
  }

  /** Tries at most `stepsMax` more moves. Null: not decided yet. */
  run(stepsMax: number): SearchResult | null {
    for (let left = stepsMax; this.#result === null && left > 0; left--) {
      const frame = this.#frames.at(-1);
      if (frame === undefined) {
        this.#result = "illegal";
        break;
      }
      const move = frame.moves[frame.next++];
      this.#restore(frame);
      if (move === undefined) {
        this.#frames.pop();
        continue;
      }
      this.#steps++;
      this.#apply(move);
      this.#enter();
    }
    return this.#result;
  }

  /** Looks at the configuration just reached; if it is new, its moves are next. */
  #enter(): void {
    if (this.#settle()) {
      this.#result = "legal";
      return;
    }
    if (!this.#isNew()) return;
    this.#frames.push({ configuration: this.#now, taken: this.#taken.length, moves: this.#moves(), next: 0 });
  }

  #restore({ configuration, taken }: Frame): void {
    while (this.#taken.length > taken) {
      const at = this.#taken.pop() as number;
      this.#done[at] = 0;
      this.#listOf(at).putBack(at);
    }
    this.#now = configuration;
  }

  #apply(move: number): void {
    const due = this.#timeline.deadlines[this.#now.rank] as number;
    if (move === NO_EFFECT) {
      if (this.#step(due).kind === "remove") this.#spendCredit(due);
      this.#take(due);
      return;
    }
    const step = this.#step(move);
    const before = this.#now.state;
    const state = this.#after(step);
    // Nobody can tell what happened just before: the value was overwritten, or is not read any more.
    const hides = step.kind !== "append" || state === UNSEEN;
    this.#now = { ...this.#now, state, coveredBefore: hides ? this.#called() : this.#now.coveredBefore };
    if (hides && before !== ABSENT && step.kind !== "remove") this.#addCredit();
    if (step.repeatable) return;
    this.#take(move);
    if (step.deadline === NEVER) {
      this.#now = { ...this.#now, consumed: withMember(this.#now.consumed, move) };
    }
  }

  #addCredit(): void {
    const called = this.#called();
    let removes = 0;
    for (const at of this.#live()) if (this.#step(at).kind === "remove") removes++;
    if (removes === 0) return;
    this.#now = { ...this.#now, credits: [...this.#now.credits, called].slice(-removes) };
  }

  #spendCredit(due: number): void {
    const { credits } = this.#now;
    const oldest = credits.findIndex((called) => due < called);
    this.#now = { ...this.#now, credits: credits.filter((_, at) => at !== oldest) };
  }

  /** Lets reads see the state and passes deadlines that are met. Whether all are. */
  #settle(): boolean {
    const { deadlines, values } = this.#timeline;
    for (;;) {
      const { rank } = this.#now;
      if (rank === deadlines.length) return true;
      const state = values.seenFrom(this.#now.state, rank);
      const called = this.#called();
      if (state !== this.#now.state) this.#now = { ...this.#now, state };
      if (state === ABSENT) this.#now = { ...this.#now, deletesCoveredBefore: called };
      for (let at = this.#due.first(); at < called; at = this.#due.after(at)) {
        const step = this.#step(at);
        if (step.kind === "observe" && step.state === state) this.#take(at);
      }
      if (this.#done[deadlines[rank] as number] === 0) return false;
      this.#now = { ...this.#now, rank: rank + 1 };
    }
  }

  /** What may take effect next, the most promising first. */
  #moves(): number[] {
    const { state, rank } = this.#now;
    const at = this.#timeline.deadlines[rank] as number;
    const due = this.#step(at);
    if (due.kind === "observe") return this.#movesAhead(at);
    if (due.kind === "remove") {
      const unseen = this.#now.credits.some((called) => at < called) ? [NO_EFFECT] : [];
      return [...unseen, ...(state === ABSENT ? [] : [at]), ...this.#movesAhead(at)];
    }
    const result = this.#after(due);
    if (this.#isCovered(at)) {
      const dominates = due.kind === "delete" ? state === ABSENT : state === UNSEEN;
      if (dominates) return [at, ...this.#movesAhead(at)];
      if (result === UNSEEN && this.#timeline.lastRemove < rank) {
        return due.kind === "append" ? [NO_EFFECT, ...this.#movesAhead(at)] : [NO_EFFECT];
      }
      return [...(result === UNSEEN ? [NO_EFFECT, at] : [at, NO_EFFECT]), ...this.#movesAhead(at)];
    }
    const ahead = this.#movesAhead(at);
    // An append whose result nobody reads probably came after another one.
    return due.kind === "append" && result === UNSEEN && state !== UNSEEN ? [...ahead, at] : [at, ...ahead];
  }

  /** The writes that may take effect before step `due`, which is next to end. */
  #movesAhead(due: number): number[] {
    const { kind, state: target } = this.#step(due);
    const alike = (at: number): string => `${this.#step(at).shape},${this.#excuses(at)}`;
    const needs = this.#needs(due);
    const chosen = new Map<string, number>();
    for (const at of this.#live()) {
      const step = this.#step(at);
      if (step.kind === "observe" || alike(at) === alike(due) || !this.#isUseful(step, needs)) continue;
      const other = chosen.get(alike(at));
      if (other === undefined || step.deadline < this.#step(other).deadline) chosen.set(alike(at), at);
    }
    const moves = [...chosen.values()];
    if (kind !== "observe" || target < 0) return moves;
    const { values } = this.#timeline;
    const leadsThere = (at: number): boolean => {
      const result = this.#after(this.#step(at));
      return result >= 0 && values.isPrefix(result, target);
    };
    return [...moves.filter(leadsThere), ...moves.filter((at) => !leadsThere(at))];
  }

  #needs(due: number): Needs {
    const reads: State[] = [];
    const appends: string[] = [];
    let removes = 0;
    for (const at of this.#live()) {
      const { kind, state, piece } = this.#step(at);
      if (kind === "observe") reads.push(state);
      else if (kind === "append") appends.push(piece);
      else if (kind === "remove") removes++;
    }
    const { kind, piece } = this.#step(due);
    return { reads, appends, removes, last: kind === "append" ? piece : null, answers: new Map() };
  }

  /** Whether it may matter that `step` takes effect before the one that is due. */
  #isUseful(step: Step, needs: Needs): boolean {
    const { state } = this.#now;
    const result = this.#after(step);
    if (state === ABSENT && step.kind === "remove") return false;
    if (state === ABSENT && result !== ABSENT && needs.removes > 0) return true;
    if (step.kind === "remove" && needs.removes > 1) return true;
    // An append makes a value out of nothing, which a remove can then take: others than reads may see that.
    const lastRemove = this.#timeline.lastRemove;
    if (result === ABSENT && state >= 0 && needs.last !== null && lastRemove >= this.#now.rank) return true;
    return (result !== state || step.kind !== "append") && this.#isNeeded(result, needs);
  }

  /** Whether `state`, or what appends make of it, is read before the next deadline, or lives on under an append that is due. */
  #isNeeded(state: State, needs: Needs): boolean {
    if (state === UNSEEN) return false;
    const known = needs.answers.get(state);
    if (known !== undefined) return known;
    needs.answers.set(state, false);
    const { values } = this.#timeline;
    const then = (piece: string): State => values.seenFrom(values.append(state, piece), this.#now.rank);
    const answer =
      needs.reads.some(
        (read) => read === state || (read >= 0 && state >= 0 && values.isPrefix(state, read)),
      ) ||
      (needs.last !== null && then(needs.last) !== UNSEEN) ||
      ((state === ABSENT || needs.last !== null) &&
        needs.appends.some((piece) => this.#isNeeded(then(piece), needs)));
    needs.answers.set(state, answer);
    return answer;
  }

  /** Everything that was called before the next deadline and has not taken effect. */
  #live(): number[] {
    const called = this.#called();
    const live: number[] = [];
    for (let at = this.#due.first(); at < called; at = this.#due.after(at)) live.push(at);
    for (let at = this.#optional.first(); at < called; at = this.#optional.after(at)) live.push(at);
    return live;
  }

  /** The state after `step`, if it took effect now. */
  #after(step: Step): State {
    const { values } = this.#timeline;
    const state = step.kind === "append" ? values.append(this.#now.state, step.piece) : step.state;
    return values.seenFrom(state, this.#now.rank);
  }

  /** Whether the write can have happened unseen. */
  #isCovered(at: number): boolean {
    const { kind, deadline } = this.#step(at);
    if (kind === "remove" || kind === "observe") return false;
    if (deadline === NEVER || at < this.#now.coveredBefore) return true;
    return kind === "delete" && at < this.#now.deletesCoveredBefore;
  }

  /** What the step may use instead of taking effect; steps that do the same can only stand for each other if this is equal. */
  #excuses(at: number): number {
    if (this.#step(at).kind !== "remove") return this.#isCovered(at) ? 1 : 0;
    return this.#now.credits.reduce((count, called) => (at < called ? count + 1 : count), 0);
  }

  /** Whether something new is possible from here. */
  #isNew(): boolean {
    const { rank, state, credits, consumed } = this.#now;
    const underWay = this.#timeline.underWay[rank] as readonly number[];
    let statuses = "";
    for (const at of underWay) statuses += this.#statusOf(at);
    return this.#visited.add(`${rank},${state}`, underWay, { statuses, credits, consumed });
  }

  #statusOf(at: number): string {
    if (this.#done[at] === 1) return STATUS.done;
    const { kind } = this.#step(at);
    if (kind === "observe") return STATUS.read;
    if (kind === "remove") return STATUS.remove;
    return this.#isCovered(at) ? STATUS.covered : STATUS.write;
  }

  #take(at: number): void {
    this.#listOf(at).takeOut(at);
    this.#done[at] = 1;
    this.#taken.push(at);
  }

  #listOf(at: number): LiveList {
    return this.#step(at).deadline === NEVER ? this.#optional : this.#due;
  }

  /** How many steps were called before the next deadline. */
  #called(): number {
    return this.#timeline.called[this.#now.rank] as number;
  }

  #step(at: number): Step {
    const step = this.#timeline.steps[at];
    assert(step !== undefined, "a step lies in the timeline");
    return step;
  }
}

/** `members`: numbers below 2³¹, two characters each, ascending; so equal sets are equal strings. */
function withMember(members: string, member: number): string {
  const added = String.fromCharCode(member >>> 16, member & 0xffff);
  let end = members.length;
  while (end > 0 && members.slice(end - 2, end) > added) end -= 2;
  return members.slice(0, end) + added + members.slice(end);
}
