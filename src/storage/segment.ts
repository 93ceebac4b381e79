/**
 * Segment files: their names, their first sector, and how one comes to be. A segment is allocated, filled
 * with zeros and durable under its name before the first record goes into it, so that an append changes no
 * metadata.
 *
 * The first sector holds the envelope with sequence, size and eight random bytes, then zeros. The envelope's
 * checksum is the seed of every checksum in the segment: neither records of another segment nor bytes that a
 * client made up can pass for records of this one.
 */
import path from "node:path";
import { type Disk, type DiskFile, writeDurably, writeZeros } from "./disk.js";
import { openEnvelope, readUint53, sealEnvelope, writeUint53 } from "./envelope.js";
import { SECTOR_BYTES } from "./log-record.js";
import { StorageError } from "./storage-error.js";

const SEGMENT_NAME = /^(\d{16})\.wal$/;
const UNFINISHED_SUFFIX = ".new";
export const SALT_BYTES = 8;
const HEADER_BODY_BYTES = 16 + SALT_BYTES;

/** Records name their place in 32 bits. */
const SEGMENT_BYTES_MAX = 2 ** 32;

/** Where the records of a segment begin. */
export const RECORDS_OFFSET = SECTOR_BYTES;

export interface SegmentHeader {
  /** From 1, without gaps from the oldest segment to the newest. */
  readonly sequence: number;
  /** Of the whole file. */
  readonly sizeBytes: number;
  readonly seed: number;
}

/** A segment that is open for writing. */
export interface OpenSegment extends SegmentHeader {
  readonly path: string;
  readonly file: DiskFile;
}

export function segmentPath(directory: string, sequence: number): string {
  return path.join(directory, `${String(sequence).padStart(16, "0")}.wal`);
}

/** Sequences of the segments in `directory`, ascending, and names of what an interrupted preparation left. */
export async function listSegments(
  disk: Disk,
  directory: string,
): Promise<{ sequences: number[]; leftovers: string[] }> {
  const names = await disk.list(directory);
  const sequences = names.flatMap((name) => SEGMENT_NAME.exec(name)?.[1] ?? []).map(Number);
  return {
    sequences: sequences.sort((a, b) => a - b),
    leftovers: names.filter((name) => name.endsWith(UNFINISHED_SUFFIX)),
  };
}

/**
 * Makes a segment of zeros, durable under its name (which it takes over from a segment that holds no record).
 * Null where `stopped` said so on the way.
 */
export async function prepareSegment(
  disk: Disk,
  directory: string,
  options: { readonly sequence: number; readonly sizeBytes: number; readonly salt: Uint8Array },
  stopped: () => boolean,
): Promise<OpenSegment | null> {
  const { sequence, sizeBytes } = options;
  const target = segmentPath(directory, sequence);
  const file = await disk.open(target + UNFINISHED_SUFFIX, "create");
  const header = sealHeader(options);
  await writeDurably(file, header, 0);
  if (!(await writeZeros(file, { from: header.length, to: sizeBytes }, stopped))) {
    await file.close();
    await disk.unlink(target + UNFINISHED_SUFFIX);
    return null;
  }
  await file.sync();
  await file.close();
  await disk.rename(target + UNFINISHED_SUFFIX, target);
  await disk.syncDirectory(directory);
  return { ...openHeader(header, target, sequence), path: target, file: await disk.open(target, "write") };
}

/** Reads the first sector of the segment that is named `sequence`. */
export function openHeader(start: Uint8Array, file: string, sequence: number): SegmentHeader {
  const envelope = openEnvelope("log segment", start.subarray(0, SECTOR_BYTES), file);
  const body = Buffer.from(envelope.body);
  const corrupt = (what: string) => new StorageError("corrupt", what, { file, offset: 0 });
  if (body.length !== HEADER_BODY_BYTES) throw corrupt("the header of the segment has the wrong length");
  if (readUint53(body, 0) !== sequence) {
    throw corrupt(`this is segment ${readUint53(body, 0)} under the name of segment ${sequence}`);
  }
  for (let at = envelope.end; at < SECTOR_BYTES; at++) {
    if (start[at] !== 0)
      throw new StorageError("corrupt", "there is something after the segment's header", {
        file,
        offset: at,
      });
  }
  const sizeBytes = readUint53(body, 8);
  if (sizeBytes < SECTOR_BYTES || sizeBytes > SEGMENT_BYTES_MAX || sizeBytes % SECTOR_BYTES !== 0) {
    throw corrupt(`no segment is ${sizeBytes} bytes long`);
  }
  return { sequence, sizeBytes, seed: envelope.checksum };
}

function sealHeader(options: { sequence: number; sizeBytes: number; salt: Uint8Array }): Uint8Array {
  const body = Buffer.alloc(HEADER_BODY_BYTES);
  writeUint53(body, options.sequence, 0);
  writeUint53(body, options.sizeBytes, 8);
  body.set(options.salt, 16);
  const sector = new Uint8Array(SECTOR_BYTES);
  sector.set(sealEnvelope("log segment", body));
  return sector;
}
