/**
 * The entries of the log that are in memory: the recent ones as they came, and older ones, which only a follower may
 * still need, packed. Knows nothing of what is committed, applied or durable.
 */
import { assert } from "../base/assert.js";
import { type Entry, entryBytes } from "./entry.js";
import { PackedEntries } from "./packed-entries.js";

/** What may be dropped or packed. */
export interface Trim {
  /** Nothing after it. */
  readonly lastIndex: number;
  /** More than this is too much to hold: the oldest entries are dropped. */
  readonly bytesMax: number;
}

const NO_ENTRIES: readonly Entry[] = [];
/** Packing moves the entries after those that are packed: it waits for so many, or for this part of `bytesMax`. */
const PACK_ENTRIES = 128;
const PACK_SHARE = 1 / 16;
/** Packed entries are dropped by blocks: of this part of `bytesMax`, but no larger. */
const BLOCK_SHARE = 1 / 64;
const BLOCK_BYTES_MAX = 128 * 1024;

export class HeldEntries {
  /** Those before the recent ones. */
  readonly #packed: PackedEntries;
  /** Contiguous; the one at `index` stands at `index - #firstRecent`. */
  #recent: Entry[] = [];
  #firstRecent: number;
  #recentBytes = 0;
  /** Of the entry before the first one held. */
  #termBeforeFirst: number;

  /** None; what comes next follows an entry of that index and term. */
  constructor(previous: { readonly index: number; readonly term: number }) {
    this.#firstRecent = previous.index + 1;
    this.#termBeforeFirst = previous.term;
    this.#packed = new PackedEntries(this.#firstRecent);
  }

  /** One past `lastIndex` when there is none. */
  get firstIndex(): number {
    return this.#packed.firstIndex;
  }

  get lastIndex(): number {
    return this.#firstRecent + this.#recent.length - 1;
  }

  /** By `entryBytes`. */
  get bytes(): number {
    return this.#packed.bytes + this.#recentBytes;
  }

  /** Undefined where it is not known. That of the entry before the first one is. */
  termAt(index: number): number | undefined {
    if (index >= this.#firstRecent) return this.#recent[index - this.#firstRecent]?.term;
    if (index >= this.firstIndex) return this.#packed.termAt(index);
    return index === this.firstIndex - 1 ? this.#termBeforeFirst : undefined;
  }

  /** The first index whose term is at least `term`; one past the end when there is none. */
  firstIndexOfTerm(term: number): number {
    let low = this.firstIndex;
    let high = this.lastIndex + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.termAt(middle) as number) < term) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** By `entryBytes`. */
  bytesAt(index: number): number {
    if (index < this.#firstRecent) return this.#packed.bytesAt(index);
    const entry = this.#recent[index - this.#firstRecent];
    assert(entry !== undefined, "an entry that is held");
    return entryBytes(entry);
  }

  /** The entries in [from, to), all of which are held. */
  slice({ from, to }: { from: number; to: number }): readonly Entry[] {
    if (from === to) return NO_ENTRIES;
    assert(
      this.firstIndex <= from && from < to && to <= this.lastIndex + 1,
      "slice of entries that are held",
    );
    const first = this.#firstRecent;
    if (from >= first) return this.#recent.slice(from - first, to - first);
    const older: Entry[] = [];
    for (let at = from; at < Math.min(to, first); at++) older.push(this.#packed.at(at));
    return older.concat(this.#recent.slice(0, Math.max(0, to - first)));
  }

  append(entry: Entry): void {
    this.#recent.push(entry);
    this.#recentBytes += entryBytes(entry);
  }

  /** Removes the entries from `index` on, none of them packed. */
  truncateFrom(index: number): void {
    assert(index >= this.#firstRecent, "what is packed stays");
    for (let at = index; at <= this.lastIndex; at++) this.#recentBytes -= this.bytesAt(at);
    this.#recent.length = Math.min(this.#recent.length, index - this.#firstRecent);
  }

  /** Where to drop up to, for a start, when too much is held; `firstIndex`: nothing is to be dropped (any more). */
  excessEnd({ lastIndex, bytesMax }: Trim): number {
    if (this.bytes <= bytesMax) return this.firstIndex;
    if (this.#packed.bytes > 0) {
      const blockEnd = this.#packed.firstBlockEnd;
      return blockEnd <= lastIndex + 1 ? blockEnd : this.firstIndex;
    }
    let end = this.#firstRecent;
    for (let left = this.bytes; left > bytesMax && end <= lastIndex; end++) left -= this.bytesAt(end);
    return end;
  }

  /** Entries below `index` are dropped. */
  dropBefore(index: number): void {
    if (index <= this.firstIndex) return;
    this.#termBeforeFirst = this.termAt(index - 1) as number;
    this.#forgetRecent(index - this.#firstRecent);
    this.#packed.dropBefore(index);
  }

  /** Packs the entries up to `lastIndex`, when they are many. */
  pack({ lastIndex, bytesMax }: Trim): void {
    const count = lastIndex + 1 - this.#firstRecent;
    if (count < PACK_ENTRIES && this.#recentBytes <= bytesMax * PACK_SHARE) return;
    const blockBytes = Math.min(BLOCK_BYTES_MAX, Math.ceil(bytesMax * BLOCK_SHARE));
    for (let at = 0; at < count; at++) this.#packed.add(this.#recent[at] as Entry, blockBytes);
    this.#forgetRecent(count);
  }

  /** The first `count` of them. */
  #forgetRecent(count: number): void {
    if (count <= 0) return;
    for (let at = 0; at < count; at++) this.#recentBytes -= entryBytes(this.#recent[at] as Entry);
    this.#recent = this.#recent.slice(count);
    this.#firstRecent += count;
  }
}
