/**
 * The keys and values, in byte order of keys, and what is kept of each key beside its value. Keys are any bytes
 * (PITFALLS 51): nothing here is ever a property name.
 */
import { afterPrefix, type ByteString } from "../base/byte-string.js";
import { appended } from "./appended.js";
import type { LogPosition } from "./command.js";
import { explanation, type KeyExplanation } from "./explanation.js";
import {
  afterAppend,
  afterPut,
  type Change,
  type KeptPair,
  type KeyMetadata,
  type KeyPast,
} from "./key-metadata.js";
import { type ByteMemory, SLOT_VALUE_BYTES_MAX, Slabs, type Slot } from "./slabs.js";
import { type SortedTree, sortedTree } from "./sorted-tree.js";
import { Terms } from "./terms.js";

export interface ScanRange {
  /** Inclusive; empty: from the first key. */
  readonly from: ByteString;
  /** Exclusive; empty: to the last key. */
  readonly to: ByteString;
  readonly prefix: ByteString;
  /** Pairs at most; 0: as many as fit into a page. */
  readonly limit: number;
  /** Values are left empty. */
  readonly keysOnly: boolean;
}

export interface KeyValue {
  readonly key: ByteString;
  readonly value: ByteString;
}

export interface ScanPage {
  /** In byte order of keys. */
  readonly pairs: readonly KeyValue[];
  /** Where to go on; empty: that was all. */
  readonly nextKey: ByteString;
}

/** What a pair counts for in a page beside its key and value, so that a page of tiny ones stays small too. */
export const PAIR_OVERHEAD_BYTES = 32;

/** What an append makes is kept in a slab up to this length: from there on it costs less to add to a string than to copy it each time. */
const GROWN_IN_SLAB_BYTES_MAX = 1022;

/** A long value, or one that appends made long. */
interface LongValue {
  readonly value: ByteString;
  readonly metadata: KeyMetadata;
}

/** All other values lie in slabs. */
type Stored = Slot | LongValue;
type Tree = SortedTree<ByteString, Stored>;

/** What can be read of a store or of a view. */
abstract class StoreReader {
  /** See {@link Terms.starts}; of all indexes that keys bear. */
  abstract readonly termStarts: readonly LogPosition[];
  protected readonly tree: Tree;
  protected readonly slabs: Slabs;

  constructor(tree: Tree, slabs: Slabs) {
    this.tree = tree;
    this.slabs = slabs;
  }

  get keyCount(): number {
    return this.tree.size;
  }

  get(key: ByteString): ByteString | undefined {
    const stored = this.tree.get(key);
    return stored === undefined ? undefined : this.read(stored);
  }

  explain(key: ByteString): KeyExplanation | undefined {
    const stored = this.tree.get(key);
    if (stored === undefined) return undefined;
    const sizeBytes = typeof stored === "number" ? this.slabs.lengthOf(stored) : stored.value.length;
    return explanation(sizeBytes, this.metadataOf(stored), this.termStarts);
  }

  /** One page: as many pairs as `pageBytesMax` allows, but always one, if there is one. */
  scan(range: ScanRange, pageBytesMax: number): ScanPage {
    const { prefix, limit, keysOnly } = range;
    let from = prefix;
    if (range.from > from) from = range.from;
    const to = least(range.to === "" ? undefined : range.to, afterPrefix(prefix));
    const pairs: { key: ByteString; value: ByteString }[] = [];
    let bytes = 0;
    for (const [key, stored] of this.tree.entries(from)) {
      if (to !== undefined && key >= to) break;
      const value = keysOnly ? "" : this.read(stored);
      bytes += key.length + value.length + PAIR_OVERHEAD_BYTES;
      const full = bytes > pageBytesMax || (limit !== 0 && pairs.length === limit);
      if (full && pairs.length > 0) return { pairs, nextKey: key };
      pairs.push({ key, value });
    }
    return { pairs, nextKey: "" };
  }

  /** In byte order of keys. */
  *pairs(): Generator<KeptPair> {
    for (const [key, stored] of this.tree.entries())
      yield { key, value: this.read(stored), metadata: this.metadataOf(stored) };
  }

