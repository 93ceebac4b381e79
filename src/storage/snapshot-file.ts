/**
 * The format of a snapshot file. It is also what travels to followers, byte for byte, so it holds nothing of
 * the member that wrote it. An envelope with the metadata, then blocks, then one block without bytes, where
 * the file ends:
 *
 *     0  block number, from 0     8  CRC-32 of the body
 *     4  body length              12  CRC-32 of bytes 0–11     16  body
 *
 * Checksums continue from the envelope's, the body's from the block header as well, so a block belongs to one
 * place of one snapshot. The last block's number is the count of the others: a file cut between blocks is
 * noticed (PITFALLS 24).
 */
import { crc32 } from "node:zlib";
import type { SnapshotMetadata } from "../raft/entry.js";
import { isSoundMetadata } from "../raft/validation.js";
import { asBuffer } from "../wire/bytes.js";
import { decodeSnapshotMetadata, encodeSnapshotMetadata } from "../wire/disk-codec.js";
import { WireError } from "../wire/errors.js";
import type { DiskFile } from "./disk.js";
import { ENVELOPE_HEADER_BYTES, openEnvelope, sealEnvelope } from "./envelope.js";
import { StorageError } from "./storage-error.js";

const BLOCK_HEADER_BYTES = 16;
/** Far more than any number of members needs. */
const METADATA_BYTES_MAX = 64 * 1024;
/** The event loop turns between two reads of so many bytes. */
const READ_BYTES_MAX = 512 * 1024;

/** The bytes of a snapshot's beginning and of its blocks, in order. */
export class SnapshotEncoder {
  /** What the file begins with. */
  readonly start: Uint8Array;
  readonly #seed: number;
  #number = 0;

  constructor(metadata: SnapshotMetadata) {
    this.start = sealEnvelope("snapshot", encodeSnapshotMetadata(metadata));
    this.#seed = openEnvelope("snapshot", this.start, "").checksum;
  }

  /** The header to write before `block`; an empty block ends the file. */
  blockHeader(block: Uint8Array): Uint8Array {
    const header = Buffer.alloc(BLOCK_HEADER_BYTES);
    header.writeUInt32LE(this.#number, 0);
    header.writeUInt32LE(block.length, 4);
    header.writeUInt32LE(crc32(block, crc32(header.subarray(0, 8), this.#seed)), 8);
    header.writeUInt32LE(crc32(header.subarray(0, 12), this.#seed), 12);
    this.#number++;
    return header;
  }
}

export interface SnapshotStart {
  readonly metadata: SnapshotMetadata;
  readonly seed: number;
  /** Where the blocks begin. */
  readonly end: number;
}

/** Reads and checks the beginning of a snapshot file. */
export async function readSnapshotStart(file: DiskFile, path: string): Promise<SnapshotStart> {
  const bytes = new Uint8Array(ENVELOPE_HEADER_BYTES + METADATA_BYTES_MAX);
  const length = await file.read(bytes, 0);
  const envelope = openEnvelope("snapshot", bytes.subarray(0, length), path);
  try {
    const metadata = decodeSnapshotMetadata(envelope.body);
    if (!isSoundMetadata(metadata)) throw new WireError("field-invalid", "there can be no such snapshot");
    return { metadata, seed: envelope.checksum, end: envelope.end };
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    const what = `the snapshot's metadata cannot be understood: ${error.message}`;
    throw new StorageError("corrupt", what, { file: path, offset: ENVELOPE_HEADER_BYTES, cause: error });
  }
}

/**
 * The blocks of a snapshot file in order, each verified before it is handed out; throws StorageError where
 * one is damaged. While the caller is busy with a block the next one is read.
 */
export async function* readSnapshotBlocks(
  file: DiskFile,
  path: string,
  start: SnapshotStart,
): AsyncGenerator<Uint8Array> {
  const source = { file, path, seed: start.seed, sizeBytes: await file.size() };
  const header = Buffer.alloc(BLOCK_HEADER_BYTES);
  const headerBytes = await file.read(header, start.end);
  let reading = readBlock(source, { number: 0, offset: start.end, header: header.subarray(0, headerBytes) });
  try {
    for (;;) {
      const { body, next } = await reading;
      if (body.length === 0) return;
      reading = readBlock(source, next);
      // What is wrong with it is told when it is its turn.
      reading.catch(() => {});
      yield body;
    }
  } finally {
    // Whoever stops here may close the file.
    await reading.catch(() => {});
  }
}

interface BlockPlace {
  readonly number: number;
  readonly offset: number;
  /** As much of it as there is. */
  readonly header: Buffer;
}

/** The block there, verified, and where the next one is, whose header comes with the same read. */
async function readBlock(
  {
    file,
    path,
    seed,
    sizeBytes,
  }: {
    readonly file: DiskFile;
    readonly path: string;
    readonly seed: number;
    readonly sizeBytes: number;
  },
  { number, offset, header }: BlockPlace,
): Promise<{ readonly body: Uint8Array; readonly next: BlockPlace }> {
  const corrupt = (at: number, what: string) => new StorageError("corrupt", what, { file: path, offset: at });
  if (header.length < BLOCK_HEADER_BYTES) throw corrupt(offset, "the snapshot ends before its last block");
  if (crc32(header.subarray(0, 12), seed) !== header.readUInt32LE(12)) {
    throw corrupt(offset, "the header of a block fails its checksum");
  }
  if (header.readUInt32LE(0) !== number)
    throw corrupt(offset, `block ${header.readUInt32LE(0)} stands where block ${number} belongs`);
  const length = header.readUInt32LE(4);
  const bodyOffset = offset + BLOCK_HEADER_BYTES;
  const end = bodyOffset + length;
  if (end > sizeBytes) throw corrupt(offset, "the snapshot ends within this block");
  const bytes = new Uint8Array(Math.min(length + BLOCK_HEADER_BYTES, sizeBytes - bodyOffset));
  let checksum = crc32(header.subarray(0, 8), seed);
  for (let at = 0; at < bytes.length; at += READ_BYTES_MAX) {
    const part = bytes.subarray(at, at + READ_BYTES_MAX);
    await file.read(part, bodyOffset + at);
    checksum = crc32(part.subarray(0, Math.max(0, length - at)), checksum);
  }
  if (checksum !== header.readUInt32LE(8)) throw corrupt(offset, "a block fails its checksum");
  if (length === 0 && end !== sizeBytes)
    throw corrupt(end, "there is something after the snapshot's last block");
  return {
    body: bytes.subarray(0, length),
    next: { number: number + 1, offset: end, header: asBuffer(bytes.subarray(length)) },
  };
}
