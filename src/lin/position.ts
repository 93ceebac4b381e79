/**
 * Where a search stands: the state, what took effect already, and which writes may have happened unseen. Knows
 * what each move does and takes moves back; which of them to try is for others to choose.
 *
 * A write that was under way when the register was overwritten is *covered*: it may have happened just before, unseen. It
 * stays available, and its deadline asks nothing more of it. A remove needs a value; it may have happened unseen
 * for each value that was overwritten while it was under way: that is its *credit*.
 */
import { assert } from "../base/assert.js";
import { LiveList } from "./live-list.js";
import { members, type NumberSet, numberOf, withMember } from "./number-set.js";
import { type Moment, OptionalSteps } from "./optional-steps.js";
import { NEVER, type Step, type Timeline } from "./timeline.js";
import { ABSENT, type State, UNSEEN } from "./value-tree.js";
import { type Seen, STATUS } from "./visited.js";

/** In place of a step: the next deadline is met by a covered write that has no effect. */
export const NO_EFFECT = -1;

/** Everything that a move changes, besides the lists of steps. */
interface Configuration {
  readonly state: State;
  /** Of the next deadline. */
  readonly rank: number;
  /** Blind writes called before are covered; so are, of deletes, those called before the other. */
  readonly coveredBefore: number;
  readonly deletesCoveredBefore: number;
  /** How many steps were called when the value was overwritten: just before, one remove can have happened. */
  readonly credits: readonly number[];
  /** The steps of unknown outcome that took effect. */
  readonly consumed: NumberSet;
}

/** Where to go back to. */
export interface Mark {
  readonly configuration: Configuration;
  readonly taken: number;
}

export class Position {
  readonly timeline: Timeline;
  /** Steps that have not taken effect: those with a deadline, and those of unknown outcome. */
  readonly #due: LiveList;
  readonly optional: OptionalSteps;
  /** What was taken out of them, in order. */
  readonly #taken: number[] = [];
  readonly #done: Uint8Array;
  #now: Configuration;

