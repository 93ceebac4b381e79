import test from "ava";
import fc from "fast-check";
import { escapeBytes, jsonBytes } from "../../src/cli/format.js";

function bytes(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}

for (const [input, expected] of [
  [Buffer.from("plain text, héllo \u{1f600}"), "plain text, héllo \u{1f600}"],
  [bytes("a\tb\nc\r\\"), "a\\tb\\nc\\r\\\\"],
  [bytes("\x1b[2J\0\x7f"), "\\x1b[2J\\x00\\x7f"],
  [bytes("\xff\xfea"), "\\xff\\xfea"],
  [Buffer.from("a\u202eb"), "a\\xe2\\x80\\xaeb"],
] as const) {
  test(`on a terminal ${input.toString("latin1").length} bytes look like ${expected}`, (t) => {
    t.is(escapeBytes(input), expected);
  });
}

/** The escapes read back, as a person would. */
function readBack(text: string): Buffer {
  const parts = text.split(/(\\x[0-9a-f]{2}|\\[nrt\\])/);
  const named = new Map([
    ["\\n", "\n"],
    ["\\r", "\r"],
    ["\\t", "\t"],
    ["\\\\", "\\"],
  ]);
  return Buffer.concat(
    parts.map((part) => {
      if (part.startsWith("\\x")) return Buffer.of(Number.parseInt(part.slice(2), 16));
      return Buffer.from(named.get(part) ?? part);
    }),
  );
}

const anyBytes = fc.oneof(
  fc.uint8Array(),
  fc.string({ unit: "binary" }).map((text) => new TextEncoder().encode(text)),
);

test("escaping loses nothing and lets no control byte through", (t) => {
  fc.assert(
    fc.property(anyBytes, (input) => {
      const text = escapeBytes(input);
      t.deepEqual(readBack(text), Buffer.from(input));
      t.notRegex(text, /\p{C}/u);
    }),
    { numRuns: 300 },
  );
});

test("JSON has base64 always, and the text where there is one", (t) => {
  t.deepEqual(jsonBytes(Buffer.from("hé")), { base64: "aMOp", utf8: "hé" });
  t.deepEqual(jsonBytes(bytes("\xff")), { base64: "/w==" });
  t.deepEqual(jsonBytes(new Uint8Array()), { base64: "", utf8: "" });
});
