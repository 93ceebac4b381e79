/**
 * What is asked of the state until the next deadline, and so which writes have a reason to go ahead of the one
 * that is due. Everybody else can wait: whatever they do then, nobody can tell the difference.
 */
import type { Moment, OptionalSteps } from "./optional-steps.js";
import type { Step, Timeline } from "./timeline.js";
import { ABSENT, type State, UNSEEN } from "./value-tree.js";

export interface Situation {
  readonly moment: Moment;
  /** The step whose deadline is next. */
  readonly due: Step;
  /** The steps with deadlines that were called and have not taken effect. */
  readonly live: readonly Step[];
}

export class Needs {
  readonly #timeline: Timeline;
  readonly #optional: OptionalSteps;
  readonly #moment: Moment;
  /** By reads under way. */
  readonly #reads: State[] = [];
  /** What may be appended by steps with a deadline. */
  readonly #pieces: string[] = [];
  /** How many removes are under way. */
  #removes = 0;
  /** The piece that is appended at the deadline; null if another kind of step is due. */
  readonly #last: string | null;
  /** By state, whether it is needed. */
  readonly #answers = new Map<State, boolean>();

  constructor(timeline: Timeline, optional: OptionalSteps, { moment, due, live }: Situation) {
    this.#timeline = timeline;
    this.#optional = optional;
    this.#moment = moment;
    this.#last = due.kind === "append" ? due.piece : null;
    for (const { kind, state, piece } of live) {
      if (kind === "observe") this.#reads.push(state);
      else if (kind === "append") this.#pieces.push(piece);
      else if (kind === "remove") this.#removes++;
    }
  }

  /** Whether a remove may need a value, whichever, where there is none. */
  wantsAny(state: State): boolean {
    return state === ABSENT && this.#removes > 0;
  }

  /** Whether it may matter that `step` takes effect before the one that is due, which turns `before` into `after`. */
  isServedBy(step: Step, { before, after }: { readonly before: State; readonly after: State }): boolean {
    if (before === ABSENT && step.kind === "remove") return false;
    if (this.wantsAny(before) && after !== ABSENT) return true;
    if (step.kind === "remove" && this.#removes > 1) return true;
    // An append makes a value out of nothing, which a remove can then take: others than reads may see that.
    const isRemoved = this.#timeline.lastRemove >= this.#moment.rank;
    if (after === ABSENT && before >= 0 && this.#last !== null && isRemoved) return true;
    return (after !== before || step.kind !== "append") && this.#isNeeded(after);
  }

  /** Whether `state`, or what appends make of it, is read before the next deadline, or may live on under an append that is due. */
  #isNeeded(state: State): boolean {
    if (state === UNSEEN) return false;
    const known = this.#answers.get(state);
    if (known !== undefined) return known;
    const answer = state === ABSENT ? this.#isAbsenceNeeded() : this.#isValueNeeded(state);
    this.#answers.set(state, answer);
    return answer;
  }

  #isValueNeeded(state: State): boolean {
    const { values } = this.#timeline;
    if (this.#reads.some((read) => read >= 0 && values.isPrefix(state, read))) return true;
    return this.#last !== null && values.lastReadWith(this.#last, state) >= this.#moment.rank;
  }

  #isAbsenceNeeded(): boolean {
    if (this.#reads.includes(ABSENT)) return true;
    if (this.#last !== null && this.#put(this.#last) !== UNSEEN) return true;
    const optional = this.#optional.appendsTo(ABSENT, this.#moment);
    const pieces = [...this.#pieces, ...optional.map((at) => (this.#timeline.steps[at] as Step).piece)];
    return pieces.some((piece) => this.#isNeeded(this.#put(piece)));
  }

  #put(text: string): State {
    const { values } = this.#timeline;
    return values.seenFrom(values.valueOf(text), this.#moment.rank);
  }
}
