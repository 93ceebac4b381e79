/**
 * Bytes to byte strings and back: the border between buffers, which travel, and the strings that the state
 * machine keeps (see base/byte-string.ts). Every function here copies.
 */
import type { ByteString } from "../base/byte-string.js";
import type { ByteMemory } from "../kv/slabs.js";

/** The same memory, seen as a Buffer. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function toByteString(bytes: Uint8Array): ByteString {
  return asBuffer(bytes).toString("latin1");
}

export function fromByteString(string: ByteString): Uint8Array {
  return Buffer.from(string, "latin1");
}

/** The bytes of `text` in UTF-8. A lone surrogate becomes U+FFFD, as everywhere in Node. */
export function utf8ToByteString(text: string): ByteString {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** For people: bytes that are not UTF-8 become U+FFFD. */
export function byteStringToUtf8(string: ByteString): string {
  return Buffer.from(string, "latin1").toString("utf8");
}

/** Memory that is made here is a Buffer, so that no view of it has to be made for each value. */
export const byteMemory: ByteMemory = {
  allocate: (bytes) => Buffer.alloc(bytes),
  write: (memory, at, bytes) => asBuffer(memory).write(bytes, at, "latin1"),
  read: (memory, start, end) => asBuffer(memory).toString("latin1", start, end),
};
