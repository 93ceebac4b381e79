import test from "ava";
import fc from "fast-check";
import {
  isZeroSector,
  RecordBuilder,
  readRecordBody,
  readRecordHeader,
  recordBytes,
  SECTOR_BYTES,
  zerosEnd,
} from "../../src/storage/log-record.js";

const SEED = 0x1234_5678;

function place(body: Uint8Array, offset: number, number = 7): Buffer {
  const segment = Buffer.alloc(offset + recordBytes(body.length) + SECTOR_BYTES);
  segment.set(new RecordBuilder().build(body, { seed: SEED, offset, number }), offset);
  return segment;
}

function read(segment: Buffer, offset: number, seed = SEED): Uint8Array | null {
  const header = readRecordHeader(segment, offset, seed);
  return header === null || header.offset !== offset ? null : readRecordBody(segment, header, seed);
}

/** Bodies with long runs of one byte, where sectors of zeros could come from. */
const bodies = fc
  .array(fc.record({ byte: fc.constantFrom(0, 0, 1, 255), times: fc.nat(1500) }), { maxLength: 6 })
  .map((runs) => Uint8Array.from(runs.flatMap(({ byte, times }) => Array<number>(times).fill(byte))));

test("a record is read back as it was written, whatever is in it", (t) => {
  fc.assert(
    fc.property(bodies, fc.integer({ min: 1, max: 2 ** 53 - 1 }), (body, number) => {
      const segment = place(body, 1024, number);
      t.deepEqual(read(segment, 1024), body);
      t.is(readRecordHeader(segment, 1024, SEED)?.number, number);
    }),
    { numRuns: 100 },
  );
});

test("PITFALLS 43: no sector of a written record is all zeros, even where the value is", (t) => {
  fc.assert(
    fc.property(bodies, (body) => {
      const segment = place(body, 512);
      for (let at = 512; at < 512 + recordBytes(body.length); at += SECTOR_BYTES)
        t.false(isZeroSector(segment, at));
    }),
    { numRuns: 100 },
  );
});

test("zeros end at the first sector that holds anything, or is cut off, however far away", (t) => {
  fc.assert(
    fc.property(fc.nat(400 * SECTOR_BYTES), fc.nat(400), fc.nat(), (length, sector, place) => {
      const segment = Buffer.alloc(length);
      const offset = Math.min(sector * SECTOR_BYTES, length - (length % SECTOR_BYTES));
      const wholeEnd = length - (length % SECTOR_BYTES);
      t.is(zerosEnd(segment, offset), wholeEnd);
      if (offset === wholeEnd) return;
      const at = offset + (place % (wholeEnd - offset));
      segment[at] = 1;
      t.is(zerosEnd(segment, offset), at - (at % SECTOR_BYTES));
    }),
    { numRuns: 300 },
  );
});

test("a value made to defeat the mask gets another mask", (t) => {
  const body = Buffer.alloc(64 * SECTOR_BYTES);
  // From the second sector on, sector n repeats the word n: none of the first masks will do.
  for (let sector = 0; sector < 63; sector++) {
    for (let at = 0; at < SECTOR_BYTES; at += 4) body.writeUInt32LE(sector, 480 + sector * SECTOR_BYTES + at);
  }
  const segment = place(body, 512);
  for (let at = 512; at < 512 + recordBytes(body.length); at += SECTOR_BYTES)
    t.false(isZeroSector(segment, at));
  t.deepEqual(read(segment, 512), new Uint8Array(body));
});

test("PITFALLS 41: every flipped bit of a record is noticed, in the header by the header's own checksum", (t) => {
  const body = new Uint8Array(700).fill(3);
  const segment = place(body, 512);
  for (let bit = 512 * 8; bit < (512 + recordBytes(body.length)) * 8; bit++) {
    const at = bit >> 3;
    segment[at] = (segment[at] ?? 0) ^ (1 << (bit & 7));
    if (read(segment, 512) !== null) t.fail(`bit ${bit} went unnoticed`);
    if (at < 512 + 32 && readRecordHeader(segment, 512, SEED) !== null)
      t.fail(`bit ${bit} of the header went unnoticed`);
    segment[at] = (segment[at] ?? 0) ^ (1 << (bit & 7));
  }
  t.deepEqual(read(segment, 512), body);
});

test("PITFALLS 44: a record copied to another place or another segment fails", (t) => {
  const body = new Uint8Array(100).fill(9);
  const segment = Buffer.alloc(4 * SECTOR_BYTES);
  segment.set(place(body, 512).subarray(512, 1024), 1024);
  t.is(read(segment, 1024), null);
  t.is(read(place(body, 512), 512, SEED + 1), null);
});
