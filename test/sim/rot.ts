/** What time does to the files of a disk. */
import type { SimulatedDisk } from "../storage/simulated-disk.js";
import type { Dice } from "./dice.js";

const SECTOR_BYTES = 512;

/** Spoils one of the files in which something is written, and says which; null: there is none. */
export function rotSomewhere(disk: SimulatedDisk, dice: Dice): string | null {
  const written = disk.paths().filter((file) => disk.contents(file).some((byte) => byte !== 0));
  if (written.length === 0) return null;
  const file = dice.pick(written);
  // The last record of a log without one of its sectors looks torn (segment-scan.ts): so none of those where it may be.
  const segments = written.filter((each) => each.endsWith(".wal"));
  const isSealed = segments.slice(0, -2).includes(file);
  const spoil = isSealed && dice.chance(50) ? withoutSector : withBitsTurned;
  disk.tamper(file, (bytes) => spoil(bytes, dice));
  return file;
}

function withBitsTurned(bytes: Uint8Array, dice: Dice): Uint8Array {
  const turned = bytes.slice();
  const end = writtenBytes(bytes);
  for (let bits = dice.between(1, 4); bits > 0; bits--) {
    const at = dice.below(end);
    turned[at] = (turned[at] ?? 0) ^ (1 << dice.below(8));
  }
  return turned;
}

/** One of those where something is written holds zeros instead. */
function withoutSector(bytes: Uint8Array, dice: Dice): Uint8Array {
  const at = dice.below(Math.ceil(writtenBytes(bytes) / SECTOR_BYTES)) * SECTOR_BYTES;
  return bytes.slice().fill(0, at, at + SECTOR_BYTES);
}

function writtenBytes(bytes: Uint8Array): number {
  return bytes.findLastIndex((byte) => byte !== 0) + 1;
}
