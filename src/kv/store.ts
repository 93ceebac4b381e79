/**
 * The keys and values, in byte order of keys. Keys are any bytes (PITFALLS 51): nothing here
 * is ever a property name.
 */
import { afterPrefix, type ByteString } from "../base/byte-string.js";
import { appended } from "./appended.js";
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

export class Store {
  #tree: SortedTree<ByteString, ByteString> = sortedTree();

  get keyCount(): number {
    return this.#tree.size;
  }

  /** Constant time. What is shared is copied, node by node, by whichever side writes first. */
  clone(): Store {
    const clone = new Store();
    clone.#tree = this.#tree.clone();
    return clone;
  }

  get(key: ByteString): ByteString | undefined {
    return this.#tree.get(key);
  }

  put(key: ByteString, value: ByteString): void {
    this.#tree.set(key, value);
  }

  /** False, and nothing is changed, where the value would have more than `valueBytesMax` bytes. */
  append(key: ByteString, value: ByteString, valueBytesMax: number): boolean {
    const old = this.#tree.get(key);
    if ((old?.length ?? 0) + value.length > valueBytesMax) return false;
    this.#tree.set(key, old === undefined ? value : appended(old, value));
    return true;
  }

  /** Whether the key was there. */
  delete(key: ByteString): boolean {
    return this.#tree.delete(key);
  }

  /** One page: as many pairs as `pageBytesMax` allows, but always one, if there is one. */
  scan(range: ScanRange, pageBytesMax: number): ScanPage {
    const { prefix, limit, keysOnly } = range;
    let from = prefix;
    if (range.from > from) from = range.from;
    const to = least(range.to === "" ? undefined : range.to, afterPrefix(prefix));
    const pairs: { key: ByteString; value: ByteString }[] = [];
    let bytes = 0;
    for (const [key, stored] of this.#tree.entries(from)) {
      if (to !== undefined && key >= to) break;
      const value = keysOnly ? "" : stored;
      bytes += key.length + value.length + PAIR_OVERHEAD_BYTES;
      const full = bytes > pageBytesMax || (limit !== 0 && pairs.length === limit);
      if (full && pairs.length > 0) return { pairs, nextKey: key };
      pairs.push({ key, value });
    }
    return { pairs, nextKey: "" };
  }

  /** In byte order of keys. */
  pairs(): IterableIterator<[ByteString, ByteString]> {
    return this.#tree.entries();
  }
}

function least(a: ByteString | undefined, b: ByteString | undefined): ByteString | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? a : b;
}