  protected read(stored: Stored): ByteString {
    return typeof stored === "number" ? this.slabs.read(stored) : stored.value;
  }

  protected metadataOf(stored: Stored): KeyMetadata {
    return typeof stored === "number" ? this.slabs.metadataOf(stored) : stored.metadata;
  }
}

/** How a store was when {@link Store.view} was called. */
export class StoreView extends StoreReader {
  readonly termStarts: readonly LogPosition[];

  constructor(tree: Tree, slabs: Slabs, termStarts: readonly LogPosition[]) {
    super(tree, slabs);
    this.termStarts = termStarts;
  }

  /** Gives back what only this view still reads. Once, and nothing is read afterwards. */
  release(): void {
    this.slabs.endView();
  }
}

export class Store extends StoreReader {
  readonly #terms = new Terms();

  constructor(bytes: ByteMemory) {
    super(sortedTree(), new Slabs(bytes));
  }

  get termStarts(): readonly LogPosition[] {
    return this.#terms.starts;
  }

  /**
   * Constant time. What is shared of the tree is copied, node by node, as this store is written to. Until the view is
   * released, values that are replaced or deleted keep their memory.
   */
  view(): StoreView {
    this.slabs.beginView();
    return new StoreView(this.tree.clone(), this.slabs, this.termStarts);
  }

  put(key: ByteString, value: ByteString, change: Change): void {
    const old = this.tree.get(key);
    const metadata = afterPut(this.#beginChange(old, change), change);
    this.#place(key, old, { value, metadata }, SLOT_VALUE_BYTES_MAX);
  }

  /** False, and nothing is changed, where the value would have more than `valueBytesMax` bytes. */
  append(key: ByteString, piece: ByteString, valueBytesMax: number, change: Change): boolean {
    const stored = this.tree.get(key);
    const old = stored === undefined ? "" : this.read(stored);
    if (old.length + piece.length > valueBytesMax) return false;
    const metadata = afterAppend(this.#beginChange(stored, change), change);
    this.#place(key, stored, { value: appended(old, piece), metadata }, GROWN_IN_SLAB_BYTES_MAX);
    return true;
  }

  /** Whether the key was there. */
  delete(key: ByteString): boolean {
    const stored = this.tree.get(key);
    if (stored === undefined) return false;
    const { createdIndex, changedIndex } = this.#pastOf(stored);
    this.#terms.release(createdIndex);
    this.#terms.release(changedIndex);
    this.tree.delete(key);
    if (typeof stored === "number") this.slabs.free(stored);
    return true;
  }

  /** Of a snapshot, before any pair. */
  restoreTerms(starts: readonly LogPosition[]): void {
    this.#terms.restore(starts);
  }

  /** A key that is not there yet. False: the terms of its indexes are not known, and the store is of no use any more. */
  restore({ key, value, metadata }: KeptPair): boolean {
    if (!this.#terms.hold(metadata.createdIndex) || !this.#terms.hold(metadata.changedIndex)) return false;
    this.#place(key, undefined, { value, metadata }, SLOT_VALUE_BYTES_MAX);
    return true;
  }

  /** What was of the key before `change`, which is now what it bears. */
  #beginChange(old: Stored | undefined, change: Change): KeyPast | null {
    this.#terms.holdNewest(change);
    if (old === undefined) {
      this.#terms.holdNewest(change);
      return null;
    }
    const past = this.#pastOf(old);
    this.#terms.release(past.changedIndex);
    return past;
  }

  #pastOf(stored: Stored): KeyPast {
    return typeof stored === "number" ? this.slabs.pastOf(stored) : stored.metadata;
  }

  #place(key: ByteString, old: Stored | undefined, kept: LongValue, slotBytesMax: number): void {
    const { tree, slabs } = this;
    const { value, metadata } = kept;
    const inSlot = value.length <= slotBytesMax;
    if (typeof old === "number" && inSlot) {
      const slot = slabs.replace(old, value, metadata);
      if (slot !== old) tree.set(key, slot);
      return;
    }
    tree.set(key, inSlot ? slabs.keep(value, metadata) : kept);
    if (typeof old === "number") slabs.free(old);
  }
}

function least(a: ByteString | undefined, b: ByteString | undefined): ByteString | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? a : b;
}
