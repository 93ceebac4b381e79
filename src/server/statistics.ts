/**
 * What one member counts and measures of its own work since it started. Owns numbers and nothing else: no decision rests on them.
 * Times come from the host's clock that never falls.
 */
import { Histogram } from "../base/histogram.js";
import type { ElectionCounts } from "../raft/raw-node.js";
import type { ErrorCode } from "../wire/client-message.js";
import { type MemberCounts, type MemberLatencies, NO_REFUSALS } from "../wire/member-stats.js";

/** Entries up to `index` were taken into the log at `us`. */
interface Appended {
  readonly index: number;
  readonly us: number;
}

/** What is counted here: elections are by the core. */
type Counts = Omit<MemberCounts, keyof ElectionCounts | "refusals">;

export class Statistics {
  readonly counts: { -readonly [Name in keyof Counts]: number } & {
    readonly refusals: Record<ErrorCode, number>;
  } = {
    proposals: 0,
    reads: 0,
    staleReads: 0,
    leaderChanges: 0,
    snapshotsTaken: 0,
    snapshotsInstalled: 0,
    refusals: { ...NO_REFUSALS },
  };
  readonly #latencies = {
    commit: new Histogram(),
    apply: new Histogram(),
    logWrite: new Histogram(),
    loopDelay: new Histogram(),
  };
  readonly #nowUs: () => number;
  readonly #tickUs: number;
  readonly #startedUs: number;
  #tickedUs: number;
  #term = 0;
  #termUs: number;
  #leader: string | null = null;
  /** While this member leads: what is not committed yet, oldest first. */
  #appended: Appended[] = [];
  #appendedIndex = 0;
  #committedIndex = 0;

  constructor({ nowUs, tickMs }: { readonly nowUs: () => number; readonly tickMs: number }) {
    this.#nowUs = nowUs;
    this.#tickUs = tickMs * 1000;
    this.#startedUs = nowUs();
    this.#tickedUs = this.#startedUs;
    this.#termUs = this.#startedUs;
  }

  get latencies(): MemberLatencies {
    return this.#latencies;
  }

  get uptimeMs(): number {
    return milliseconds(this.#nowUs() - this.#startedUs);
  }

  get termAgeMs(): number {
    return milliseconds(this.#nowUs() - this.#termUs);
  }

  tick(): void {
    const nowUs = this.#nowUs();
    this.#latencies.loopDelay.record(nowUs - this.#tickedUs - this.#tickUs);
    this.#tickedUs = nowUs;
  }

  /** Once a turn: who leads which term, null where nobody is known. */
  follow(term: number, leader: string | null): void {
    if (term !== this.#term) {
      this.#term = term;
      this.#termUs = this.#nowUs();
    }
    if (leader === null || leader === this.#leader) return;
    this.#leader = leader;
    this.counts.leaderChanges++;
  }

  /** Once a turn of a leader: its log ends at `lastIndex`, and is committed up to `commitIndex`. */
  lead(lastIndex: number, commitIndex: number): void {
    if (lastIndex === this.#appendedIndex && commitIndex === this.#committedIndex) return;
    const us = this.#nowUs();
    if (lastIndex > this.#appendedIndex) this.#appended.push({ index: lastIndex, us });
    this.#appendedIndex = lastIndex;
    let done = 0;
    for (const { index, us: appendedUs } of this.#appended) {
      const until = Math.min(index, commitIndex);
      if (until > this.#committedIndex) {
        this.#latencies.commit.record(us - appendedUs, until - this.#committedIndex);
        this.#committedIndex = until;
      }
      if (index > commitIndex) break;
      done++;
    }
    if (done > 0) this.#appended = this.#appended.slice(done);
  }

  /** This member begins to lead, or leads no more: what its log ends with now is not its own, or will not be seen to commit. */
  changeLeadership(lastIndex: number): void {
    this.#appended = [];
    this.#appendedIndex = lastIndex;
    this.#committedIndex = lastIndex;
  }

  /** Runs `apply` over a batch of committed entries. */
  timeApply(apply: () => void): void {
    const startedUs = this.#nowUs();
    apply();
    this.#latencies.apply.record(this.#nowUs() - startedUs);
  }

  /** A record is handed to the disk: the result is called when it is durable. */
  beginLogWrite(): () => void {
    const startedUs = this.#nowUs();
    return () => this.#latencies.logWrite.record(this.#nowUs() - startedUs);
  }
}

function milliseconds(us: number): number {
  return Math.round(us / 1000);
}
