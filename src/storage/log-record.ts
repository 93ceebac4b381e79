/**
 * One record of the write-ahead log as it lies in a segment. Little-endian, from a sector boundary on:
 *
 *     0  magic              16  offset in the segment   28  CRC-32 of bytes 0–27
 *     4  body length        20  mask                    32  body
 *     8  record number      24  CRC-32 of the rest      then 0xff up to the end of the sector
 *
 * - A record owns its sectors whole. Its header lies within one, which a disk writes entirely or not at all,
 *   and no append ever writes to a sector that holds an acknowledged record.
 * - Both checksums continue from the segment's seed, the second from the header as well, so that they bind
 *   segment, offset and number: a record that was copied elsewhere fails (PITFALLS 41, 44).
 * - No sector of a record consists of zeros alone, whatever a client stores: all sectors but the first are
 *   XORed with `mask`, a word chosen so (nearly always 0, which changes nothing). Where segments are zeros
 *   until written, a sector that is still zero was therefore never written: that tells a torn write from rot
 *   (PITFALLS 43).
 */
import { crc32 } from "node:zlib";
import { readUint53, writeUint53 } from "./envelope.js";

/** What a disk writes atomically. Larger units are multiples of it. */
export const SECTOR_BYTES = 512;

const RECORD_HEADER_BYTES = 32;
const RECORD_MAGIC = 0x4352574b;
const PADDING = 0xff;
/** Unused space is megabytes long: compared by sectors alone it takes as long as many thousands of records. */
const ZEROS = new Uint8Array(64 * 1024);
const WORDS_PER_SECTOR = SECTOR_BYTES / 4;
/** A longer record gets memory of its own for once. */
const RETAINED_BYTES_MAX = 1024 * 1024;

export interface RecordPlace {
  /** The segment's. */
  readonly seed: number;
  readonly offset: number;
  /** From 1, one more for each record of the log, across segments. */
  readonly number: number;
}

export interface RecordHeader {
  readonly bodyBytes: number;
  readonly number: number;
  readonly offset: number;
  readonly mask: number;
}

/** Bytes that a record takes in its segment. */
export function recordBytes(bodyBytes: number): number {
  return Math.ceil((RECORD_HEADER_BYTES + bodyBytes) / SECTOR_BYTES) * SECTOR_BYTES;
}

/** Builds records in memory that is used again for the next one. */
export class RecordBuilder {
  #memory = Buffer.alloc(64 * 1024);

  /** The bytes to write; valid until the next call. */
  build(body: Uint8Array, place: RecordPlace): Uint8Array {
    const length = recordBytes(body.length);
    const record = this.#take(length);
    record.set(body, RECORD_HEADER_BYTES);
    record.fill(PADDING, RECORD_HEADER_BYTES + body.length);
    const mask = length > SECTOR_BYTES ? applyMask(record) : 0;
    record.writeUInt32LE(RECORD_MAGIC, 0);
    record.writeUInt32LE(body.length, 4);
    writeUint53(record, place.number, 8);
    record.writeUInt32LE(place.offset, 16);
    record.writeUInt32LE(mask, 20);
    const headerSeed = crc32(record.subarray(0, 24), place.seed);
    record.writeUInt32LE(crc32(record.subarray(RECORD_HEADER_BYTES), headerSeed), 24);
    record.writeUInt32LE(crc32(record.subarray(0, 28), place.seed), 28);
    return record;
  }

  #take(length: number): Buffer {
    if (length > RETAINED_BYTES_MAX) return Buffer.alloc(length);
    if (length > this.#memory.length) this.#memory = Buffer.alloc(RETAINED_BYTES_MAX);
    return this.#memory.subarray(0, length);
  }
}

/** The header at `offset` of a segment's bytes, or null where there is none whose checksum holds. */
export function readRecordHeader(segment: Buffer, offset: number, seed: number): RecordHeader | null {
  if (offset + SECTOR_BYTES > segment.length || segment.readUInt32LE(offset) !== RECORD_MAGIC) return null;
  if (crc32(segment.subarray(offset, offset + 28), seed) !== segment.readUInt32LE(offset + 28)) return null;
  return {
    bodyBytes: segment.readUInt32LE(offset + 4),
    number: readUint53(segment, offset + 8),
    offset: segment.readUInt32LE(offset + 16),
    mask: segment.readUInt32LE(offset + 20),
  };
}

/**
 * A copy of the body of the record at `offset`, which lies in `segment` whole; null where its checksum fails.
 */
export function readRecordBody(segment: Buffer, header: RecordHeader, seed: number): Uint8Array | null {
  const { offset, bodyBytes, mask } = header;
  const end = offset + recordBytes(bodyBytes);
  const headerSeed = crc32(segment.subarray(offset, offset + 24), seed);
  const rest = segment.subarray(offset + RECORD_HEADER_BYTES, end);
  if (crc32(rest, headerSeed) !== segment.readUInt32LE(offset + 24)) return null;
  const record = new Uint8Array(segment.subarray(offset, end));
  if (mask !== 0) xorWords(wordsAfterFirstSector(record), mask);
  return record.subarray(RECORD_HEADER_BYTES, RECORD_HEADER_BYTES + bodyBytes);
}

/** Whether the sector at `offset` holds nothing but zeros. */
export function isZeroSector(segment: Buffer, offset: number): boolean {
  return isZero(segment, offset, offset + SECTOR_BYTES);
}

/** Where the zero sectors end that begin at `offset`: at a sector that holds anything else or is cut off, or where `segment` ends. */
export function zerosEnd(segment: Buffer, offset: number): number {
  const wholeEnd = segment.length - (segment.length % SECTOR_BYTES);
  let at = offset;
  for (const stride of [ZEROS.length, SECTOR_BYTES]) {
    while (at + stride <= wholeEnd && isZero(segment, at, at + stride)) at += stride;
  }
  return at;
}

/** Of [start, end), no longer than `ZEROS`. */
function isZero(segment: Buffer, start: number, end: number): boolean {
  return segment.compare(ZEROS, 0, end - start, start, end) === 0;
}

/**
 * Masks the record where one of its sectors would be zero. A sector turns to zero under a mask only if it
 * repeats that very word, so the least word that no sector repeats will do.
 */
function applyMask(record: Uint8Array): number {
  const words = wordsAfterFirstSector(record);
  const repeated = new Set<number>();
  for (let sector = 0; sector < words.length; sector += WORDS_PER_SECTOR) {
    if (isUniform(words, sector)) repeated.add(words[sector] ?? 0);
  }
  let mask = 0;
  while (repeated.has(mask)) mask++;
  if (mask !== 0) xorWords(words, mask);
  return mask;
}

function isUniform(words: Uint32Array, sector: number): boolean {
  const first = words[sector];
  for (let at = sector + 1; at < sector + WORDS_PER_SECTOR; at++) if (words[at] !== first) return false;
  return true;
}

function xorWords(words: Uint32Array, mask: number): void {
  for (let at = 0; at < words.length; at++) words[at] = (words[at] ?? 0) ^ mask;
}

function wordsAfterFirstSector(record: Uint8Array): Uint32Array {
  return new Uint32Array(
    record.buffer,
    record.byteOffset + SECTOR_BYTES,
    record.length / 4 - WORDS_PER_SECTOR,
  );
}
