import test from "ava";
import fc from "fast-check";
import { argumentBytes } from "../../../src/cli/argument-bytes.js";
import { explain } from "../../../src/cli/explain.js";
import { escapeBytes } from "../../../src/cli/format.js";
import { type OpenQuote, quoteRest, split, splitLine } from "../../../src/cli/repl/words.js";

for (const [line, words] of [
  ["", []],
  ["   \t ", []],
  ["put a b", ["put", "a", "b"]],
  ["  get\tk  ", ["get", "k"]],
  ["put 'a b' \"c d\"", ["put", "a b", "c d"]],
  ["a'b'\"c\"d", ["abcd"]],
  ["'' \"\"", ["", ""]],
  ["a\\ b \\' \\\\", ["a b", "'", "\\"]],
  ['\'a\\n\' "a\\n\\t\\\\\\""', ["a\\n", 'a\n\t\\"']],
  ['"\\x41\\x0a" "\\$x"', ["A\n", "$x"]],
  ["put k v # no more", ["put", "k", "v"]],
  ["# nothing", []],
  ["a#b '#' \\#", ["a#b", "#", "#"]],
  ["put ключ \\🔑", ["put", "ключ", "🔑"]],
] as const) {
  test(`words: ${JSON.stringify(line)}`, (t) => {
    t.deepEqual(splitLine(line), words);
  });
}

for (const [line, message] of [
  ['put "a b', 'a quote is open: "a b'],
  ["put 'a", "a quote is open: 'a"],
  ["it's", "a quote is open: 's"],
  ["a \\", "the line ends with a backslash"],
  ['"\\d+"', "in \"\\d+\" a backslash stands before what it does not escape; '…' takes everything as it is"],
  ['"\\x4"', "in \"\\x4\" a backslash stands before what it does not escape; '…' takes everything as it is"],
] as const) {
  test(`no words: ${line}`, (t) => {
    const error = t.throws(() => splitLine(line));
    const { status, text } = explain(error, null);
    t.is(status, 64);
    t.is(text, `kvraft: ${message}\nkvraft: Try: kvraft repl --help\n`);
  });
}

test("what a terminal shows of a key, between double quotes, is that key", (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
      const [word = "none"] = splitLine(`"${escapeBytes(bytes).replaceAll('"', '\\"')}"`);
      t.deepEqual([...argumentBytes(word)], [...bytes]);
    }),
  );
});

test("a long line in quotes is no trouble", (t) => {
  const value = '\\"x'.repeat(500_000);
  t.is(splitLine(`put k "${value}"`)[2]?.length, 1_000_000);
});

test("a word that is finished by completion is the word that was meant", (t) => {
  const begun = { "": "ab", "'": "'ab", '"': '"ab' };
  for (const open of ["", "'", '"'] as OpenQuote[]) {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const rest = quoteRest(text, open, false);
        if (rest === null) return;
        t.deepEqual(splitLine(`get ${begun[open]}${rest}`), ["get", `ab${text}`]);
      }),
    );
  }
  t.deepEqual(splitLine(quoteRest("#a b", "", true) ?? ""), ["#a b"]);
});

test("where the word at the cursor begins, and in which quote it is", (t) => {
  t.like(split("get "), { lastFrom: 4, open: "" });
  t.like(split("get a\\ b"), { words: ["get", "a b"], lastFrom: 4, open: "" });
  t.like(split("get 'a b"), { words: ["get", "a b"], lastFrom: 4, open: "'" });
  t.like(split('get x"a b'), { words: ["get", "xa b"], lastFrom: 4, open: '"' });
});
