/**
 * The older part of the log in memory: entries that are done with here, and kept for followers that were away. Their commands lie
 * packed in blocks of memory which are used again and again, so that what is kept costs its bytes, and neither
 * objects nor time of the collector: as objects, entries of 100 bytes would take twice the room, and each
 * would live long enough to be moved among the old ones before it is dropped.
 */
import { assert } from "../base/assert.js";
import { ENTRY_OVERHEAD_BYTES, type Entry, entryBytes } from "./entry.js";

/** Consecutive entries, as many as find room. */
interface Block {
  readonly firstIndex: number;
  /** Where the data of each entry begins in `memory`; it ends where the next one's begins, or at `usedBytes`. */
  readonly starts: number[];
  usedBytes: number;
  readonly memory: Uint8Array;
}

/** Entries of one term, from `firstIndex` to the next run's or the end. */
interface TermRun {
  readonly firstIndex: number;
  readonly term: number;
}

/** Of a block: a longer command is kept as it is, so that no more than this of a block stays unused. */
const SHARE_MAX = 1 / 4;
/** Entries without data fill no memory. */
const BLOCK_ENTRIES_MAX = 4096;

export class PackedEntries {
  /** These, the runs of terms and the whole entries are contiguous or ascending in index. */
  readonly #blocks: Block[] = [];
  readonly #runs: TermRun[] = [];
  /** What is not packed, by index: long commands, and what is no command. */
  readonly #whole = new Map<number, Entry>();
  /** Memory of blocks that were dropped. */
  readonly #spare: Uint8Array[] = [];
  #firstIndex: number;
  #lastIndex: number;
  #bytes = 0;

  /** Empty; the first entry to come is the one at `nextIndex`. */
  constructor(nextIndex: number) {
    this.#firstIndex = nextIndex;
    this.#lastIndex = nextIndex - 1;
  }

  get firstIndex(): number {
    return this.#firstIndex;
  }

  /** One less than `firstIndex` when there is none. */
  get lastIndex(): number {
    return this.#lastIndex;
  }

  /** By `entryBytes`. */
  get bytes(): number {
    return this.#bytes;
  }

  /** `entry` is the next one. Its data is copied, unless it is long; where a block is begun, it takes `blockBytes`. */
  add(entry: Entry, blockBytes: number): void {
    const { index, term } = entry;
    assert(index === this.#lastIndex + 1, "an entry follows the last one");
    const isPacked = entry.kind === "command" && entry.data.length <= blockBytes * SHARE_MAX;
    const length = isPacked ? entry.data.length : 0;
    const block = this.#blockFor(length, blockBytes);
    block.starts.push(block.usedBytes);
    if (isPacked) block.memory.set(entry.data, block.usedBytes);
    else this.#whole.set(index, entry);
    block.usedBytes += length;
    if (this.#runs.at(-1)?.term !== term) this.#runs.push({ firstIndex: index, term });
    this.#lastIndex = index;
    this.#bytes += entryBytes(entry);
  }

  /** `index` is that of an entry held, here and below. */
  termAt(index: number): number {
    return this.#runs[lastAtOrBefore(this.#runs, index)]?.term as number;
  }

  bytesAt(index: number): number {
    const whole = this.#whole.get(index);
    if (whole !== undefined) return entryBytes(whole);
    const { start, end } = this.#locate(index);
    return ENTRY_OVERHEAD_BYTES + end - start;
  }

  /** The entry, with a copy of its data, which stays as it is when the entry is dropped. */
  at(index: number): Entry {
    const whole = this.#whole.get(index);
    if (whole !== undefined) return whole;
    const { memory, start, end } = this.#locate(index);
    return { kind: "command", index, term: this.termAt(index), data: memory.slice(start, end) };
  }

  /** Past the last entry of the first block, whose memory is free again once all of it is dropped. */
  get firstBlockEnd(): number {
    return this.#blocks[1]?.firstIndex ?? this.#lastIndex + 1;
  }

  /** Entries below `index` are dropped; past the last one, the next to come is the one at `index`. */
  dropBefore(index: number): void {
    const end = Math.min(index, this.#lastIndex + 1);
    for (let at = this.#firstIndex; at < end; at++) {
      this.#bytes -= this.bytesAt(at);
      this.#whole.delete(at);
    }
    while (this.#blocks.length > 0 && this.firstBlockEnd <= end) {
      this.#spare.push((this.#blocks.shift() as Block).memory);
    }
    while (this.#runs.length > 0 && (this.#runs[1]?.firstIndex ?? this.#lastIndex + 1) <= end)
      this.#runs.shift();
    this.#firstIndex = index;
    this.#lastIndex = Math.max(this.#lastIndex, index - 1);
  }

  /** The last block if there is room, and a new one otherwise. */
  #blockFor(length: number, blockBytes: number): Block {
    const last = this.#blocks.at(-1);
    if (
      last !== undefined &&
      last.usedBytes + length <= last.memory.length &&
      last.starts.length < BLOCK_ENTRIES_MAX
    ) {
      return last;
    }
    const memory = this.#spare.pop() ?? new Uint8Array(blockBytes);
    const block = { firstIndex: this.#lastIndex + 1, starts: [], usedBytes: 0, memory };
    this.#blocks.push(block);
    return block;
  }

  #locate(index: number): { memory: Uint8Array; start: number; end: number } {
    assert(this.#firstIndex <= index && index <= this.#lastIndex, "an entry that is held");
    const { firstIndex, starts, usedBytes, memory } = this.#blocks[
      lastAtOrBefore(this.#blocks, index)
    ] as Block;
    const place = index - firstIndex;
    return { memory, start: starts[place] as number, end: starts[place + 1] ?? usedBytes };
  }
}

/** Where in `runs`, ascending, the last one is that begins at `index` or before. */
function lastAtOrBefore(runs: readonly { readonly firstIndex: number }[], index: number): number {
  let low = 0;
  let high = runs.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((runs[middle] as { firstIndex: number }).firstIndex <= index) low = middle;
    else high = middle - 1;
  }
  return low;
}
