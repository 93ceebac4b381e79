/**
 * The beginning that every kind of file shares: what it is, which version of its format, and a small
 * checksummed body. Little-endian:
 *
 *     0  magic, 8 bytes     12  body length     20  CRC-32 of bytes 0–19
 *     8  format version     16  CRC-32 of the body     24  body
 *
 * Magic and version stay where they are for ever, so that any version of the program can tell that a file
 * comes from a newer one, and leaves it alone (PITFALLS 47).
 */
import { crc32 } from "node:zlib";
import { StorageError } from "./storage-error.js";

export const ENVELOPE_HEADER_BYTES = 24;
export const FORMAT_VERSION = 1;

export type FileKind = "log segment" | "snapshot" | "member file";

const MAGIC: Readonly<Record<FileKind, string>> = {
  "log segment": "KVRAFTWL",
  snapshot: "KVRAFTSN",
  "member file": "KVRAFTMB",
};

export interface Envelope {
  readonly body: Uint8Array;
  /** Of the header, and through it of the body: what follows in the file can be bound to it. */
  readonly checksum: number;
  /** Where the envelope ends in the file. */
  readonly end: number;
}

export function sealEnvelope(kind: FileKind, body: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(ENVELOPE_HEADER_BYTES + body.length);
  bytes.write(MAGIC[kind], 0, "latin1");
  bytes.writeUInt32LE(FORMAT_VERSION, 8);
  bytes.writeUInt32LE(body.length, 12);
  bytes.writeUInt32LE(crc32(body), 16);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 20)), 20);
  bytes.set(body, ENVELOPE_HEADER_BYTES);
  return bytes;
}

/**
 * Reads the envelope at the start of `file`; `start` holds its first bytes, enough for the longest body there
 * may be.
 */
export function openEnvelope(kind: FileKind, start: Uint8Array, file: string): Envelope {
  const bytes = Buffer.from(start.buffer, start.byteOffset, start.length);
  const corrupt = (offset: number, what: string) => new StorageError("corrupt", what, { file, offset });
  if (bytes.length < ENVELOPE_HEADER_BYTES) throw corrupt(bytes.length, `the ${kind} ends within its header`);
  if (bytes.toString("latin1", 0, 8) !== MAGIC[kind]) throw corrupt(0, `this is not a ${kind} of kvraft`);
  const version = bytes.readUInt32LE(8);
  if (version !== FORMAT_VERSION) {
    throw new StorageError(
      "unknown-format",
      `the ${kind} has format version ${version}, this program knows ${FORMAT_VERSION}`,
      {
        file,
        offset: 8,
      },
    );
  }
  const checksum = bytes.readUInt32LE(20);
  if (crc32(bytes.subarray(0, 20)) !== checksum)
    throw corrupt(0, `the header of the ${kind} fails its checksum`);
  const end = ENVELOPE_HEADER_BYTES + bytes.readUInt32LE(12);
  if (end > bytes.length) throw corrupt(bytes.length, `the ${kind} ends within its header`);
  const body = bytes.subarray(ENVELOPE_HEADER_BYTES, end);
  if (crc32(body) !== bytes.readUInt32LE(16)) {
    throw corrupt(ENVELOPE_HEADER_BYTES, `the ${kind} fails its checksum`);
  }
  return { body, checksum, end };
}

/** A number up to 2⁵³ − 1 as eight bytes. */
export function writeUint53(bytes: Buffer, value: number, offset: number): void {
  bytes.writeUInt32LE(value % 2 ** 32, offset);
  bytes.writeUInt32LE(Math.floor(value / 2 ** 32), offset + 4);
}

/** What {@link writeUint53} wrote; larger numbers come out imprecise, never as small ones. */
export function readUint53(bytes: Buffer, offset: number): number {
  return bytes.readUInt32LE(offset + 4) * 2 ** 32 + bytes.readUInt32LE(offset);
}
