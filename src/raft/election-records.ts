/**
 * The elections that this member stood in and the leaderships that it gave up, for people who ask what happened. Owns no rule:
 * nothing here decides anything. Ages are counted in ticks, as everything in this folder.
 */
import { assert } from "../base/assert.js";

/**
 * Why somebody stood: nothing was heard from a leader for an election timeout; the connection to the leader broke; the leader
 * asked for it (thesis §3.10). Or why a leader stopped: it did not hear from a majority (thesis §6.2).
 */
export type ElectionReason = "timeout" | "leader-lost" | "transfer" | "quorum-lost";

/** It asks for pre-votes; for votes; it won; it did not; it leads no more. */
export type ElectionOutcome = "asking" | "standing" | "won" | "lost" | "stepped-down";

export interface ElectionRecord {
  /** That was stood for; of "quorum-lost" the one that was led. */
  readonly term: number;
  readonly reason: ElectionReason;
  readonly outcome: ElectionOutcome;
  /** Equal ones in a row, such as those of a member that is cut off, make one record. */
  readonly attempts: number;
  /** Since it last changed. */
  readonly ageTicks: number;
}

/** Since the member started. */
export interface ElectionCounts {
  /** Votes were asked for; pre-votes alone do not count. */
  readonly electionsStood: number;
  readonly electionsWon: number;
}

type Kept = Omit<ElectionRecord, "ageTicks"> & { readonly tick: number };

const RECORDS_MAX = 16;

export class ElectionRecords {
  #records: readonly Kept[] = [];
  #tick = 0;
  #stood = 0;
  #won = 0;

  get counts(): ElectionCounts {
    return { electionsStood: this.#stood, electionsWon: this.#won };
  }

  tick(): void {
    this.#tick++;
  }

  /** Oldest first. */
  all(): readonly ElectionRecord[] {
    return this.#records.map(({ tick, ...record }) => ({ ...record, ageTicks: this.#tick - tick }));
  }

  /** Pre-votes for `term` are asked for. */
  asked(term: number, reason: ElectionReason): void {
    const last = this.#records.at(-1);
    const again = last?.term === term && last.reason === reason && last.outcome !== "won";
    if (again) this.#replaceLast({ ...last, outcome: "asking", attempts: last.attempts + 1 });
    else this.#add({ term, reason, outcome: "asking", attempts: 1 });
  }

  /** Votes for `term` are asked for: after pre-votes, or at once when the leader has said so. */
  stood(term: number, isTransfer: boolean): void {
    this.#stood++;
    const last = this.#records.at(-1);
    if (!isTransfer && last?.outcome === "asking") this.#replaceLast({ ...last, term, outcome: "standing" });
    else this.#add({ term, reason: "transfer", outcome: "standing", attempts: 1 });
  }

  /** The election that this member stands in has ended. */
  ended(outcome: "won" | "lost"): void {
    const last = this.#records.at(-1);
    assert(last !== undefined && this.#isOpen, "an election ends that was begun");
    if (outcome === "won") this.#won++;
    this.#replaceLast({ ...last, outcome });
  }

  /** The leader of `term` has not heard from a majority. */
  lostQuorum(term: number): void {
    this.#add({ term, reason: "quorum-lost", outcome: "stepped-down", attempts: 1 });
  }

  get #isOpen(): boolean {
    const outcome = this.#records.at(-1)?.outcome;
    return outcome === "asking" || outcome === "standing";
  }

  #add(record: Omit<Kept, "tick">): void {
    // Whoever begins another election has not won the last one.
    if (this.#isOpen) this.ended("lost");
    this.#records = [...this.#records, { ...record, tick: this.#tick }].slice(-RECORDS_MAX);
  }

  #replaceLast(record: Omit<Kept, "tick">): void {
    this.#records = [...this.#records.slice(0, -1), { ...record, tick: this.#tick }];
  }
}
