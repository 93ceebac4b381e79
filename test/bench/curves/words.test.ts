import test from "ava";
import { fixedText, shortBytes, shortNumber } from "./words.js";

test("numbers on an axis are short", (t) => {
  t.deepEqual([0.5, 1, 250, 1000, 2500, 100_000, 1e6].map(shortNumber), [
    "0.5",
    "1",
    "250",
    "1k",
    "2.5k",
    "100k",
    "1M",
  ]);
  t.deepEqual([16, 256, 4096, 65_536].map(shortBytes), ["16", "256", "4Ki", "64Ki"]);
});

test("what stays the same is said, and what grows is not", (t) => {
  const base = { members: 3, valueBytes: 256, clients: 64, keys: 10_000 };
  t.is(fixedText(base), "3 members, values of 256 bytes, 64 clients, 10000 keys");
  t.is(fixedText(base, "clients"), "3 members, values of 256 bytes, 10000 keys");
  t.is(fixedText(base, "value-bytes"), "3 members, 64 clients, 10000 keys or 64 MiB of values");
});
