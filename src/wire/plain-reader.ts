/**
 * Reads the protobuf that this program itself writes: fields in ascending order, each at most once, none unknown, numbers below 2⁴⁹.
 * Nearly all that travels is of that form, and is read here without an object or a view of memory for each field. What is not is left
 * to the generated code, which knows every form and says what is wrong: whoever reads with this asks `isPlain` at the end,
 * and takes nothing from it where it says no.
 */
import { asBuffer } from "./bytes.js";

const VARINT_BYTES_MAX = 7;
const INT32_MAX = 2 ** 31 - 1;
const UINT32_MAX = 2 ** 32 - 1;

export class PlainReader {
  #bytes: Uint8Array;
  #at: number;
  #start = 0;
  #end: number;
  #failed = false;

  /** Reads [at, end) of `bytes`. */
  constructor(bytes: Uint8Array, at: number, end: number) {
    this.#bytes = bytes;
    this.#at = at;
    this.#end = end;
  }

  /** Where the bytes of the field that was passed over last begin. */
  get start(): number {
    return this.#start;
  }

  get at(): number {
    return this.#at;
  }

  /** Everything was read, and had the form that was asked for. */
  get isPlain(): boolean {
    return !this.#failed && this.#at === this.#end;
  }

  /** Passes over `tag`, if it comes next; one byte, which holds fields up to 15. */
  has(tag: number): boolean {
    if (this.#at >= this.#end || this.#bytes[this.#at] !== tag) return false;
    this.#at++;
    return true;
  }

  /** The field `tag` as a number; 0 where it is not there. */
  number(tag: number): number {
    return this.has(tag) ? this.varint() : 0;
  }

  /** Null where it is not there. */
  optionalNumber(tag: number): number | null {
    return this.has(tag) ? this.varint() : null;
  }

  /** As {@link number}, of a field of 32 bits: the generated code cuts what is larger. */
  int32(tag: number): number {
    const value = this.number(tag);
    if (value > INT32_MAX) this.#failed = true;
    return value;
  }

  /** As {@link int32}. */
  uint32(tag: number): number {
    return this.optionalUint32(tag) ?? 0;
  }

  /** Null where it is not there. */
  optionalUint32(tag: number): number | null {
    const value = this.optionalNumber(tag);
    if (value !== null && value > UINT32_MAX) this.#failed = true;
    return value;
  }

  /** The field `tag` as text, empty where it is not there; of ASCII alone, since the generated code looks whether UTF-8 is sound. */
  text(tag: number): string {
    if (!this.bytes(tag)) return "";
    for (let at = this.#start; at < this.#at; at++)
      if ((this.#bytes[at] as number) > 0x7f) this.#failed = true;
    return asBuffer(this.#bytes).toString("latin1", this.#start, this.#at);
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < VARINT_BYTES_MAX && this.#at < this.#end; count++) {
      const byte = this.#bytes[this.#at++] as number;
      value += (byte & 0x7f) * scale;
      // As small an integer as V8 has: a floating-point one takes memory of its own wherever it is kept.
      if (byte < 0x80) return value <= INT32_MAX ? value | 0 : value;
      scale *= 0x80;
    }
    this.#failed = true;
    return 0;
  }

  /** Passes over the field `tag`, a length and so many bytes, if it comes next: they lie in [start, at). */
  bytes(tag: number): boolean {
    if (!this.has(tag)) return false;
    const length = this.varint();
    this.#start = this.#at;
    if (length > this.#end - this.#at) this.#failed = true;
    else this.#at += length;
    return !this.#failed;
  }

  /** Goes into the message that begins here with its length. Answers the end to come back to with {@link leave}. */
  enter(): number {
    const length = this.varint();
    const outer = this.#end;
    if (length > outer - this.#at) this.#failed = true;
    else this.#end = this.#at + length;
    return outer;
  }

  /** Comes out of the message, all of which has to have been read. */
  leave(outer: number): void {
    if (this.#at !== this.#end) this.#failed = true;
    this.#end = outer;
  }
}
