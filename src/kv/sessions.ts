/**
 * The session table: who has a session open, and when one ends. Time is the clock of the log and nothing else
 * (PITFALLS 34), so all replicas end the same sessions at the same command.
 *
 * Sessions end in the order in which they were last seen active, which is the order of log indexes. To leave
 * the hot path alone, a session is not moved to the end of that order by each of its
 * commands, but only when the clock has moved since, or the log by an eighth of `sessionsMax`: a
 * session may be evicted that has been active up to so many entries after the one it is ordered by,
 * while at least seven times as many entries have come since.
 */
import { assert } from "../base/assert.js";
import type { ClientId } from "./command.js";
import { type Era, Session, type SessionRecord } from "./session.js";
import { type SortedTree, sortedTree } from "./sorted-tree.js";

export type { SessionRecord, SessionResult } from "./session.js";

export interface SessionLimits {
  /** Opening one more evicts the one that was idle longest. */
  readonly sessionsMax: number;
  /** Idle for longer than this by the logged clock: expired. Milliseconds. */
  readonly sessionIdleMs: number;
}

export class Sessions {
  readonly #limits: SessionLimits;
  #byClient: SortedTree<ClientId, Session> = sortedTree();
  /** Who was active at a log index; the least one is idle longest. */
  #byActivity: SortedTree<number, ClientId> = sortedTree();
  /** Sessions of this era are this table's own; those of others are copied before they are changed. */
  #era: Era = { clockMs: 0 };
  /** While a snapshot is loaded: of the session before. */
  #restoredEra: Era = this.#era;

  constructor(limits: SessionLimits) {
    assert(limits.sessionsMax >= 1, "there is room for a session");
    this.#limits = limits;
  }

  get size(): number {
    return this.#byClient.size;
  }

  /** The greatest time of all clock commands; 0 before the first. */
  get clockMs(): number {
    return this.#era.clockMs;
  }

  /** Constant time. What is shared is copied by whichever side changes it first. */
  clone(): Sessions {
    const clone = new Sessions(this.#limits);
    clone.#byClient = this.#byClient.clone();
    clone.#byActivity = this.#byActivity.clone();
    clone.#era = { clockMs: this.clockMs };
    this.#era = { clockMs: this.clockMs };
    return clone;
  }

  /** The index that names the client's session: `index`, unless one is open. */
  open(index: number, clientId: ClientId): number {
    const open = this.#byClient.get(clientId);
    if (open !== undefined) {
      this.use(index, clientId, open.session);
      return open.session;
    }
    while (this.size >= this.#limits.sessionsMax) this.#remove(this.#idleLongest());
    this.#byClient.set(clientId, new Session({ session: index, activeOrder: index, era: this.#era }));
    this.#byActivity.set(index, clientId);
    return index;
  }

  /** The session for a command at `index`, fit to be changed; undefined where it is not open (any more). */
  use(index: number, clientId: ClientId, session: number): Session | undefined {
    const known = this.#byClient.get(clientId);
    if (known?.session !== session) return undefined;
    const used = known.era === this.#era ? known : this.#own(clientId, known);
    // What decides here is the same on all replicas; the era alone is not: each clones when it likes.
    const orderedByMax = Math.floor(this.#limits.sessionsMax / 8);
    if (known.era.clockMs !== this.clockMs || index - used.activeOrder > orderedByMax) {
      this.#byActivity.delete(used.activeOrder);
      this.#byActivity.set(index, clientId);
      used.activeOrder = index;
    }
    return used;
  }

  /** No effect where that session is not open. */
  close(clientId: ClientId, session: number): void {
    if (this.#byClient.get(clientId)?.session === session) this.#remove(clientId);
  }

  /** Moves the clock forward, never back, and ends the sessions that have been idle for too long. */
  advanceClock(timeMs: number): void {
    if (timeMs <= this.clockMs) return;
    const isFirst = this.clockMs === 0;
    this.#era = { clockMs: timeMs };
    if (isFirst) this.#startClock();
    while (this.size > 0) {
      const clientId = this.#idleLongest();
      const session = this.#byClient.get(clientId) as Session;
      if (timeMs - session.era.clockMs <= this.#limits.sessionIdleMs) break;
      this.#remove(clientId);
    }
  }

  /** In the order in which they were last active. */
  *records(): IterableIterator<SessionRecord> {
    for (const clientId of this.#byActivity.values()) {
      yield (this.#byClient.get(clientId) as Session).toRecord(clientId);
    }
  }

  restoreClock(clockMs: number): void {
    this.#era = { clockMs };
  }

  /** In the order of {@link records}. False, and nothing changes: the client has one already. */
  restore(record: SessionRecord): boolean {
    if (this.#byClient.get(record.clientId) !== undefined) return false;
    const { activeMs } = record;
    // In the order of `records` sessions of one time follow each other, and share their era again.
    if (activeMs !== this.#restoredEra.clockMs) this.#restoredEra = { clockMs: activeMs };
    const session = Session.fromRecord(record, this.#restoredEra);
    this.#byClient.set(record.clientId, session);
    this.#byActivity.set(session.activeOrder, record.clientId);
    return true;
  }

  /** Sessions opened before the first clock command would seem idle since 1970: they are as of now. */
  #startClock(): void {
    for (const [clientId, session] of this.#byClient.clone().entries()) this.#own(clientId, session);
  }

  #own(clientId: ClientId, session: Session): Session {
    const copy = session.copy(this.#era);
    this.#byClient.set(clientId, copy);
    return copy;
  }

  #idleLongest(): ClientId {
    const order = this.#byActivity.minKey();
    const clientId = order === undefined ? undefined : this.#byActivity.get(order);
    assert(clientId !== undefined, "every session has its place in the order of activity");
    return clientId;
  }

  #remove(clientId: ClientId): void {
    const session = this.#byClient.get(clientId);
    assert(session !== undefined, "only what is open is removed");
    this.#byActivity.delete(session.activeOrder);
    this.#byClient.delete(clientId);
  }
}
