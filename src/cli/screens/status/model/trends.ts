/**
 * What only shows when a cluster is looked at again and again: commits a second, and latencies of late. Takes in observations, knows
 * no clock: their own times count.
 */
import { countsSince } from "../../../../base/histogram.js";
import { answerOf, type Observation } from "../../../../clerk/observer.js";
import type { MemberLatencies } from "../../../../wire/member-stats.js";

/** How far back latencies reach, where the member was asked so often. */
const WINDOW_MS = 10_000;
const RATES_MAX = 120;
/** Answers of different members to one question are no trend. */
const STEP_MS_MIN = 100;

export interface Recent {
  readonly latencies: MemberLatencies;
  /** From when on they count, before the newest answer. */
  readonly windowMs: number;
}

interface Answer {
  readonly atMs: number;
  readonly uptimeMs: number;
  readonly latencies: MemberLatencies;
}

export class Trends {
  #rates: readonly number[] = [];
  #last: { readonly atMs: number; readonly commitIndex: number } | null = null;
  /** By member, oldest first. */
  readonly #answers = new Map<string, readonly Answer[]>();

  note(members: readonly Observation[]): void {
    this.#noteCommits(members);
    for (const member of members) this.#noteLatencies(member);
  }

  /** Of the whole cluster, from one answer to the next, oldest first. */
  get commitsPerSecond(): readonly number[] {
    return this.#rates;
  }

  /** What the member measured of late; null: it has answered once so far. */
  recent(id: string): Recent | null {
    const answers = this.#answers.get(id) ?? [];
    const [first, last] = [answers[0], answers.at(-1)];
    if (first === undefined || last === undefined || first === last) return null;
    return { latencies: latenciesSince(last.latencies, first.latencies), windowMs: last.atMs - first.atMs };
  }

  #noteCommits(members: readonly Observation[]): void {
    const newest = furthest(members);
    if (newest === null) return;
    const last = this.#last;
    if (last !== null) {
      const stepMs = newest.atMs - last.atMs;
      if (stepMs < STEP_MS_MIN) return;
      const commits = Math.max(0, newest.commitIndex - last.commitIndex);
      this.#rates = [...this.#rates, (commits * 1000) / stepMs].slice(-RATES_MAX);
    }
    // Followers learn of commits later than the leader who has gone.
    const commitIndex = Math.max(newest.commitIndex, last?.commitIndex ?? 0);
    this.#last = { atMs: newest.atMs, commitIndex };
  }

  #noteLatencies({ id, stats, answeredMs }: Observation): void {
    if (stats === null || answeredMs === null) return;
    const { uptimeMs, latencies } = stats;
    const before = this.#answers.get(id) ?? [];
    const last = before.at(-1);
    if (last?.atMs === answeredMs) return;
    const answer = { atMs: answeredMs, uptimeMs, latencies };
    // Whoever has started again has begun to count anew.
    if (last === undefined || last.uptimeMs > uptimeMs) {
      this.#answers.set(id, [answer]);
      return;
    }
    // However long ago it was, one answer to compare with is kept.
    const kept = before.filter((each) => each === last || each.atMs >= answeredMs - WINDOW_MS);
    this.#answers.set(id, [...kept, answer]);
  }
}

/** What the leader has committed, as far as it answers; else the greatest commit index of those that do. */
function furthest(members: readonly Observation[]): { atMs: number; commitIndex: number } | null {
  const answers = members.flatMap((member) => {
    const { answeredMs: atMs } = member;
    const status = answerOf(member)?.status;
    return status === undefined || atMs === null ? [] : [{ atMs, ...status }];
  });
  const leaders = answers.filter(({ role }) => role === "leader");
  const asked = leaders.length > 0 ? leaders : answers;
  return asked.toSorted((left, right) => right.commitIndex - left.commitIndex)[0] ?? null;
}

function latenciesSince(later: MemberLatencies, earlier: MemberLatencies): MemberLatencies {
  return {
    commit: countsSince(later.commit, earlier.commit),
    apply: countsSince(later.apply, earlier.apply),
    logWrite: countsSince(later.logWrite, earlier.logWrite),
    loopDelay: countsSince(later.loopDelay, earlier.loopDelay),
  };
}
