import test from "ava";
import fc from "fast-check";
import { WireError } from "../../src/wire/errors.js";
import { CODECS, comparable } from "./codecs.js";

for (const any of CODECS) {
  any(({ name, values, encode, decode }) => {
    test(`${name}: what was encoded is decoded to the same value`, (t) => {
      fc.assert(
        fc.property(values, (value) => {
          t.deepEqual(comparable(decode(encode(value))), comparable(value));
        }),
        { numRuns: 300 },
      );
    });

    test(`${name}: decoded from a Uint8Array at an odd offset as from a Buffer`, (t) => {
      fc.assert(
        fc.property(values, (value) => {
          const encoded = encode(value);
          const shifted = new Uint8Array(encoded.length + 3);
          shifted.set(encoded, 3);
          t.deepEqual(comparable(decode(shifted.subarray(3))), comparable(value));
        }),
        { numRuns: 50 },
      );
    });

    test(`${name}: fields that are not known are passed over`, (t) => {
      fc.assert(
        fc.property(values, (value) => {
          // Field 500, a string.
          const more = Buffer.concat([encode(value), Buffer.from("a21f0568656c6c6f", "hex")]);
          t.deepEqual(comparable(decode(more)), comparable(value));
        }),
        { numRuns: 50 },
      );
    });

    test(`${name}: cut short, changed or random bytes give a value or a WireError, never another exception`, (t) => {
      const damaged = fc.oneof(
        fc.tuple(values, fc.nat()).map(([value, at]) => {
          const encoded = encode(value);
          return encoded.subarray(0, at % (encoded.length + 1));
        }),
        fc
          .tuple(
            values,
            fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 3 }),
          )
          .map(([value, changes]) => {
            const encoded = Uint8Array.from(encode(value));
            for (const [at, byte] of changes) encoded[at % encoded.length] = byte;
            return encoded;
          }),
        fc.uint8Array({ maxLength: 64 }),
      );
      fc.assert(
        fc.property(damaged, (bytes) => {
          try {
            decode(bytes);
          } catch (error) {
            if (!(error instanceof WireError)) throw error;
          }
        }),
        { numRuns: 3000 },
      );
      t.pass();
    });
  });
}
