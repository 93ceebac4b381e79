/** Protobuf messages written field by field, as a faulty or hostile sender might. */
import protobuf, { type Writer } from "../../src/wire/protobuf.js";

const VARINT = 0;
const BYTES = 2;

/** A message under construction. */
export class Raw {
  readonly #writer: Writer = protobuf.Writer.create();

  number(field: number, value: number): this {
    this.#writer.uint32((field << 3) | VARINT).uint64(value);
    return this;
  }

  /** 64 bits of which no JavaScript number could be made: `high` counts 2³². */
  wide(field: number, { high, low }: { high: number; low: number }): this {
    this.#writer.uint32((field << 3) | VARINT);
    let rest = (BigInt(high) << 32n) | BigInt(low);
    const varint: number[] = [];
    while (rest > 127n) {
      varint.push(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    this.#writer.raw(Uint8Array.of(...varint, Number(rest)));
    return this;
  }

  bytes(field: number, value: Uint8Array | string): this {
    const bytes = typeof value === "string" ? Buffer.from(value, "latin1") : value;
    this.#writer.uint32((field << 3) | BYTES).bytes(bytes);
    return this;
  }

  message(field: number, message: Raw): this {
    return this.bytes(field, message.finish());
  }

  finish(): Uint8Array {
    return this.#writer.finish();
  }
}
