/**
 * As much of protobuf's wire format as the thin clients need, in place: cutting a message into its fields
 * without making objects of them. Both systems' messages go through the same few lines, and are written with the same ones
 * (wire/plain-writer.ts), so neither client is the cheaper one by its encoding.
 */

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** Walks over the fields of one message after the other. Groups, which nobody sends, throw. */
export class FieldReader {
  bytes: Uint8Array = new Uint8Array(0);
  /** Number of the current field. */
  field = 0;
  /** Of a varint field. */
  value = 0;
  /** Of a bytes field: where it lies in {@link bytes}. */
  start = 0;
  end = 0;
  #at = 0;
  #limit = 0;

  over(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.#at = start;
    this.#limit = end;
  }

  /** Goes to the next field; false at the end of the message. */
  next(): boolean {
    if (this.#at >= this.#limit) return false;
    const tag = this.#varint();
    this.field = tag >>> 3;
    this.value = 0;
    this.start = 0;
    this.end = 0;
    switch (tag & 7) {
      case VARINT:
        this.value = this.#varint();
        break;
      case BYTES: {
        const length = this.#varint();
        this.start = this.#at;
        this.#skip(length);
        this.end = this.#at;
        break;
      }
      case FIXED64:
        this.#skip(8);
        break;
      case FIXED32:
        this.#skip(4);
        break;
      default:
        throw new Error(`protobuf: wire type ${tag & 7}`);
    }
    return true;
  }

  #varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      if (this.#at >= this.#limit) throw new Error("protobuf: a number is cut off");
      const byte = this.bytes[this.#at++] as number;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  }

  #skip(length: number): void {
    this.#at += length;
    if (this.#at > this.#limit) throw new Error("protobuf: a field is cut off");
  }
}
