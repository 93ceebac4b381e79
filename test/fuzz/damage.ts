/** What happens to files by accident: bits flip, sectors vanish, are swapped or repeated, files are cut. */
import { FILES, PLACED, SOUND } from "./data-directory.js";
import type { Draw } from "./draw.js";
import { mutated } from "./mutate.js";
import type { Step } from "./script.js";
import { LOSE } from "./storage-target.js";

const SECTOR_BYTES = 512;

type Damage = (bytes: Uint8Array, draw: Draw) => Uint8Array;

const DAMAGES: readonly Damage[] = [
  mutated,
  mutated,
  // Sectors of zeros, as a write that was never made leaves them.
  (bytes, draw) => zeroed(bytes, sectors(bytes, draw)),
  (bytes, draw) => zeroed(bytes, { from: sectors(bytes, draw).from, to: bytes.length }),
  (bytes, draw) => {
    const record = draw.pick(PLACED);
    const from = record.offset + SECTOR_BYTES * draw.below((record.end - record.offset) / SECTOR_BYTES);
    return zeroed(bytes, { from, to: draw.once(2) ? record.end : from + SECTOR_BYTES });
  },
  (bytes, draw) => bytes.slice(0, sectors(bytes, draw).from),
  (bytes, draw) => {
    const copy = bytes.slice();
    const { from, to } = sectors(bytes, draw);
    return copy.copyWithin(sectors(bytes, draw).from, from, to);
  },
  (bytes, draw) => {
    const count = Math.floor(bytes.length / SECTOR_BYTES);
    if (count < 2) return mutated(bytes, draw);
    const [one, other] = [SECTOR_BYTES * draw.below(count), SECTOR_BYTES * draw.below(count)];
    const copy = bytes.slice();
    copy.set(bytes.subarray(one, one + SECTOR_BYTES), other);
    copy.set(bytes.subarray(other, other + SECTOR_BYTES), one);
    return copy;
  },
  // A piece of another file in the same place, or anywhere.
  (bytes, draw) => {
    const other = SOUND.contents(draw.pick(FILES));
    const { from, to } = sectors(other, draw);
    const at = draw.once(2) ? from : sectors(bytes, draw).from;
    const copy = bytes.slice();
    copy.set(
      other.subarray(from, to).subarray(0, Math.max(0, bytes.length - at)),
      Math.min(at, bytes.length),
    );
    return copy;
  },
  (_bytes, draw) => SOUND.contents(draw.pick(FILES)),
  (_bytes, draw) => draw.bytes(draw.below(600)),
];

/** One or two files damaged. */
export function damagedFiles(draw: Draw): Step[] {
  return Array.from({ length: draw.once(6) ? 2 : 1 }, () => {
    const file = draw.once(3) ? 3 + draw.below(2) : draw.below(3);
    if (draw.once(24)) return { kind: LOSE, data: Uint8Array.of(file) };
    const bytes = SOUND.contents(FILES[file] as string);
    return { kind: file, data: draw.pick(DAMAGES)(bytes, draw) };
  });
}

/** Whole sectors somewhere in the file, mostly few. */
function sectors(bytes: Uint8Array, draw: Draw): { readonly from: number; readonly to: number } {
  const from = SECTOR_BYTES * draw.below(Math.floor(bytes.length / SECTOR_BYTES) + 1);
  return { from, to: Math.min(bytes.length, from + SECTOR_BYTES * (1 + draw.below(3))) };
}

function zeroed(bytes: Uint8Array, { from, to }: { readonly from: number; readonly to: number }): Uint8Array {
  return bytes.slice().fill(0, from, to);
}
