/**
 * Writes protobuf straight into memory whose size was counted before: for what is sent most. Every `…Bytes` function says how
 * much its twin writes. The generated code reads the same from it.
 */
import type { ByteString } from "../base/byte-string.js";
import { toUint64 } from "./message.js";

/** Up to here numbers can be taken apart by shifting. */
const INT32_MAX = 2 ** 31 - 1;

/** Of a field that is left out when it is 0, as proto3 has it; its tag is one byte. */
export function numberBytes(value: number): number {
  return value === 0 ? 0 : 1 + varintBytes(value);
}

/** Of a field that is there whatever its value, or is left out where that is null; its tag is one byte. */
export function optionalNumberBytes(value: number | null): number {
  return value === null ? 0 : 1 + varintBytes(value);
}

/** Of a field of `length` bytes that is there, however few they are; its tag is one byte. */
export function lengthBytes(length: number): number {
  return 1 + varintBytes(length) + length;
}

/** Of a text in UTF-8 that is left out when it is empty; its tag is one byte. */
export function textBytes(text: string): number {
  return text === "" ? 0 : lengthBytes(Buffer.byteLength(text));
}

export function varintBytes(value: number): number {
  let bytes = 1;
  let rest = toUint64(value);
  for (; rest > INT32_MAX; rest = Math.floor(rest / 0x80)) bytes++;
  for (; rest >= 0x80; rest >>>= 7) bytes++;
  return bytes;
}

/** Answers where it ends. */
export function writeVarint(memory: Uint8Array, at: number, value: number): number {
  let rest = value;
  let end = at;
  for (; rest > INT32_MAX; rest = Math.floor(rest / 0x80)) memory[end++] = (rest % 0x80) | 0x80;
  for (; rest >= 0x80; rest >>>= 7) memory[end++] = (rest & 0x7f) | 0x80;
  memory[end++] = rest;
  return end;
}

export class PlainWriter {
  readonly memory: Buffer;
  #at = 0;

  constructor(memory: Buffer) {
    this.memory = memory;
  }

  number(tag: number, value: number): void {
    if (value !== 0) this.#field(tag, value);
  }

  optionalNumber(tag: number, value: number | null): void {
    if (value !== null) this.#field(tag, value);
  }

  /** What follows is a message or bytes of this length. */
  begin(tag: number, length: number): void {
    this.#field(tag, length);
  }

  bytes(tag: number, value: Uint8Array): void {
    this.begin(tag, value.length);
    this.raw(value);
  }

  byteString(tag: number, value: ByteString): void {
    this.begin(tag, value.length);
    this.#at += this.memory.write(value, this.#at, "latin1");
  }

  text(tag: number, value: string): void {
    if (value === "") return;
    this.begin(tag, Buffer.byteLength(value));
    this.#at += this.memory.write(value, this.#at, "utf8");
  }

  /** What was encoded elsewhere. */
  raw(value: Uint8Array): void {
    this.memory.set(value, this.#at);
    this.#at += value.length;
  }

  /** The header of a frame (frame.ts). */
  frameHeader(bodyBytes: number): void {
    this.#at = this.memory.writeUInt32BE(bodyBytes, this.#at);
  }

  #field(tag: number, varint: number): void {
    this.memory[this.#at++] = tag;
    this.#at = writeVarint(this.memory, this.#at, varint);
  }
}
