import test from "ava";
import fc from "fast-check";
import { varintBytes, writeVarint } from "../../../src/wire/plain-writer.js";
import { FieldReader } from "./protobuf.js";

test("a number is read back, and takes as many bytes as was said", (t) => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (value) => {
      const bytes = new Uint8Array(16);
      bytes[0] = 1 << 3;
      const end = writeVarint(bytes, 1, value);
      const reader = new FieldReader();
      reader.over(bytes, 0, end);
      return end === 1 + varintBytes(value) && reader.next() && reader.value === value && !reader.next();
    }),
    { numRuns: 300 },
  );
  t.pass();
});

test("fields of all kinds are walked over; the one wanted lies where it says", (t) => {
  const reader = new FieldReader();
  // 1: fixed64, 2: fixed32, 3: "ab", 4: 300.
  const bytes = Uint8Array.of(0x09, 0, 0, 0, 0, 0, 0, 0, 0, 0x15, 0, 0, 0, 0, 0x1a, 2, 97, 98, 0x20, 0xac, 2);
  reader.over(bytes, 0, bytes.length);
  const seen: number[] = [];
  while (reader.next()) {
    seen.push(reader.field);
    if (reader.field === 3) t.deepEqual([...bytes.subarray(reader.start, reader.end)], [97, 98]);
    if (reader.field === 4) t.is(reader.value, 300);
  }
  t.deepEqual(seen, [1, 2, 3, 4]);
});

test("what is cut off is no message", (t) => {
  const reader = new FieldReader();
  for (const bytes of [[0x08], [0x08, 0x80], [0x1a, 5, 1], [0x0b]]) {
    reader.over(Uint8Array.from(bytes), 0, bytes.length);
    t.throws(() => reader.next(), { message: /^protobuf/ }, String(bytes));
  }
});
