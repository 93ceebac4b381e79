/**
 * One open session: what its client has acknowledged and the results that it has not. It decides whether
 * an operation has run before; when it expires is for sessions.ts.
 *
 * A hundred thousand of these lie idle in memory, so the newest result, which is all that a client with one
 * operation at a time ever has, stands in the object itself.
 */
import { assert } from "../base/assert.js";
import type { ClientId, CommandResult, CommandStatus } from "./command.js";

/** A session as snapshots carry it. */
export interface SessionRecord {
  readonly clientId: ClientId;
  /** The log index at which it was opened. */
  readonly session: number;
  /** The logged clock when it was last seen active. */
  readonly activeMs: number;
  /** The log index at which it was last seen active: sessions expire and are evicted in this order. */
  readonly activeOrder: number;
  readonly acknowledgedBelow: number;
  /** In order of sequences, none below `acknowledgedBelow`. */
  readonly results: readonly SessionResult[];
}

export interface SessionResult {
  readonly sequence: number;
  readonly status: CommandStatus;
  readonly index: number;
}

/**
 * A stretch in the life of one session table, from one clock command or clone to the next. A session points to the
 * one in which it was last used: that says when it was active, and whether the object is still the
 * table's own. One pointer for both, and the time is shared, which saves a tenth of an idle session.
 */
export interface Era {
  readonly clockMs: number;
}

export class Session {
  /** The log index at which it was opened. */
  readonly session: number;
  readonly era: Era;
  activeOrder: number;
  #acknowledgedBelow = 0;
  /** The result of the greatest sequence; sequence 0: no results at all. */
  #sequence = 0;
  #status: CommandStatus = "done";
  #index = 0;
  /** The other results, by ascending sequence; null where there are none. */
  #earlier: SessionResult[] | null = null;

  constructor(options: { session: number; activeOrder: number; era: Era }) {
    this.session = options.session;
    this.era = options.era;
    this.activeOrder = options.activeOrder;
  }

  /** `era` is one of `record.activeMs`. */
  static fromRecord(record: SessionRecord, era: Era): Session {
    const session = new Session({ session: record.session, activeOrder: record.activeOrder, era });
    session.#acknowledgedBelow = record.acknowledgedBelow;
    for (const { sequence, status, index } of record.results) session.remember(sequence, { status, index });
    return session;
  }

  toRecord(clientId: ClientId): SessionRecord {
    const results = this.#earlier?.slice() ?? [];
    if (this.#sequence !== 0) {
      results.push({ sequence: this.#sequence, status: this.#status, index: this.#index });
    }
    return {
      clientId,
      session: this.session,
      activeMs: this.era.clockMs,
      activeOrder: this.activeOrder,
      acknowledgedBelow: this.#acknowledgedBelow,
      results,
    };
  }

  copy(era: Era): Session {
    const copy = new Session({ session: this.session, activeOrder: this.activeOrder, era });
    copy.#acknowledgedBelow = this.#acknowledgedBelow;
    copy.#sequence = this.#sequence;
    copy.#status = this.#status;
    copy.#index = this.#index;
    copy.#earlier = this.#earlier?.slice() ?? null;
    return copy;
  }

  get acknowledgedBelow(): number {
    return this.#acknowledgedBelow;
  }

  /** How many results are kept. */
  get resultCount(): number {
    return (this.#sequence === 0 ? 0 : 1) + (this.#earlier?.length ?? 0);
  }

  /** Forgets the results of sequences below `sequence`. Never goes back. */
  acknowledge(sequence: number): void {
    if (sequence <= this.#acknowledgedBelow) return;
    this.#acknowledgedBelow = sequence;
    if (this.#sequence < sequence) {
      this.#sequence = 0;
      this.#earlier = null;
    } else if (this.#earlier !== null) {
      const kept = position(this.#earlier, sequence);
      if (kept === this.#earlier.length) this.#earlier = null;
      else if (kept > 0) this.#earlier.splice(0, kept);
    }
  }

  /** What became of `sequence`, if it has run and is not acknowledged. */
  find(sequence: number): CommandResult | undefined {
    if (sequence === this.#sequence) return { status: this.#status, index: this.#index };
    if (this.#earlier === null || sequence > this.#sequence) return undefined;
    const found = this.#earlier[position(this.#earlier, sequence)];
    return found?.sequence === sequence ? { status: found.status, index: found.index } : undefined;
  }

  /** Keeps the result of a sequence that has none yet. Sequences may come in any order. */
  remember(sequence: number, { status, index }: CommandResult): void {
    assert(sequence >= Math.max(1, this.#acknowledgedBelow), "an acknowledged sequence has no result");
    if (sequence < this.#sequence) {
      this.#earlier ??= [];
      this.#earlier.splice(position(this.#earlier, sequence), 0, { sequence, status, index });
      return;
    }
    if (this.#sequence !== 0) {
      this.#earlier ??= [];
      this.#earlier.push({ sequence: this.#sequence, status: this.#status, index: this.#index });
    }
    this.#sequence = sequence;
    this.#status = status;
    this.#index = index;
  }
}

/** Where in `results` the first one stands whose sequence is at least `sequence`. */
function position(results: readonly SessionResult[], sequence: number): number {
  let low = 0;
  let high = results.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((results[middle] as SessionResult).sequence < sequence) low = middle + 1;
    else high = middle;
  }
  return low;
}
