/** Ways in which bytes go wrong on their way: by accident, and by somebody who knows the format a little. */
import type { Draw } from "./draw.js";

type Mutation = (bytes: Uint8Array, draw: Draw) => Uint8Array;

const LENGTHS = [0, 1, 0x7f, 0xff, 0xffff, 0x7fff_ffff, 0xffff_fff0, 0xffff_ffff];
/** 2⁶⁴ − 1, 2⁵³ and 2³¹ as varints, and one that never ends. */
const VARINTS = [
  Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01),
  Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10),
  Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x08),
  new Uint8Array(11).fill(0xff),
];
/** Starts of protobuf groups, which nest as deep as there are bytes. */
const GROUP = 0x0b;

const MUTATIONS: readonly Mutation[] = [
  (bytes, draw) => changed(bytes, (copy) => flip(copy, draw)),
  (bytes, draw) => changed(bytes, (copy) => flip(copy, draw)),
  (bytes, draw) => changed(bytes, (copy) => set(copy, draw)),
  (bytes, draw) => bytes.slice(0, draw.below(bytes.length + 1)),
  (bytes, draw) => {
    const { from, to } = range(bytes, draw);
    return joined(bytes.subarray(0, from), bytes.subarray(to));
  },
  (bytes, draw) => {
    const { from, to } = range(bytes, draw);
    return joined(bytes.subarray(0, to), bytes.subarray(from));
  },
  (bytes, draw) => {
    const { from, to } = range(bytes, draw);
    return changed(bytes, (copy) => copy.fill(draw.pick([0, 0, 0xff]), from, to));
  },
  (bytes, draw) => {
    const { from, to } = range(bytes, draw);
    return changed(bytes, (copy) => copy.copyWithin(draw.below(bytes.length + 1), from, to));
  },
  (bytes, draw) => {
    const at = draw.below(bytes.length + 1);
    return joined(bytes.subarray(0, at), draw.pick(VARINTS), bytes.subarray(at));
  },
  (bytes, draw) => {
    const at = draw.below(bytes.length + 1);
    const groups = new Uint8Array(1 + draw.below(200)).fill(GROUP);
    return joined(bytes.subarray(0, at), groups, bytes.subarray(at));
  },
  (bytes, draw) => {
    if (bytes.length < 4) return bytes;
    return changed(bytes, (copy) => setLength(copy, draw));
  },
];

/** `bytes` with one to four things wrong with it; the bytes given stay as they are. */
export function mutated(bytes: Uint8Array, draw: Draw): Uint8Array {
  let result = bytes;
  for (let left = 1 + draw.below(4); left > 0; left--) result = draw.pick(MUTATIONS)(result, draw);
  return result;
}

export function joined(...pieces: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function changed(bytes: Uint8Array, change: (copy: Uint8Array) => void): Uint8Array {
  // Not `slice`, which of a Buffer is no copy.
  const copy = new Uint8Array(bytes);
  if (copy.length > 0) change(copy);
  return copy;
}

function flip(bytes: Uint8Array, draw: Draw): void {
  const at = draw.below(bytes.length);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << draw.below(8));
}

function set(bytes: Uint8Array, draw: Draw): void {
  bytes[draw.below(bytes.length)] = draw.pick([0, 1, 0x7f, 0x80, 0xff, draw.below(256)]);
}

function setLength(bytes: Uint8Array, draw: Draw): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  view.setUint32(draw.below(bytes.length - 3), draw.pick(LENGTHS), draw.once(2));
}

/** Mostly short ones. */
function range(bytes: Uint8Array, draw: Draw): { readonly from: number; readonly to: number } {
  const from = draw.below(bytes.length + 1);
  const lengthMax = draw.once(3) ? bytes.length : 16;
  return { from, to: Math.min(bytes.length, from + draw.below(lengthMax + 1)) };
}
