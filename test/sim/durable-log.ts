/**
 * What one member's disk is bound to hold: kept by the plainest means from what the member hands to its log and is told
 * to be durable, and held against what a restart finds.
 */
import { assert } from "../../src/base/assert.js";
import type { Entry, HardState, MemberId } from "../../src/raft/entry.js";
import type { LogRecord } from "../../src/server/ports.js";
import type { Storage } from "../../src/storage/open-storage.js";

type Recovered = Storage["recovered"];

interface Position {
  readonly index: number;
  readonly term: number;
}

interface State {
  readonly hardState: HardState;
  /** The entries follow it. */
  readonly base: Position;
  readonly entries: Entry[];
}

/** Only a later leader may have it overwritten (§5.3). */
interface Acknowledgement {
  readonly term: number;
  readonly matchIndex: number;
}

export class DurableLog {
  readonly #id: MemberId;
  #durable: State = {
    hardState: { currentTerm: 0, votedFor: null, commitIndex: 0 },
    base: { index: 0, term: 0 },
    entries: [],
  };
  /** The highest acknowledgement to the leader of the newest term. */
  #acknowledged: Acknowledgement = { term: 0, matchIndex: 0 };
  /** On its way: a crash may find it on disk as a whole, or nothing of it. */
  #pending: LogRecord | null = null;
  #highestIndex = 0;
  #replacedCount = 0;

  constructor(id: MemberId) {
    this.#id = id;
  }

  /** Of all that was ever handed to the disk, entries that others took the place of since among it. */
  get highestIndex(): number {
    return this.#highestIndex;
  }

  /** Entries that were durable, and that others or a snapshot took the place of. */
  get replacedCount(): number {
    return this.#replacedCount;
  }

  get hardState(): HardState {
    return this.#durable.hardState;
  }

  get lastIndex(): number {
    return lastIndexOf(this.#durable);
  }

  /** The highest index acknowledged to the leader of `term`. */
  acknowledgedIn(term: number): number {
    return this.#acknowledged.term === term ? this.#acknowledged.matchIndex : 0;
  }

  /** Undefined where there is none, or none any more because a snapshot stands for it. */
  entryAt(index: number): Entry | undefined {
    return this.#durable.entries[index - this.#durable.base.index - 1];
  }

  /** Whether the entry at `index`, known to be committed, survives a crash here: as itself or in a snapshot. */
  holds(index: number, term: number): boolean {
    return index <= this.#durable.base.index || this.entryAt(index)?.term === term;
  }

  persisting(record: LogRecord): void {
    this.#pending = record;
    this.#highestIndex = Math.max(this.#highestIndex, record.entries.at(-1)?.index ?? 0);
  }

  persisted(): void {
    assert(this.#pending !== null, "a record was on its way");
    const before = this.lastIndex;
    const [first] = this.#pending.entries;
    this.#durable = withRecord(this.#durable, this.#pending);
    const keptIndex = first === undefined ? this.lastIndex : first.index - 1;
    this.#replacedCount += Math.max(0, before - keptIndex);
    this.#pending = null;
    const { term, matchIndex } = this.#acknowledged;
    assert(
      this.hardState.currentTerm !== term || this.lastIndex >= matchIndex,
      `${this.#id} has ${this.lastIndex} on disk, and has acknowledged ${matchIndex} to the same leader`,
    );
  }

  /** The member tells its leader that it holds everything up to `matchIndex`. */
  acknowledges({ term, matchIndex }: Acknowledgement): void {
    assert(
      matchIndex <= this.lastIndex,
      `${this.#id} acknowledges ${matchIndex} and has ${this.lastIndex} on disk`,
    );
    const { term: newest, matchIndex: highest } = this.#acknowledged;
    if (term > newest || (term === newest && matchIndex > highest)) this.#acknowledged = { term, matchIndex };
  }

  /** A restart found this. Throws where something durable is lost, or something else is found. */
  recovered(found: Recovered): void {
    const acceptable = [this.#durable];
    if (this.#pending !== null) {
      const copy = { ...this.#durable, entries: [...this.#durable.entries] };
      acceptable.push(withRecord(copy, this.#pending));
    }
    const { lastIncludedIndex: index, lastIncludedTerm: term } = found.snapshot;
    const seen = describe({ hardState: found.hardState, base: { index, term }, entries: [...found.entries] });
    const wanted = acceptable.map((state) => describe(afterSnapshot(state, { index, term })));
    assert(wanted.includes(seen), `${this.#id} finds ${seen} on its disk, instead of ${wanted.join(" or ")}`);
    const { hardState, entries } = found;
    this.#replacedCount += Math.max(0, this.lastIndex - index - entries.length);
    this.#durable = { hardState, base: { index, term }, entries: [...entries] };
    this.#pending = null;
  }
}

function lastIndexOf({ base, entries }: State): number {
  return base.index + entries.length;
}

/** Takes the entries of `state` over: a long log is not copied for every record. */
function withRecord(state: State, { hardState, snapshot, entries }: LogRecord): State {
  let next = state;
  if (hardState !== null) next = { ...next, hardState };
  if (snapshot !== null) {
    next = afterSnapshot(next, { index: snapshot.lastIncludedIndex, term: snapshot.lastIncludedTerm });
  }
  const first = entries[0];
  if (first === undefined) return next;
  const kept = first.index - next.base.index - 1;
  assert(kept >= 0 && kept <= next.entries.length, `a gap on disk before entry ${first.index}`);
  next.entries.length = kept;
  next.entries.push(...entries);
  return next;
}

/** A snapshot stands for everything up to it; what follows stays only where the entry at its index is its own (figure 13). */
function afterSnapshot(state: State, { index, term }: Position): State {
  const { hardState, base, entries } = state;
  if (index < base.index) return { ...state, base: { index: -1, term: -1 } };
  const covered = index - base.index;
  const termThere = covered === 0 ? base.term : entries[covered - 1]?.term;
  const currentTerm = Math.max(hardState.currentTerm, term);
  const votedFor = currentTerm > hardState.currentTerm ? null : hardState.votedFor;
  return {
    hardState: { ...hardState, currentTerm, votedFor },
    base: { index, term },
    entries: termThere === term ? entries.slice(covered) : [],
  };
}

/** The commit index is a hint: it does not count. */
function describe({ hardState, base, entries }: State): string {
  const { currentTerm, votedFor } = hardState;
  const log = entries.map((entry) => `${entry.index}@${entry.term}`).join(" ");
  return `term ${currentTerm} vote ${votedFor ?? "-"} snapshot ${base.index}@${base.term} [${log}]`;
}
