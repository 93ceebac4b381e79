/**
 * What all codecs share: running a generated message class in either direction, and the checks
 * on single fields. Outgoing values are ours, so a bad one is a bug (assert); incoming ones are not, so a
 * bad one is a WireError.
 */
import { AssertionError } from "../base/assert.js";
import type { ByteString } from "../base/byte-string.js";
import { CLIENT_ID_BYTES, type ClientId } from "../kv/command.js";
import type { MemberId } from "../raft/entry.js";
import { asBuffer, toByteString } from "./bytes.js";
import { WireError } from "./errors.js";
import { FRAME_HEADER_BYTES } from "./frame.js";
import protobuf, { type Reader, type Writer } from "./protobuf.js";

/** A generated message class, as far as it is used. */
interface MessageType<Properties, Decoded> {
  encode(message: Properties, writer?: Writer): Writer;
  decode(reader: Reader | Uint8Array): Decoded;
}

/**
 * The message alone, as it goes into logs and files. The writer's own memory is handed on instead of a copy
 * cut to size: it is at most about twice as large as what was written, and nothing of it is kept for long.
 */
export function encodeBody<P, D>(type: MessageType<P, D>, message: P): Uint8Array {
  return type.encode(message).finish(true);
}

/**
 * The message behind its length, in one buffer and ready for a socket; memory as with `encodeBody`. (Measured
 * against one long-lived writer and an exact copy: a little slower for 100 small entries, faster for
 * 1 MiB, and holds on to nothing.)
 */
export function encodeFrame<P, D>(type: MessageType<P, D>, message: P): Uint8Array {
  const frame = type.encode(message, protobuf.Writer.create().fixed32(0)).finish(true);
  const length = frame.length - FRAME_HEADER_BYTES;
  frame[0] = length >>> 24;
  frame[1] = length >>> 16;
  frame[2] = length >>> 8;
  frame[3] = length;
  return frame;
}

/** Bytes fields of the result alias `bytes`. */
export function decodeBody<P, D>(type: MessageType<P, D>, bytes: Uint8Array): D {
  try {
    return type.decode(asBuffer(bytes));
  } catch (error) {
    throw new WireError("malformed", error instanceof Error ? error.message : String(error));
  }
}

/** Without this check protobufjs would write 0 for what is not a number. The text is made only where it is needed: that takes longer than all else. */
export function toUint64(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new AssertionError(`not an unsigned whole number: ${value}`);
  return value;
}

const INT32_MAX = 2 ** 31 - 1;

/** PITFALLS 50: beyond 2⁵³ a number no longer says which one is meant. */
export function fromUint64(value: number | null | undefined, field: string): number {
  if (value == null) return 0;
  if (!Number.isSafeInteger(value)) throw new WireError("field-invalid", `${field} is out of range`);
  // Put together from two halves, it is a floating-point number to V8, however small: each takes memory of its own
  // wherever it is kept, which makes an idle session a quarter larger.
  return value <= INT32_MAX ? value | 0 : value;
}

/** Null where it is not there. */
export function fromOptionalUint64(value: number | null | undefined, field: string): number | null {
  return value == null ? null : fromUint64(value, field);
}

/** A field whose first value is 1. */
export function fromPositive(value: number | null | undefined, field: string): number {
  const number = fromUint64(value, field);
  if (number === 0) throw new WireError("field-invalid", `${field} is missing`);
  return number;
}

/** A message field that must be there. */
export function present<T>(value: T | null | undefined, field: string): T {
  if (value == null) throw new WireError("unknown-kind", `${field} is missing`);
  return value;
}

/** A bytes field that is kept as a string. */
export function fromBytes(bytes: Uint8Array | null | undefined): ByteString {
  return bytes == null ? "" : toByteString(bytes);
}

export function fromClientId(bytes: Uint8Array | null | undefined): ClientId {
  return toByteString(checkClientId(bytes));
}

export function checkClientId(bytes: Uint8Array | null | undefined): Uint8Array {
  if (bytes?.length === CLIENT_ID_BYTES) return bytes;
  const what = `a client id has ${CLIENT_ID_BYTES} bytes, not ${bytes?.length ?? 0}`;
  throw new WireError("field-invalid", what);
}

const MEMBER_ID = /^[a-z0-9][a-z0-9-]{0,31}$/;

export function fromMemberId(id: string | null | undefined, field: string): MemberId {
  if (id == null || !MEMBER_ID.test(id)) throw new WireError("field-invalid", `${field} is no member id`);
  return id;
}

/** Empty where there is none. */
export function fromOptionalMemberId(id: string | null | undefined, field: string): MemberId | "" {
  return id == null || id === "" ? "" : fromMemberId(id, field);
}

/** A text field that has to be one of `words`. */
export function fromWord<Word extends string>(
  words: readonly Word[],
  text: string | null | undefined,
  field: string,
): Word {
  const word = words.find((known) => known === text);
  if (word === undefined) throw new WireError("unknown-kind", `${field} "${text ?? ""}" is not known`);
  return word;
}

/** A protobuf enum beside the union that stands for it in the rest of the program. */
export class EnumTable<Name extends string> {
  readonly #numbers: Readonly<Record<Name, number>>;
  readonly #names: readonly (Name | undefined)[];
  readonly #field: string;

  constructor(field: string, numbers: Readonly<Record<Name, number>>) {
    this.#field = field;
    this.#numbers = numbers;
    const names: (Name | undefined)[] = [];
    for (const name of Object.keys(numbers) as Name[]) names[numbers[name]] = name;
    this.#names = names;
  }

  toNumber(name: Name): number {
    return this.#numbers[name];
  }

  fromNumber(number: number | null | undefined): Name {
    const name = this.#names[number ?? 0];
    if (name === undefined) throw new WireError("unknown-kind", `${this.#field} ${number ?? 0} is not known`);
    return name;
  }
}
