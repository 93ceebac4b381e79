import test from "ava";
import { byteStringToUtf8, fromByteString, toByteString, utf8ToByteString } from "../../src/wire/bytes.js";

const ALL = Uint8Array.from({ length: 256 }, (_, byte) => byte);

test("every byte becomes the character of its number, and back", (t) => {
  const string = toByteString(ALL);
  t.deepEqual(
    [...string].map((character) => character.charCodeAt(0)),
    [...ALL],
  );
  t.deepEqual([...fromByteString(string)], [...ALL]);
});

test("a view into a larger buffer gives its own bytes alone", (t) => {
  t.is(toByteString(ALL.subarray(65, 68)), "ABC");
  t.is(toByteString(Buffer.from(ALL).subarray(65, 68)), "ABC");
});

test("text goes through UTF-8", (t) => {
  t.is(utf8ToByteString("é"), "\xc3\xa9");
  t.is(byteStringToUtf8("\xc3\xa9"), "é");
  t.is(byteStringToUtf8("a\xff"), "a\ufffd");
});
