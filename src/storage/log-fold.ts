/**
 * What the records of the log add up to: hard state, snapshot mark and entries, read in order as
 * raft/ready.ts says they take effect. Pure; it knows no files beyond naming them in errors.
 *
 * Leading segments vanish as snapshots cover them, so the first entries found may begin anywhere. From there
 * on, and from the snapshot on, the log has no gap, or something was lost.
 */
import { isWellFormed } from "../raft/configuration.js";
import type { Entry, HardState, SnapshotMetadata } from "../raft/entry.js";
import { isLogNumber, isSoundMetadata } from "../raft/validation.js";
import type { LogRecord } from "../server/ports.js";
import { StorageError } from "./storage-error.js";

export interface RecordOrigin {
  readonly file: string;
  readonly offset: number;
}

export interface FoldedLog {
  readonly hardState: HardState;
  /** Contiguous, the first following the snapshot. */
  readonly entries: Entry[];
  /** The log on disk does not know of the snapshot yet and disagrees with it: it must be marked. */
  readonly markMissing: boolean;
}

export const NO_HARD_STATE: HardState = { currentTerm: 0, votedFor: null, commitIndex: 0 };

export class LogFold {
  #hardState = NO_HARD_STATE;
  #mark: SnapshotMetadata | null = null;
  /** Index of the first of `#entries`, or of the next entry where there are none. */
  #firstIndex = 1;
  #entries: Entry[] = [];
  /** Nothing before what is read now is known: entries may begin after a gap that a snapshot covers. */
  #startUnknown: boolean;
  #origin: RecordOrigin = { file: "", offset: 0 };

  /** `startUnknown`: the log has lost leading segments. */
  constructor(startUnknown: boolean) {
    this.#startUnknown = startUnknown;
  }

  /** The newest mark seen. */
  get mark(): SnapshotMetadata | null {
    return this.#mark;
  }

  get lastIndex(): number {
    return this.#firstIndex + this.#entries.length - 1;
  }

