/**
 * Values outside the JavaScript heap: slabs of memory, each cut into slots of one size, so that a value takes the room of
 * the one in whose place it is put, or of a deleted one. The collector neither moves nor marks them, and no memory waits for
 * it: measured with a million values of 100 bytes, a member's 430 MiB became 380; with values of 4 KiB the collector took half of
 * all processor time.
 */
import { assert } from "../base/assert.js";
import type { ByteString } from "../base/byte-string.js";
import {
  type KeyMetadata,
  type KeyPast,
  METADATA_BYTES,
  readMetadata,
  readPast,
  writeMetadata,
} from "./key-metadata.js";
import {
  emptySlab,
  GRANULE_BYTES,
  giveBackSlot,
  isFull,
  readUint16,
  SLAB_GRANULES,
  SLAB_GRANULES_BITS,
  type Slab,
  takeSlot,
  writeUint16,
} from "./slab.js";

/** Memory outside the JavaScript heap, and how byte strings are copied into it and back. */
export interface ByteMemory {
  /** All zero. */
  allocate(bytes: number): Uint8Array;
  write(memory: Uint8Array, at: number, bytes: ByteString): void;
  read(memory: Uint8Array, start: number, end: number): ByteString;
}

/** Names one value that is kept: a small integer, which costs a tree no object. */
export type Slot = number;

/** Up to here slots have any number of granules; beyond, one of eight between a power of two and the next. */
const FINE_GRANULES_MAX = 64;
/** A quarter of a slab: longer values would leave much of it unused, and are better off as strings. */
const SLOT_GRANULES_MAX = SLAB_GRANULES / 4;
/** A slot begins with the length of its value and what is kept of its key. */
const LENGTH_BYTES = 2;
const HEADER_BYTES = LENGTH_BYTES + METADATA_BYTES;

/** The longest value that can be kept. */
export const SLOT_VALUE_BYTES_MAX = SLOT_GRANULES_MAX * GRANULE_BYTES - HEADER_BYTES;

export class Slabs {
  readonly #bytes: ByteMemory;
  /** By number; null: given back. */
  readonly #slabs: (Slab | null)[] = [];
  /** Numbers that are not in use. */
  readonly #vacant: number[] = [];
  /** By granules of a slot: the slabs that have room, the one to fill next last. */
  readonly #open: number[][] = [];
  #views = 0;
  /** Freed since somebody began to look at things as they were. */
  #deferred: Slot[] = [];

  constructor(bytes: ByteMemory) {
    this.#bytes = bytes;
  }

  /** Of all slabs, however full they are. */
  get memoryBytes(): number {
    return (this.#slabs.length - this.#vacant.length) * SLAB_GRANULES * GRANULE_BYTES;
  }

  /** `value` has at most {@link SLOT_VALUE_BYTES_MAX} bytes. */
  keep(value: ByteString, metadata: KeyMetadata): Slot {
    const slotGranules = slotGranulesFor(value);
    const open = this.#openOf(slotGranules);
    const number = open.at(-1) ?? this.#addSlab(slotGranules);
    const slab = this.#slabs[number] as Slab;
    const granule = takeSlot(slab);
    if (isFull(slab)) open.pop();
    this.#write(slab, granule * GRANULE_BYTES, value, metadata);
    return (number << SLAB_GRANULES_BITS) | granule;
  }

  read(slot: Slot): ByteString {
    const { memory } = this.#slab(slot);
    const at = placeOf(slot);
    const start = at + HEADER_BYTES;
    return this.#bytes.read(memory, start, start + readUint16(memory, at));
  }

  /** Of its value, in bytes. */
  lengthOf(slot: Slot): number {
    return readUint16(this.#slab(slot).memory, placeOf(slot));
  }

  pastOf(slot: Slot): KeyPast {
    return readPast(this.#slab(slot).memory, placeOf(slot) + LENGTH_BYTES);
  }

  metadataOf(slot: Slot): KeyMetadata {
    return readMetadata(this.#slab(slot).memory, placeOf(slot) + LENGTH_BYTES);
  }

  /** Keeps `value` and `metadata` instead of what `slot` holds, and tells where. */
  replace(slot: Slot, value: ByteString, metadata: KeyMetadata): Slot {
    const slab = this.#slab(slot);
    if (this.#views === 0 && slab.slotGranules === slotGranulesFor(value)) {
      this.#write(slab, placeOf(slot), value, metadata);
      return slot;
    }
    const replacement = this.keep(value, metadata);
    this.free(slot);
    return replacement;
  }

  /** The value of `slot` is of no use any more to the present, though it may be to a view. */
  free(slot: Slot): void {
    if (this.#views > 0) this.#deferred.push(slot);
    else this.#release(slot);
  }

  /** What is kept now stays readable until {@link endView}, whatever becomes of it. */
  beginView(): void {
    this.#views++;
  }

  endView(): void {
    assert(this.#views > 0, "a view ends once");
    this.#views--;
    if (this.#views > 0) return;
    const deferred = this.#deferred;
    this.#deferred = [];
    for (const slot of deferred) this.#release(slot);
  }

  #slab(slot: Slot): Slab {
    const slab = this.#slabs[slot >>> SLAB_GRANULES_BITS];
    assert(slab !== undefined && slab !== null, "a slot lies in a slab");
    return slab;
  }

  #openOf(slotGranules: number): number[] {
    this.#open[slotGranules] ??= [];
    return this.#open[slotGranules];
  }

  #addSlab(slotGranules: number): number {
    const memory = this.#bytes.allocate(SLAB_GRANULES * GRANULE_BYTES);
    const number = this.#vacant.pop() ?? this.#slabs.length;
    assert(number < 2 ** (31 - SLAB_GRANULES_BITS), "values take at most 32 GiB");
    this.#slabs[number] = emptySlab(memory, slotGranules);
    this.#openOf(slotGranules).push(number);
    return number;
  }

  #write({ memory }: Slab, at: number, value: ByteString, metadata: KeyMetadata): void {
    writeUint16(memory, at, value.length);
    writeMetadata(memory, at + LENGTH_BYTES, metadata);
    this.#bytes.write(memory, at + HEADER_BYTES, value);
  }

  #release(slot: Slot): void {
    const slab = this.#slab(slot);
    const number = slot >>> SLAB_GRANULES_BITS;
    const open = this.#openOf(slab.slotGranules);
    if (isFull(slab)) open.push(number);
    giveBackSlot(slab, granuleOf(slot));
    // One empty slab of each size stays, so that a value that comes and goes does not take one with it each time.
    if (slab.used > 0 || open.length === 1) return;
    open.splice(open.indexOf(number), 1);
    this.#slabs[number] = null;
    this.#vacant.push(number);
  }
}

/** Where in its slab. */
function granuleOf(slot: Slot): number {
  return slot & (SLAB_GRANULES - 1);
}

/** The byte of its slab at which it begins. */
function placeOf(slot: Slot): number {
  return granuleOf(slot) * GRANULE_BYTES;
}

/** At most an eighth more than the value needs. */
function slotGranulesFor(value: ByteString): number {
  const granules = Math.ceil((HEADER_BYTES + value.length) / GRANULE_BYTES);
  if (granules <= FINE_GRANULES_MAX) return granules;
  const step = 2 ** (28 - Math.clz32(granules - 1));
  return Math.ceil(granules / step) * step;
}
