/**
 * Values outside the JavaScript heap: slabs of memory, each cut into slots of one size, so that a value takes the room of
 * the one in whose place it is put, or of a deleted one. The collector neither moves nor marks them, and no memory waits for
 * it: measured with a million values of 100 bytes, a member's 430 MiB became 380; with values of 4 KiB the collector took half of
 * all processor time.
 */
import { assert } from "../base/assert.js";
import type { ByteString } from "../base/byte-string.js";

/** Memory outside the JavaScript heap, and how byte strings are copied into it and back. */
export interface ByteMemory {
  /** All zero. */
  allocate(bytes: number): Uint8Array;
  write(memory: Uint8Array, at: number, bytes: ByteString): void;
  read(memory: Uint8Array, start: number, end: number): ByteString;
}

/** Names one value that is kept: a small integer, which costs a tree no object. */
export type Slot = number;

/** Slots are multiples of this. */
const GRANULE_BYTES = 16;
/** Slabs of 256 KiB: the operating system gives only those of their pages that were written to. */
const SLAB_GRANULES_BITS = 14;
const SLAB_GRANULES = 2 ** SLAB_GRANULES_BITS;
/** Up to here slots have any number of granules; beyond, one of eight between a power of two and the next. */
const FINE_GRANULES_MAX = 64;
/** A quarter of a slab: longer values would leave much of it unused, and are better off as strings. */
const SLOT_GRANULES_MAX = SLAB_GRANULES / 4;
/** A slot begins with the length of its value, or, while it is free, with the next free slot of its slab. */
const HEADER_BYTES = 2;
const NO_SLOT = 0xffff;

/** The longest value that can be kept. */
export const SLOT_VALUE_BYTES_MAX = SLOT_GRANULES_MAX * GRANULE_BYTES - HEADER_BYTES;

interface Slab {
  readonly memory: Uint8Array;
  readonly slotGranules: number;
  /** Slots that hold a value. */
  used: number;
  /** The granule of the first free slot among those that were used before; the others follow in a chain. */
  firstFree: number;
  /** From this granule on nothing was ever used. */
  fresh: number;
}

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
  keep(value: ByteString): Slot {
    const slotGranules = slotGranulesFor(value);
    const open = this.#openOf(slotGranules);
    const number = open.at(-1) ?? this.#addSlab(slotGranules);
    const slab = this.#slabs[number] as Slab;
    const granule = takeSlot(slab);
    if (isFull(slab)) open.pop();
    this.#write(slab, granule, value);
    return (number << SLAB_GRANULES_BITS) | granule;
  }

  read(slot: Slot): ByteString {
    const { memory } = this.#slab(slot);
    const at = granuleOf(slot) * GRANULE_BYTES;
    const start = at + HEADER_BYTES;
    return this.#bytes.read(memory, start, start + header(memory, at));
  }

  /** Keeps `value` instead of what `slot` holds, and tells where. */
  replace(slot: Slot, value: ByteString): Slot {
    const slab = this.#slab(slot);
    if (this.#views === 0 && slab.slotGranules === slotGranulesFor(value)) {
      this.#write(slab, granuleOf(slot), value);
      return slot;
    }
    const replacement = this.keep(value);
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
    this.#slabs[number] = { memory, slotGranules, used: 0, firstFree: NO_SLOT, fresh: 0 };
    this.#openOf(slotGranules).push(number);
    return number;
  }

  #write(slab: Slab, granule: number, value: ByteString): void {
    const at = granule * GRANULE_BYTES;
    setHeader(slab.memory, at, value.length);
    this.#bytes.write(slab.memory, at + HEADER_BYTES, value);
  }

  #release(slot: Slot): void {
    const slab = this.#slab(slot);
    const number = slot >>> SLAB_GRANULES_BITS;
    const granule = granuleOf(slot);
    const open = this.#openOf(slab.slotGranules);
    if (isFull(slab)) open.push(number);
    setHeader(slab.memory, granule * GRANULE_BYTES, slab.firstFree);
    slab.firstFree = granule;
    slab.used--;
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

/** At most an eighth more than the value needs. */
function slotGranulesFor(value: ByteString): number {
  const granules = Math.ceil((HEADER_BYTES + value.length) / GRANULE_BYTES);
  if (granules <= FINE_GRANULES_MAX) return granules;
  const step = 2 ** (28 - Math.clz32(granules - 1));
  return Math.ceil(granules / step) * step;
}

function isFull(slab: Slab): boolean {
  return slab.firstFree === NO_SLOT && slab.fresh + slab.slotGranules > SLAB_GRANULES;
}

function takeSlot(slab: Slab): number {
  slab.used++;
  const granule = slab.firstFree;
  if (granule === NO_SLOT) {
    const fresh = slab.fresh;
    slab.fresh += slab.slotGranules;
    return fresh;
  }
  slab.firstFree = header(slab.memory, granule * GRANULE_BYTES);
  return granule;
}

function header(memory: Uint8Array, at: number): number {
  return (memory[at] as number) | ((memory[at + 1] as number) << 8);
}

function setHeader(memory: Uint8Array, at: number, value: number): void {
  memory[at] = value;
  memory[at + 1] = value >>> 8;
}