  constructor(timeline: Timeline) {
    this.timeline = timeline;
    this.#due = new LiveList(timeline.steps.length, (at) => timeline.steps[at]?.deadline !== NEVER);
    this.optional = new OptionalSteps(timeline);
    this.#done = new Uint8Array(timeline.steps.length);
    this.#now = {
      state: timeline.initial,
      rank: 0,
      coveredBefore: 0,
      deletesCoveredBefore: 0,
      credits: [],
      consumed: "",
    };
  }

  get state(): State {
    return this.#now.state;
  }

  /** The next deadline, and how many steps were called before. */
  get moment(): Moment {
    return { rank: this.#now.rank, called: this.#called() };
  }

  /** The step whose deadline is next. */
  get due(): number {
    return this.timeline.deadlines[this.#now.rank] as number;
  }

  mark(): Mark {
    return { configuration: this.#now, taken: this.#taken.length };
  }

  goBack({ configuration, taken }: Mark): void {
    while (this.#taken.length > taken) {
      const at = this.#taken.pop() as number;
      const step = this.step(at);
      this.#done[at] = 0;
      if (step.deadline === NEVER) this.optional.putBack(step);
      else this.#due.putBack(at);
    }
    this.#now = configuration;
  }

  /** Lets a step take effect, or {@link NO_EFFECT}. */
  apply(move: number): void {
    const { due } = this;
    if (move === NO_EFFECT) {
      if (this.step(due).kind === "remove") this.#spendCredit(due);
      this.#take(due);
      return;
    }
    const step = this.step(move);
    const before = this.#now.state;
    const state = this.after(step);
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

  /** Lets reads see the state and passes deadlines that are met. Whether all are. */
  settle(): boolean {
    const { deadlines, values } = this.timeline;
    for (;;) {
      const { rank } = this.#now;
      if (rank === deadlines.length) return true;
      const state = values.seenFrom(this.#now.state, rank);
      const called = this.#called();
      if (state !== this.#now.state) this.#now = { ...this.#now, state };
      if (state === ABSENT) this.#now = { ...this.#now, deletesCoveredBefore: called };
      for (let at = this.#due.first(); at < called; at = this.#due.after(at)) {
        const step = this.step(at);
        if (step.kind === "observe" && step.state === state) this.#take(at);
      }
      if (this.#done[deadlines[rank] as number] === 0) return false;
      this.#now = { ...this.#now, rank: rank + 1 };
    }
  }

  /** Whether it is plain that not all reads can be met: where values only grow, those that are left continue the state. */
  isDeadEnd(): boolean {
    const { values, laterReads } = this.timeline;
    if (laterReads === null) return false;
    const { state, rank } = this.#now;
    const isMissed = (read: State): boolean =>
      read === ABSENT ? state !== ABSENT : state !== ABSENT && !(state >= 0 && values.isPrefix(state, read));
    const later = laterReads[rank] ?? null;
    return (
      (later !== null && isMissed(later)) ||
      this.liveDue().some((at) => this.step(at).kind === "observe" && isMissed(this.step(at).state))
    );
  }

  /** Everything with a deadline that was called before the next one and has not taken effect. */
  liveDue(): number[] {
    const called = this.#called();
    const live: number[] = [];
    for (let at = this.#due.first(); at < called; at = this.#due.after(at)) live.push(at);
    return live;
  }

  /** The state after `step`, if it took effect now. */
  after(step: Step): State {
    const { values } = this.timeline;
    const state = step.kind === "append" ? values.append(this.#now.state, step.piece) : step.state;
    return values.seenFrom(state, this.#now.rank);
  }

  /** Whether the write can have happened unseen. */
  isCovered(at: number): boolean {
    const { kind, deadline, repeatable } = this.step(at);
    if (kind === "remove" || kind === "observe") return false;
    if (deadline === NEVER || repeatable || at < this.#now.coveredBefore) return true;
    return kind === "delete" && at < this.#now.deletesCoveredBefore;
  }

  /** What the step may use instead of taking effect; steps that do the same can only stand for each other if this is equal. */
  excuses(at: number): number {
    if (this.step(at).kind !== "remove") return this.isCovered(at) ? 1 : 0;
    return this.#now.credits.reduce((count, called) => (at < called ? count + 1 : count), 0);
  }

  /** What there is to compare with other positions. */
  describe(): Seen {
    const { rank, state, credits } = this.#now;
    const underWay = this.timeline.underWay[rank] as readonly number[];
    let statuses = "";
    for (const at of underWay) statuses += this.#statusOf(at);
    const { readable, unread } = this.#consumption();
    return { place: `${rank},${state}`, underWay, statuses, credits, consumed: readable, unread };
  }

  /** How many steps were called before the next deadline. */
  #called(): number {
    return this.timeline.called[this.#now.rank] as number;
  }

  step(at: number): Step {
    const step = this.timeline.steps[at];
    assert(step !== undefined, "a step lies in the timeline");
    return step;
  }

  #addCredit(): void {
    const called = this.#called();
    let removes = 0;
    for (const at of this.liveDue()) if (this.step(at).kind === "remove") removes++;
    if (removes === 0) return;
    this.#now = { ...this.#now, credits: [...this.#now.credits, called].slice(-removes) };
  }

  #spendCredit(due: number): void {
    const { credits } = this.#now;
    const oldest = credits.findIndex((called) => due < called);
    this.#now = { ...this.#now, credits: credits.filter((_, at) => at !== oldest) };
  }

  /** Of the steps of unknown outcome that took effect: which may still be read, and how many others there are. */
  #consumption(): { readable: NumberSet; unread: number } {
    const { rank, consumed } = this.#now;
    let readable = "";
    let unread = 0;
    for (const member of members(consumed)) {
      if (this.step(numberOf(member)).readUntil >= rank) readable += member;
      else unread++;
    }
    // Without a remove to come it does not matter who can make a value that nobody reads.
    return { readable, unread: this.timeline.lastRemove < rank ? 0 : unread };
  }

  #statusOf(at: number): string {
    if (this.#done[at] === 1) return STATUS.done;
    const { kind } = this.step(at);
    if (kind === "observe") return STATUS.read;
    if (kind === "remove") return STATUS.remove;
    return this.isCovered(at) ? STATUS.covered : STATUS.write;
  }

  #take(at: number): void {
    const step = this.step(at);
    if (step.deadline === NEVER) this.optional.take(at, step);
    else this.#due.takeOut(at);
    this.#done[at] = 1;
    this.#taken.push(at);
  }
}
