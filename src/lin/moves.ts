/**
 * Chooses the moves that a search tries from a position, the most promising first. Here lies what keeps the search
 * short, and each rule must leave an order to be found if there is one:
 *
 * - A write goes ahead of the operation whose deadline is next only if its result may be seen: by a read that is
 *   under way or, where the result lives on under an append, by any later one. Everybody else can wait.
 * - Of writes that do the same, the one with the earliest deadline goes first.
 */
import { Needs } from "./needs.js";
import { NO_EFFECT, type Position } from "./position.js";
import type { Step } from "./timeline.js";
import { ABSENT, UNSEEN } from "./value-tree.js";

/** More than there can be excuses for one remove. */
const EXCUSES_SPAN = 2 ** 20;

/** What may take effect next, the most promising first. */
export function movesFrom(position: Position): number[] {
  const { state, due: at } = position;
  const { rank } = position.moment;
  const due = position.step(at);
  if (due.kind === "observe") return movesAhead(position, at);
  if (due.kind === "remove") {
    const unseen = position.excuses(at) > 0 ? [NO_EFFECT] : [];
    return [...unseen, ...(state === ABSENT ? [] : [at]), ...movesAhead(position, at)];
  }
  const result = position.after(due);
  if (position.isCovered(at)) {
    const dominates = due.kind === "delete" ? state === ABSENT : state === UNSEEN;
    if (dominates && !due.repeatable) return [at, ...movesAhead(position, at)];
    if (result === UNSEEN && position.timeline.lastRemove < rank) {
      return due.kind === "append" ? [NO_EFFECT, ...movesAhead(position, at)] : [NO_EFFECT];
    }
    return [...(result === UNSEEN ? [NO_EFFECT, at] : [at, NO_EFFECT]), ...movesAhead(position, at)];
  }
  const ahead = movesAhead(position, at);
  // An append whose result nobody reads probably came after another one.
  return due.kind === "append" && result === UNSEEN && state !== UNSEEN ? [...ahead, at] : [at, ...ahead];
}

/** The writes that may take effect before step `due`, which is next to end. */
function movesAhead(position: Position, due: number): number[] {
  const { state, moment } = position;
  const live = position.liveDue();
  const needs = new Needs(position.timeline, position.optional, {
    moment,
    due: position.step(due),
    live: live.map((at) => position.step(at)),
  });
  const { optional } = position;
  const makers = needs.wantsAny(state) ? optional.makers(moment) : [];
  const excluded = equivalence(position, due);
  const chosen = new Map<number, number>();
  for (const at of [...live, ...optional.candidates(state, moment), ...makers]) {
    const step = position.step(at);
    const alike = equivalence(position, at);
    if (step.kind === "observe" || alike === excluded) continue;
    if (!needs.isServedBy(step, { before: state, after: position.after(step) })) continue;
    const other = chosen.get(alike);
    if (other === undefined || step.deadline < position.step(other).deadline) chosen.set(alike, at);
  }
  return sortTowards(position, position.step(due), [...chosen.values()]);
}

/** First those that bring the state nearer to what `due` reads. */
function sortTowards(position: Position, { kind, state: target }: Step, moves: number[]): number[] {
  if (kind !== "observe" || target < 0) return moves;
  const { values } = position.timeline;
  const leadsThere = (at: number): boolean => {
    const result = position.after(position.step(at));
    return result >= 0 && values.isPrefix(result, target);
  };
  return [...moves.filter(leadsThere), ...moves.filter((at) => !leadsThere(at))];
}

/** Equal for steps that do the same and have the same excuses: the one with the earlier deadline goes first. */
function equivalence(position: Position, at: number): number {
  const { shape, readUntil } = position.step(at);
  return (readUntil < position.moment.rank ? 0 : 1 + shape) * EXCUSES_SPAN + position.excuses(at);
}
