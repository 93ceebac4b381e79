/**
 * Reads one segment and judges what it finds (PITFALLS 42, 43). Records are written one at a time, each after
 * the one before is durable, each over zeros and each without a sector of zeros of its own. From this
 * follows, at the place where the next record is expected:
 *
 * - A sector of zeros: nothing more was acknowledged. What stands behind it, short of a record, is what a
 *   torn write or a fault in unused space left, and may be erased. A record behind it: this one was durable,
 *   and is lost. Refuse.
 * - A header whose checksum fails: rot, since a header's sector is written whole or not at all. Refuse.
 * - A header that holds with a body that does not: torn if a sector of it is still zero and nothing at all
 *   follows; otherwise rot. Refuse.
 *
 * What cannot be told apart: an acknowledged record, the very last of the log, of which a whole sector later
 * turns to zeros looks like a torn one and is dropped. Only the other members' copies help there.
 */
import { isLogNumber } from "../raft/validation.js";
import {
  isZeroSector,
  readRecordBody,
  readRecordHeader,
  recordBytes,
  SECTOR_BYTES,
  zerosEnd,
} from "./log-record.js";
import { RECORDS_OFFSET, type SegmentHeader } from "./segment.js";
import { StorageError } from "./storage-error.js";

export type Tail =
  /** Zeros to the end. */
  | { readonly kind: "blank" }
  /** Bytes up to `to` that belong to no record. */
  | { readonly kind: "remains"; readonly to: number }
  /** The header of a record whose body is not all there; it would have ended at `to`. */
  | { readonly kind: "torn"; readonly to: number };

export interface ScannedSegment {
  readonly records: number;
  /** Where the next record goes. */
  readonly end: number;
  /** What stands from `end` on. */
  readonly tail: Tail;
}

export interface SegmentBytes extends SegmentHeader {
  readonly file: string;
  /** All there is of the file. */
  readonly bytes: Buffer;
}

/**
 * Hands out the bodies of all records in order, each in memory of its own. `number` is the first one's, where
 * that is known.
 */
export function scanSegment(
  segment: SegmentBytes,
  firstNumber: number | null,
  visit: (body: Uint8Array, place: { readonly number: number; readonly offset: number }) => void,
): ScannedSegment {
  const { bytes, seed } = segment;
  let offset = RECORDS_OFFSET;
  let number = firstNumber;
  let records = 0;
  for (;;) {
    if (offset + SECTOR_BYTES > bytes.length) {
      if (bytes.length < segment.sizeBytes) throw cutShort(segment);
      return { records, end: offset, tail: { kind: "blank" } };
    }
    if (isZeroSector(bytes, offset)) return { records, end: offset, tail: tailAfter(segment, offset) };
    const header = readRecordHeader(bytes, offset, seed);
    if (header === null) throw corrupt(segment, offset, "the header of a record fails its checksum");
    const isInOrder = number === null ? isLogNumber(header.number) : header.number === number;
    if (header.offset !== offset || !isInOrder) {
      throw corrupt(
        segment,
        offset,
        `record ${header.number} is not where it was written, or records before it are gone`,
      );
    }
    const end = offset + recordBytes(header.bodyBytes);
    if (end > bytes.length) throw cutShort(segment);
    const body = readRecordBody(bytes, header, seed);
    if (body === null) return { records, end: offset, tail: tornOrRot(segment, offset, end) };
    visit(body, { number: header.number, offset });
    records++;
    number = header.number + 1;
    offset = end;
  }
}

/** What stands behind the zero sector at `offset`. */
function tailAfter(segment: SegmentBytes, offset: number): Tail {
  let to = offset;
  for (
    let at = zerosEnd(segment.bytes, offset);
    at < segment.bytes.length;
    at = zerosEnd(segment.bytes, to)
  ) {
    if (readRecordHeader(segment.bytes, at, segment.seed) !== null) {
      throw corrupt(
        segment,
        offset,
        `the record here is gone: one that was written after it stands at offset ${at}`,
      );
    }
    to = Math.min(at + SECTOR_BYTES, segment.bytes.length);
  }
  return to === offset ? { kind: "blank" } : { kind: "remains", to };
}

/** The record in [offset, end) has a sound header and a body that fails its checksum. */
function tornOrRot(segment: SegmentBytes, offset: number, end: number): Tail {
  let unwritten = false;
  for (let at = offset + SECTOR_BYTES; at < end && !unwritten; at += SECTOR_BYTES)
    unwritten = isZeroSector(segment.bytes, at);
  if (!unwritten)
    throw corrupt(segment, offset, "a record fails its checksum although all of it was written");
  if (segment.bytes.subarray(end).some((byte) => byte !== 0)) {
    throw corrupt(segment, offset, "a record is incomplete although something was written after it");
  }
  return { kind: "torn", to: end };
}

function cutShort(segment: SegmentBytes): StorageError {
  const { bytes, sizeBytes } = segment;
  return corrupt(
    segment,
    bytes.length,
    `the file ends here within its records; it was made ${sizeBytes} bytes long`,
  );
}

function corrupt(segment: SegmentBytes, offset: number, what: string): StorageError {
  return new StorageError("corrupt", what, { file: segment.file, offset });
}
