/**
 * One slab: a piece of memory that is cut into slots of one size, which are taken and given back. What lies in them is for
 * slabs.ts, but for their first two bytes while they are free.
 */

/** Slots are multiples of this. */
export const GRANULE_BYTES = 16;
/** Slabs of 256 KiB: the operating system gives only those of their pages that were written to. */
export const SLAB_GRANULES_BITS = 14;
export const SLAB_GRANULES = 2 ** SLAB_GRANULES_BITS;
/** In the place of a granule. */
const NO_SLOT = 0xffff;

export interface Slab {
  readonly memory: Uint8Array;
  readonly slotGranules: number;
  /** Slots that are taken. */
  used: number;
  /** The granule of the first free slot among those that were used before; each begins with the next one's. */
  firstFree: number;
  /** From this granule on nothing was ever used. */
  fresh: number;
}

/** `memory`: of SLAB_GRANULES granules. */
export function emptySlab(memory: Uint8Array, slotGranules: number): Slab {
  return { memory, slotGranules, used: 0, firstFree: NO_SLOT, fresh: 0 };
}

export function isFull(slab: Slab): boolean {
  return slab.firstFree === NO_SLOT && slab.fresh + slab.slotGranules > SLAB_GRANULES;
}

/** Its first granule. The slab is not full. */
export function takeSlot(slab: Slab): number {
  slab.used++;
  const granule = slab.firstFree;
  if (granule === NO_SLOT) {
    const fresh = slab.fresh;
    slab.fresh += slab.slotGranules;
    return fresh;
  }
  slab.firstFree = readUint16(slab.memory, granule * GRANULE_BYTES);
  return granule;
}

export function giveBackSlot(slab: Slab, granule: number): void {
  writeUint16(slab.memory, granule * GRANULE_BYTES, slab.firstFree);
  slab.firstFree = granule;
  slab.used--;
}

export function readUint16(memory: Uint8Array, at: number): number {
  return (memory[at] as number) | ((memory[at + 1] as number) << 8);
}

export function writeUint16(memory: Uint8Array, at: number, value: number): void {
  memory[at] = value;
  memory[at + 1] = value >>> 8;
}
