/** What time does to the files of a disk. */
import path from "node:path";
import { SECTOR_BYTES } from "../../src/storage/log-record.js";
import { openHeader, RECORDS_OFFSET } from "../../src/storage/segment.js";
import { scanSegment } from "../../src/storage/segment-scan.js";
import { StorageError } from "../../src/storage/storage-error.js";
import type { SimulatedDisk } from "../storage/simulated-disk.js";
import type { Dice } from "./dice.js";

/** Spoils one of the files in which something is written, and says which; null: there is none. */
export function rotSomewhere(disk: SimulatedDisk, dice: Dice): string | null {
  const written = disk.paths().filter((file) => disk.contents(file).some((byte) => byte !== 0));
  if (written.length === 0) return null;
  const file = dice.pick(written);
  const end = file.endsWith(".wal") ? lastRecordOffset(file, disk.contents(file)) : RECORDS_OFFSET;
  const losesSector = end > RECORDS_OFFSET && dice.chance(50);
  disk.tamper(file, (bytes) => (losesSector ? withoutSector(bytes, end, dice) : withBitsTurned(bytes, dice)));
  return file;
}

/** The last record of a log without one of its sectors looks torn (segment-scan.ts): so only what comes before it goes. */
function lastRecordOffset(file: string, contents: Uint8Array): number {
  let last = RECORDS_OFFSET;
  try {
    const bytes = Buffer.from(contents);
    const header = openHeader(bytes, file, Number.parseInt(path.basename(file), 10));
    scanSegment({ ...header, file, bytes }, null, (_, { offset }) => {
      last = offset;
    });
  } catch (error) {
    // It is spoilt already.
    if (!(error instanceof StorageError)) throw error;
  }
  return last;
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

/** One of the sectors of the records that end at `end` holds zeros instead. */
function withoutSector(bytes: Uint8Array, end: number, dice: Dice): Uint8Array {
  const at = RECORDS_OFFSET + dice.below((end - RECORDS_OFFSET) / SECTOR_BYTES) * SECTOR_BYTES;
  return bytes.slice().fill(0, at, at + SECTOR_BYTES);
}

function writtenBytes(bytes: Uint8Array): number {
  return bytes.findLastIndex((byte) => byte !== 0) + 1;
}
