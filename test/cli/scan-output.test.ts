import test from "ava";
import { type Pair, type PairsForm, printPairs } from "../../src/cli/scan-output.js";

async function printed(pairs: readonly Pair[], differences: Partial<PairsForm>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  async function* source() {
    yield* pairs;
  }
  await printPairs(
    source(),
    { escaped: false, format: "text", keysOnly: false, reads: null, ...differences },
    async (piece) => {
      pieces.push(piece);
    },
  );
  return Buffer.concat(pieces);
}

const PAIRS = [
  { key: Buffer.from("a"), value: Buffer.from("1\n") },
  { key: Buffer.from("b"), value: Buffer.of(0xff, 0) },
];

test("into a pipe pairs are exact bytes, one a line", async (t) => {
  t.deepEqual(await printed(PAIRS, {}), Buffer.from("a\t1\n\nb\t\xff\0\n", "latin1"));
  t.deepEqual(await printed(PAIRS, { keysOnly: true }), Buffer.from("a\nb\n"));
});

test("on a terminal they are escaped", async (t) => {
  t.is((await printed(PAIRS, { escaped: true })).toString(), "a\t1\\n\nb\t\\xff\\x00\n");
});

test("in JSON they are one document", async (t) => {
  const document: unknown = JSON.parse((await printed(PAIRS, { format: "json" })).toString());
  t.deepEqual(document, {
    version: 1,
    pairs: [
      { key: { base64: "YQ==", utf8: "a" }, value: { base64: "MQo=", utf8: "1\n" } },
      { key: { base64: "Yg==", utf8: "b" }, value: { base64: "/wA=" } },
    ],
  });
  t.deepEqual(JSON.parse((await printed([], { format: "json" })).toString()), { version: 1, pairs: [] });
});

test("a stale scan says in JSON who answered each of its reads", async (t) => {
  const reads = [
    { member: "n2", index: 2 ** 52, behindMs: 40 },
    { member: "n3", index: 7, behindMs: null },
  ];
  const document: unknown = JSON.parse((await printed([], { format: "json", reads })).toString());
  t.deepEqual(document, {
    version: 1,
    pairs: [],
    reads: [
      { member: "n2", index: "4503599627370496", behindMs: 40 },
      { member: "n3", index: "7", behindMs: null },
    ],
  });
  t.deepEqual(await printed(PAIRS.slice(0, 1), { reads }), Buffer.from("a\t1\n\n"));
});

test("keys alone are a document of keys alone", async (t) => {
  const document: unknown = JSON.parse(
    (await printed(PAIRS.slice(0, 1), { format: "json", keysOnly: true })).toString(),
  );
  t.deepEqual(document, { version: 1, pairs: [{ key: { base64: "YQ==", utf8: "a" } }] });
});

test("a long scan is written in pieces, none of it lost", async (t) => {
  const pairs = Array.from({ length: 5000 }, (_, at) => ({
    key: Buffer.from(`key${at}`),
    value: Buffer.alloc(100, "v"),
  }));
  const lines = (await printed(pairs, {})).toString().split("\n");
  t.is(lines.length, 5001);
  t.is(lines[4999], `key4999\t${"v".repeat(100)}`);
});
