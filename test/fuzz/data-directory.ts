/**
 * A sound data directory to damage: a member file, a snapshot, a log of two segments with records in them and a
 * spare one, made by the real writers. And the tools of somebody who knows the formats: checksums that hold whatever
 * the bytes say.
 */
import { crc32 } from "node:zlib";
import type { Entry } from "../../src/raft/entry.js";
import type { LogRecord } from "../../src/server/ports.js";
import { sealEnvelope } from "../../src/storage/envelope.js";
import { RecordBuilder, recordBytes } from "../../src/storage/log-record.js";
import { openHeader, prepareSegment, RECORDS_OFFSET, segmentPath } from "../../src/storage/segment.js";
import { encodeLogRecord, encodeMemberFile } from "../../src/wire/disk-codec.js";
import { commandEntry, put, snapshotFile, THREE } from "./member-stages.js";
import { MemoryDisk } from "./memory-disk.js";

export const DIRECTORY = "/data";
export const LOG_DIRECTORY = `${DIRECTORY}/log`;
export const MEMBER_FILE = `${DIRECTORY}/member`;
export const SNAPSHOT_FILE = `${DIRECTORY}/snapshots/0000000000000005-0000000000000002.snap`;
export const CLUSTER_ID = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const SEGMENT_BYTES = 8192;
export const SNAPSHOT = { lastIncludedIndex: 5, lastIncludedTerm: 2, configuration: THREE };

/** Where a record lies, and what it says. */
export interface PlacedRecord {
  readonly segment: number;
  readonly offset: number;
  readonly end: number;
  readonly number: number;
  readonly record: LogRecord;
}

const hard = (currentTerm: number, commitIndex: number) => ({ currentTerm, votedFor: "n2", commitIndex });
const noop = (index: number, term: number): Entry => ({ kind: "noop", index, term });
const large = (index: number, term: number): Entry => ({ kind: "command", index, term, data: LARGE });
/** Has sectors of zeros, which the log masks. */
const LARGE = new Uint8Array(1200).fill(1, 0, 100);

const RECORDS: readonly (readonly LogRecord[])[] = [
  [
    { hardState: hard(1, 0), snapshot: null, entries: [noop(1, 1)] },
    { hardState: null, snapshot: null, entries: [noop(2, 1), noop(3, 1)] },
    { hardState: hard(1, 3), snapshot: null, entries: [commandEntry(4, 1, put(1)), noop(5, 1)] },
  ],
  [
    { hardState: hard(2, 4), snapshot: null, entries: [noop(5, 2), noop(6, 2)] },
    { hardState: null, snapshot: null, entries: [large(7, 2)] },
    { hardState: hard(3, 5), snapshot: null, entries: [] },
    { hardState: null, snapshot: null, entries: [large(8, 3)] },
  ],
];

export const PLACED: PlacedRecord[] = [];
/** By segment number: what every checksum in it starts from. */
const seeds: number[] = [];

async function make(): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  const member = { clusterId: CLUSTER_ID, memberId: "n1", configuration: THREE };
  disk.tamper(MEMBER_FILE, sealEnvelope("member file", encodeMemberFile(member)));
  disk.tamper(SNAPSHOT_FILE, snapshotFile(SNAPSHOT));
  const builder = new RecordBuilder();
  let number = 1;
  for (const [at, records] of [...RECORDS, []].entries()) {
    const segment = at + 1;
    const salt = new Uint8Array(8).fill(segment);
    await prepareSegment(
      disk,
      LOG_DIRECTORY,
      { sequence: segment, sizeBytes: SEGMENT_BYTES, salt },
      () => false,
    );
    const file = segmentPath(LOG_DIRECTORY, segment);
    const bytes = disk.contents(file).slice();
    const { seed } = openHeader(bytes, file, segment);
    seeds[segment] = seed;
    let offset = RECORDS_OFFSET;
    for (const record of records) {
      const body = encodeLogRecord(record);
      bytes.set(builder.build(body, { seed, offset, number }), offset);
      const end = offset + recordBytes(body.length);
      PLACED.push({ segment, offset, end, number, record });
      offset = end;
      number++;
    }
    disk.tamper(file, bytes);
  }
  return disk;
}

/** Never changed: fork it. */
export const SOUND = await make();

/** Every file by the number that inputs call it. */
export const FILES: readonly string[] = [
  ...[1, 2, 3].map((segment) => segmentPath(LOG_DIRECTORY, segment)),
  MEMBER_FILE,
  SNAPSHOT_FILE,
];

/** A record whose checksums hold, in the place of the one that is there. */
export function forgedRecord(body: Uint8Array, { segment, offset, number }: PlacedRecord): Uint8Array {
  return new RecordBuilder().build(body, { seed: seeds[segment] ?? 0, offset, number }).slice();
}

/** Makes the checksums of the record header at `offset` hold again, and those of its body if it is all there. */
export function mendRecord(
  bytes: Uint8Array,
  { segment, offset }: { segment: number; offset: number },
): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const seed = seeds[segment] ?? 0;
  const end = offset + recordBytes(buffer.readUInt32LE(offset + 4));
  if (end <= buffer.length) {
    const headerSeed = crc32(buffer.subarray(offset, offset + 24), seed);
    buffer.writeUInt32LE(crc32(buffer.subarray(offset + 32, end), headerSeed), offset + 24);
  }
  buffer.writeUInt32LE(crc32(buffer.subarray(offset, offset + 28), seed), offset + 28);
}

/** Makes the checksums of a file's envelope hold again. */
export function mendEnvelope(bytes: Uint8Array): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (buffer.length < 24) return;
  const body = buffer.subarray(24, 24 + buffer.readUInt32LE(12));
  buffer.writeUInt32LE(crc32(body), 16);
  buffer.writeUInt32LE(crc32(buffer.subarray(0, 20)), 20);
}
