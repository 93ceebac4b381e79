import test from "ava";
import fc from "fast-check";
import { afterPrefix } from "../../src/base/byte-string.js";

const byteString = fc
  .uint8Array({ maxLength: 4 })
  .map((bytes) => String.fromCharCode(...bytes.map((byte) => (byte < 128 ? byte % 3 : 255 - (byte % 3)))));

test("between a prefix and what comes after it lie exactly the strings that start with it", (t) => {
  fc.assert(
    fc.property(byteString, byteString, (prefix, string) => {
      const after = afterPrefix(prefix);
      const between = string >= prefix && (after === undefined || string < after);
      t.is(between, string.startsWith(prefix));
    }),
    { numRuns: 2000 },
  );
});

test("bytes of 0xff carry over to the one before; after nothing but those there is no string", (t) => {
  t.is(afterPrefix("a"), "b");
  t.is(afterPrefix("a\xff\xff"), "b");
  t.is(afterPrefix("\xfe"), "\xff");
  t.is(afterPrefix("\xff"), undefined);
  t.is(afterPrefix("\xff\xff"), undefined);
  t.is(afterPrefix(""), undefined);
});
