import test from "ava";
import { CliError } from "../../src/cli/failure.js";
import { keyBytes, valueBytes } from "../../src/cli/hex.js";

test("keys and values are hexadecimal where a flag says so, and what they look like otherwise", (t) => {
  t.deepEqual([...keyBytes("00fFa0", true)], [0x00, 0xff, 0xa0]);
  t.is(Buffer.from(keyBytes("00ff", undefined)).toString(), "00ff");
  t.deepEqual([...valueBytes(Buffer.from("0a 0b\n".replace(" ", "")), true)], [0x0a, 0x0b]);
  t.is(valueBytes(Buffer.from(""), true).length, 0);
  const raw = Buffer.of(0, 0x0a);
  t.is(valueBytes(raw, undefined), raw);
});

for (const text of ["0", "0g", "0x00", "00 11", " 00", "é0"]) {
  test(`no hexadecimal: ${JSON.stringify(text)}`, (t) => {
    const error = t.throws(() => keyBytes(text, true), { instanceOf: CliError, message: /--key-hex: / });
    t.is(error.status, 64);
    const value = () => valueBytes(Buffer.from(text), true);
    t.is(t.throws(value, { instanceOf: CliError, message: /--value-hex: / }).status, 64);
  });
}
