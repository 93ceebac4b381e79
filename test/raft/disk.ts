/**
 * A model of one member's disk: the write-ahead log and the snapshot file, each durable by itself, and
 * what a member finds there when it boots, at whichever moment it went down.
 */
import { assert } from "../../src/base/assert.js";
import type { Configuration, Entry, HardState, SnapshotMetadata } from "../../src/raft/entry.js";
import type { RestoredState } from "../../src/raft/persistent-state.js";
import type { Persist } from "../../src/raft/ready.js";

export interface StoredSnapshot {
  readonly metadata: SnapshotMetadata;
  readonly data: Uint8Array;
}

export class Disk {
  hardState: HardState = { currentTerm: 0, votedFor: null, commitIndex: 0 };
  /** The newest whole snapshot. */
  snapshot: StoredSnapshot;
  /** The log begins after this position … */
  #base = { index: 0, term: 0 };
  /** … with these, contiguous. */
  #entries: Entry[] = [];

  constructor(configuration: Configuration) {
    const metadata = { lastIncludedIndex: 0, lastIncludedTerm: 0, configuration };
    this.snapshot = { metadata, data: new Uint8Array() };
  }

  get lastIndex(): number {
    return Math.max(this.#base.index + this.#entries.length, this.snapshot.metadata.lastIncludedIndex);
  }

  /** One atomic record, as disk.proto's LogRecord is read back. */
  write(record: Persist): void {
    const { hardState, snapshot, entries } = record;
    if (hardState !== null) {
      assert(hardState.currentTerm >= this.hardState.currentTerm, "the term on disk never falls");
      this.hardState = hardState;
    }
    // The log may have been compacted further while the record was on its way.
    if (snapshot !== null && snapshot.lastIncludedIndex > this.#base.index) this.#restart(snapshot);
    const first = entries[0];
    if (first === undefined) return;
    const kept = first.index - this.#base.index - 1;
    assert(kept >= 0 && kept <= this.#entries.length, `a gap on disk before entry ${first.index}`);
    this.#entries = [...this.#entries.slice(0, kept), ...entries];
  }

  /** An own snapshot is durable: the log before it may go. */
  compact(snapshot: StoredSnapshot): void {
    if (snapshot.metadata.lastIncludedIndex <= this.snapshot.metadata.lastIncludedIndex) return;
    this.snapshot = snapshot;
    if (this.#continuesSnapshot) this.#restart(snapshot.metadata);
  }

  /** Whether entry `index` of `term` would survive a crash now, as itself or in the snapshot. */
  holds(index: number, term: number): boolean {
    const { lastIncludedIndex } = this.snapshot.metadata;
    return index <= lastIncludedIndex || (this.#continuesSnapshot && this.#logTermAt(index) === term);
  }

  /** What a member finds when it boots. */
  restored(): RestoredState {
    const { hardState } = this;
    const snapshot = this.snapshot.metadata;
    const covered = snapshot.lastIncludedIndex - this.#base.index;
    return { hardState, snapshot, entries: this.#continuesSnapshot ? this.#entries.slice(covered) : [] };
  }

  get #continuesSnapshot(): boolean {
    const { lastIncludedIndex, lastIncludedTerm } = this.snapshot.metadata;
    return this.#logTermAt(lastIncludedIndex) === lastIncludedTerm;
  }

  #restart(after: SnapshotMetadata): void {
    const { lastIncludedIndex, lastIncludedTerm } = after;
    const continues = this.#logTermAt(lastIncludedIndex) === lastIncludedTerm;
    this.#entries = continues ? this.#entries.slice(lastIncludedIndex - this.#base.index) : [];
    this.#base = { index: lastIncludedIndex, term: lastIncludedTerm };
  }

  #logTermAt(index: number): number | undefined {
    return index === this.#base.index ? this.#base.term : this.#entries[index - this.#base.index - 1]?.term;
  }
}
