/**
 * The keys and values, in byte order of keys. Keys are any bytes (PITFALLS 51): nothing here
 * is ever a property name.
 */
import { afterPrefix, type ByteString } from "../base/byte-string.js";
import { appended } from "./appended.js";
import { type ByteMemory, SLOT_VALUE_BYTES_MAX, Slabs, type Slot } from "./slabs.js";
import { type SortedTree, sortedTree } from "./sorted-tree.js";

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

/** Values lie in slabs, but for long ones and those that appends made long, which are strings. */
type Stored = Slot | ByteString;
type Tree = SortedTree<ByteString, Stored>;

/** What can be read of a store or of a view. */
class StoreReader {
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
  *pairs(): Generator<readonly [ByteString, ByteString]> {
    for (const [key, stored] of this.tree.entries()) yield [key, this.read(stored)];
  }

  protected read(stored: Stored): ByteString {
    return typeof stored === "number" ? this.slabs.read(stored) : stored;
  }
}

/** How a store was when {@link Store.view} was called. */
export class StoreView extends StoreReader {
  /** Gives back what only this view still reads. Once, and nothing is read afterwards. */
  release(): void {
    this.slabs.endView();
  }
}

export class Store extends StoreReader {
  constructor(bytes: ByteMemory) {
    super(sortedTree(), new Slabs(bytes));
  }

  /**
   * Constant time. What is shared of the tree is copied, node by node, as this store is written to. Until the view is
   * released, values that are replaced or deleted keep their memory.
   */
  view(): StoreView {
    this.slabs.beginView();
    return new StoreView(this.tree.clone(), this.slabs);
  }

  put(key: ByteString, value: ByteString): void {
    this.#place(key, this.tree.get(key), value, SLOT_VALUE_BYTES_MAX);
  }

  /** False, and nothing is changed, where the value would have more than `valueBytesMax` bytes. */
  append(key: ByteString, piece: ByteString, valueBytesMax: number): boolean {
    const stored = this.tree.get(key);
    const old = stored === undefined ? "" : this.read(stored);
    if (old.length + piece.length > valueBytesMax) return false;
    this.#place(key, stored, appended(old, piece), GROWN_IN_SLAB_BYTES_MAX);
    return true;
  }

  /** Whether the key was there. */
  delete(key: ByteString): boolean {
    const stored = this.tree.get(key);
    if (stored === undefined) return false;
    this.tree.delete(key);
    if (typeof stored === "number") this.slabs.free(stored);
    return true;
  }

  #place(key: ByteString, old: Stored | undefined, value: ByteString, slotBytesMax: number): void {
    const { tree, slabs } = this;
    const inSlot = value.length <= slotBytesMax;
    if (typeof old === "number" && inSlot) {
      const slot = slabs.replace(old, value);
      if (slot !== old) tree.set(key, slot);
      return;
    }
    tree.set(key, inSlot ? slabs.keep(value) : value);
    if (typeof old === "number") slabs.free(old);
  }
}

function least(a: ByteString | undefined, b: ByteString | undefined): ByteString | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? a : b;
}
