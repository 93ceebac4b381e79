/**
 * The log in memory: the entries since the last compaction, how far they are committed, applied
 * and durable, and the configurations among them. Owns the invariants of the log; knows
 * nothing of roles, terms in office or messages.
 *
 * The entries in memory begin at `firstIndex`. Some of them may be covered by the newest snapshot, kept for followers which are
 * only a little behind; or some that it does not cover may have left memory, and be on disk alone.
 */
import { assert } from "../base/assert.js";
import { ConfigurationHistory } from "./configuration.js";
import { DroppedEntries } from "./dropped-entries.js";
import { type Configuration, type Entry, entryBytes, type SnapshotMetadata } from "./entry.js";
import { HeldEntries, type Trim } from "./held-entries.js";
import { WriteMarks } from "./write-marks.js";

/** A snapshot of this member's own state, and the first entry to keep: at most `lastIncludedIndex + 1`. */
export interface Compaction {
  readonly snapshot: SnapshotMetadata;
  readonly keepFromIndex: number;
}

export class RaftLog {
  #held: HeldEntries;
  #snapshot: SnapshotMetadata;
  #configurations: ConfigurationHistory;
  #commitIndex: number;
  #lastApplied: number;
  #marks: WriteMarks;
  /** Neither held nor covered by the newest snapshot. */
  #dropped: DroppedEntries;
  #bytesSinceSnapshot = 0;
  #uncommittedBytes = 0;

  /** A log that begins after `snapshot`, with everything it covers committed and applied. */
  constructor(snapshot: SnapshotMetadata, durableEntries: readonly Entry[]) {
    this.#held = heldAfter(snapshot);
    this.#snapshot = snapshot;
    this.#configurations = historyFrom(snapshot);
    this.#commitIndex = snapshot.lastIncludedIndex;
    this.#lastApplied = snapshot.lastIncludedIndex;
    this.#marks = new WriteMarks(snapshot.lastIncludedIndex);
    this.#dropped = new DroppedEntries(snapshot.lastIncludedIndex);
    for (const entry of durableEntries) this.append(entry);
    this.#marks.coverTo(this.lastIndex);
  }

  /** The first entry held; one past `lastIndex` when there is none. */
  get firstIndex(): number {
    return this.#held.firstIndex;
  }

  get lastIndex(): number {
    return this.#held.lastIndex;
  }

  get lastTerm(): number {
    return this.#held.termAt(this.lastIndex) as number;
  }

  get commitIndex(): number {
    return this.#commitIndex;
  }

  /** Handed out for applying up to here. */
  get lastApplied(): number {
    return this.#lastApplied;
  }

  get marks(): Readonly<Pick<WriteMarks, "durableIndex" | "writingIndex" | "writing">> {
    return this.#marks;
  }

  /** The newest snapshot. */
  get snapshot(): SnapshotMetadata {
    return this.#snapshot;
  }

  /** Of the entries that the newest snapshot does not cover, held or not. */
  get bytesSinceSnapshot(): number {
    return this.#bytesSinceSnapshot;
  }

  get uncommittedBytes(): number {
    return this.#uncommittedBytes;
  }

  /** Of the entries held. */
  get heldBytes(): number {
    return this.#held.bytes;
  }

  /** In force now: the last one appended, committed or not (§6). */
  get configuration(): Configuration {
    return this.#configurations.latest;
  }

  /** In force at `index`, which is not before the newest snapshot's. */
  configurationAt(index: number): Configuration {
    assert(index <= this.lastIndex, `no configuration at ${index}: the log ends at ${this.lastIndex}`);
    return this.#configurations.at(index);
  }

  /** Undefined where it is not known: compacted away, or past the end. Index 0 has term 0. */
  termAt(index: number): number | undefined {
    return this.#held.termAt(index);
  }

  /** The first index held whose term is at least `term`; one past the end when there is none. */
  firstIndexOfTerm(term: number): number {
    return this.#held.firstIndexOfTerm(term);
  }

  /** The entries in [from, to), all of which are held. */
  slice(range: { from: number; to: number }): readonly Entry[] {
    return this.#held.slice(range);
  }

  /** The end of a range from `from` to at most `to` that holds `bytesMax` bytes at most, but one entry at least. */
  endWithin(range: { from: number; to: number; bytesMax: number }): number {
    let end = range.from;
    let bytes = 0;
    while (end < range.to) {
      bytes += this.#held.bytesAt(end);
      if (bytes > range.bytesMax && end > range.from) break;
      end++;
    }
    return end;
  }

  append(entry: Entry): void {
    assert(entry.index === this.lastIndex + 1, "an entry follows the last one");
    assert(entry.term >= this.lastTerm, "terms never fall along the log");
    this.#held.append(entry);
    const bytes = entryBytes(entry);
    this.#bytesSinceSnapshot += bytes;
    this.#uncommittedBytes += bytes;
    if (entry.kind === "configuration") this.#configurations.append(entry);
  }