  add(record: LogRecord, origin: RecordOrigin): void {
    this.#origin = origin;
    if (record.hardState !== null) this.#setHardState(record.hardState);
    if (record.snapshot !== null) {
      if (!isSoundMetadata(record.snapshot))
        throw this.#corrupt("there can be no such snapshot as is marked here");
      this.#applyMark(record.snapshot);
      if (this.#mark === null || record.snapshot.lastIncludedIndex > this.#mark.lastIncludedIndex)
        this.#mark = record.snapshot;
    }
    if (record.entries.length > 0) this.#append(record.entries);
  }

  /** Holds the result against the newest durable snapshot (index 0: there is none). */
  finish(snapshot: SnapshotMetadata): FoldedLog {
    const { lastIncludedIndex, lastIncludedTerm } = snapshot;
    const mark = this.#mark;
    if (mark !== null && mark.lastIncludedIndex > lastIncludedIndex) {
      throw this.#missing(
        `the log follows a snapshot at index ${mark.lastIncludedIndex}, the newest one found is at ${lastIncludedIndex}`,
      );
    }
    if (
      mark !== null &&
      mark.lastIncludedIndex === lastIncludedIndex &&
      mark.lastIncludedTerm !== lastIncludedTerm
    ) {
      throw this.#corrupt(`the log and the snapshot give different terms to index ${lastIncludedIndex}`);
    }
    if (this.#firstIndex > lastIncludedIndex + 1) {
      throw this.#missing(
        `the log begins at index ${this.#firstIndex}, the newest snapshot ends at ${lastIncludedIndex}`,
      );
    }
    const markMissing = lastIncludedIndex > 0 && !this.#agrees(snapshot);
    this.#applyMark(snapshot);
    const first = this.#entries[0];
    if (first !== undefined && first.term < lastIncludedTerm) {
      throw this.#corrupt(
        `the entry after the snapshot bears term ${first.term}, the snapshot ${lastIncludedTerm}`,
      );
    }
    const last = this.#entries.at(-1);
    const { currentTerm, votedFor, commitIndex } = this.#hardState;
    if (last !== undefined && last.term > currentTerm) {
      throw this.#corrupt(`the last entry bears term ${last.term}, the hard state only ${currentTerm}`);
    }
    if (commitIndex > this.lastIndex) {
      throw this.#missing(
        `entries up to ${commitIndex} were committed here, the log ends at ${this.lastIndex}`,
      );
    }
    // A received snapshot may have become durable before the term that its leader brought. No vote was given
    // in it.
    const behind = lastIncludedTerm > currentTerm;
    return {
      hardState: {
        currentTerm: behind ? lastIncludedTerm : currentTerm,
        votedFor: behind ? null : votedFor,
        commitIndex: Math.max(commitIndex, lastIncludedIndex),
      },
      entries: this.#entries,
      markMissing,
    };
  }

  /** Whether applying this mark changes nothing but what it covers. */
  #agrees({ lastIncludedIndex, lastIncludedTerm }: SnapshotMetadata): boolean {
    if (lastIncludedIndex < this.#firstIndex) return true;
    return this.#termAt(lastIncludedIndex) === lastIncludedTerm;
  }

  /**
   * Drops what the snapshot covers, and everything else too unless the entry at its index bears its term.
   * Where the log already begins after it, nothing can be compared and nothing needs to be: the segment with the
   * entry goes only when a later snapshot is durable, and by then whatever conflicts was replaced by a record that
   * follows, or is dropped for that snapshot's mark.
   */
  #applyMark(mark: SnapshotMetadata): void {
    if (mark.lastIncludedIndex < this.#firstIndex) return;
    if (this.#agrees(mark)) {
      this.#entries.splice(0, mark.lastIncludedIndex + 1 - this.#firstIndex);
    } else {
      this.#entries = [];
    }
    this.#firstIndex = mark.lastIncludedIndex + 1;
  }

  #append(entries: readonly Entry[]): void {
    const first = entries[0]?.index ?? 0;
    if (this.#mark !== null && first <= this.#mark.lastIncludedIndex) {
      throw this.#corrupt(`the entries here begin at index ${first}, which a snapshot covers`);
    }
    if (this.#startUnknown && this.#entries.length === 0 && first >= this.#firstIndex)
      this.#firstIndex = first;
    if (first > this.lastIndex + 1) {
      throw this.#corrupt(`the entries here begin at index ${first}, those before end at ${this.lastIndex}`);
    }
    let least = this.#termAt(first - 1) ?? 1;
    entries.forEach((entry, position) => {
      if (entry.index !== first + position) throw this.#corrupt(`entry ${entry.index} is out of order`);
      if (!(entry.term >= least))
        throw this.#corrupt(`the term falls to ${entry.term} at index ${entry.index}`);
      if (entry.kind === "configuration" && !isWellFormed(entry.configuration)) {
        throw this.#corrupt(`entry ${entry.index} names no members`);
      }
      least = entry.term;
    });
    if (!isLogNumber(first + entries.length)) throw this.#corrupt("no log is so long");
    if (first < this.#firstIndex) {
      this.#firstIndex = first;
      this.#entries = [];
    }
    this.#entries.length = first - this.#firstIndex;
    for (const entry of entries) this.#entries.push(entry);
    this.#startUnknown = false;
  }

  #setHardState(hardState: HardState): void {
    const { currentTerm, votedFor } = this.#hardState;
    if (hardState.currentTerm < currentTerm) {
      throw this.#corrupt(`the term falls from ${currentTerm} to ${hardState.currentTerm}`);
    }
    if (hardState.currentTerm === currentTerm && votedFor !== null && hardState.votedFor !== votedFor) {
      throw this.#corrupt(`the vote in term ${currentTerm} changes`);
    }
    if (!isLogNumber(hardState.currentTerm)) throw this.#corrupt(`no term is ${hardState.currentTerm}`);
    this.#hardState = hardState;
  }

  #termAt(index: number): number | undefined {
    return this.#entries[index - this.#firstIndex]?.term;
  }

  #missing(what: string): StorageError {
    return new StorageError("missing", what, this.#origin);
  }

  #corrupt(what: string): StorageError {
    return new StorageError("corrupt", what, this.#origin);
  }
}