  /** Removes the entries from `index` on, none of them committed (PITFALLS 10). */
  truncateFrom(index: number): void {
    assert(index > this.#commitIndex, `truncation at ${index}, committed up to ${this.#commitIndex}`);
    const bytesBefore = this.#held.bytes;
    this.#held.truncateFrom(index);
    const bytes = bytesBefore - this.#held.bytes;
    this.#bytesSinceSnapshot -= bytes;
    this.#uncommittedBytes -= bytes;
    this.#configurations.truncateFrom(index);
    this.#marks.truncateFrom(index);
  }

  commitTo(index: number): void {
    assert(index >= this.#commitIndex, `commitIndex ${this.#commitIndex} would fall to ${index}`);
    assert(index <= this.lastIndex, `commitIndex ${index} past the end of the log, ${this.lastIndex}`);
    for (let at = this.#commitIndex + 1; at <= index; at++) {
      this.#uncommittedBytes -= this.#held.bytesAt(at);
    }
    this.#commitIndex = index;
  }

  /** The next committed entries to apply, which count as applied from now on. */
  takeCommitted(bytesMax: number): readonly Entry[] {
    const from = this.#lastApplied + 1;
    const to = this.endWithin({ from, to: this.#commitIndex + 1, bytesMax });
    this.#lastApplied = to - 1;
    return this.slice({ from, to });
  }

  /** The entries that no write has taken yet; a write that takes them begins. */
  takeUnwritten(): readonly Entry[] {
    const from = this.#marks.writingIndex + 1;
    this.#marks.begin(this.lastIndex);
    return this.slice({ from, to: this.lastIndex + 1 });
  }

  /** The write that took them is durable. */
  written(): void {
    this.#marks.end();
  }

  /**
   * The log now stands on another member's snapshot, newer than what is committed here. Entries after
   * one that equals the snapshot's last are kept; otherwise nothing is (figure 13, rules 6–7).
   */
  restore(snapshot: SnapshotMetadata): void {
    const { lastIncludedIndex, lastIncludedTerm } = snapshot;
    assert(lastIncludedIndex > this.#commitIndex, "a snapshot never moves the log back");
    const matches = this.termAt(lastIncludedIndex) === lastIncludedTerm;
    const kept = matches ? this.slice({ from: lastIncludedIndex + 1, to: this.lastIndex + 1 }) : [];
    if (!matches) this.#marks.truncateFrom(this.#commitIndex + 1);
    this.#marks.coverTo(lastIncludedIndex);
    this.#held = heldAfter(snapshot);
    this.#snapshot = snapshot;
    this.#configurations = historyFrom(snapshot);
    this.#commitIndex = lastIncludedIndex;
    this.#lastApplied = lastIncludedIndex;
    this.#dropped = new DroppedEntries(lastIncludedIndex);
    this.#bytesSinceSnapshot = 0;
    this.#uncommittedBytes = 0;
    for (const entry of kept) this.append(entry);
  }

  /**
   * A snapshot of what was applied here is durable: entries below `keepFromIndex` may go. False: there
   * is a newer one already, and nothing changes.
   */
  compact(options: Compaction): boolean {
    const { snapshot, keepFromIndex } = options;
    const { lastIncludedIndex } = snapshot;
    assert(lastIncludedIndex <= this.#lastApplied, "a snapshot holds what was applied");
    assert(keepFromIndex <= lastIncludedIndex + 1, "what the snapshot does not cover is kept");
    if (lastIncludedIndex <= this.#snapshot.lastIncludedIndex) return false;
    const term = this.termAt(lastIncludedIndex);
    assert(term === undefined || term === snapshot.lastIncludedTerm, "a snapshot's term is the log's");
    this.#bytesSinceSnapshot -= this.#dropped.coverTo(lastIncludedIndex);
    const firstCovered = Math.max(this.firstIndex, this.#snapshot.lastIncludedIndex + 1);
    for (let at = firstCovered; at <= lastIncludedIndex; at++) {
      this.#bytesSinceSnapshot -= this.#held.bytesAt(at);
    }
    this.#snapshot = snapshot;
    this.#configurations.compactTo(lastIncludedIndex);
    this.#marks.coverTo(lastIncludedIndex);
    this.#held.dropBefore(keepFromIndex);
    return true;
  }

  /**
   * Of the entries up to `lastIndex`, applied and durable, the oldest leave memory when too much is held, and the others
   * are packed. Whoever needs later what has left needs a snapshot (PITFALLS 16).
   */
  trim(trim: Trim): void {
    assert(
      trim.lastIndex <= Math.min(this.#lastApplied, this.#marks.durableIndex),
      "what leaves memory is applied and durable",
    );
    for (let end = this.#held.excessEnd(trim); end > this.firstIndex; end = this.#held.excessEnd(trim)) {
      this.#drop(end);
    }
    this.#held.pack(trim);
  }

  /** The entries below `index` leave memory, whether a snapshot covers them or not. */
  #drop(index: number): void {
    this.#held.dropBefore(Math.min(index, this.#snapshot.lastIncludedIndex + 1));
    const bytesBefore = this.#held.bytes;
    this.#held.dropBefore(index);
    const bytes = bytesBefore - this.#held.bytes;
    if (bytes > 0) this.#dropped.add({ lastIndex: index - 1, bytes });
  }
}

function heldAfter({ lastIncludedIndex, lastIncludedTerm }: SnapshotMetadata): HeldEntries {
  return new HeldEntries({ index: lastIncludedIndex, term: lastIncludedTerm });
}

function historyFrom(snapshot: SnapshotMetadata): ConfigurationHistory {
  return new ConfigurationHistory({
    index: snapshot.lastIncludedIndex,
    configuration: snapshot.configuration,
  });
}
