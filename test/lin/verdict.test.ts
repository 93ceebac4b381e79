import test from "ava";
import { drawIntervals } from "../../src/lin/intervals.js";
import type { Operation } from "../../src/lin/operation.js";
import { abbreviate, describeWindow } from "../../src/lin/verdict.js";

test("bars show what came before what: who touches overlaps, and who never ended goes on", (t) => {
  const intervals = [
    { start: 0, end: 1000 },
    { start: 1, end: 2 },
    { start: 2, end: 5 },
    { start: 900, end: null },
  ];
  t.deepEqual(drawIntervals(intervals), [
    "|-----------|", //
    "  |---|",
    "    |---|",
    "          |---?",
  ]);
});

test("more than fits into a terminal is not drawn, and of many operations the first are shown", (t) => {
  const window = Array.from(
    { length: 50 },
    (_, at): Operation => ({ client: at, op: "get", key: "k", output: null, start: at, end: at + 1 }),
  );
  const lines = describeWindow(window).split("\n");
  t.is(lines.length, 41);
  t.is(lines[0], "  client 0   get  -> absent  [ 0,  1]");
  t.is(lines.at(-1), "  and 10 more");
});

test("nothing in a key or a value reaches the terminal but what can be seen", (t) => {
  t.is(abbreviate("plain, ключ"), '"plain, ключ"');
  t.is(abbreviate('"\n\u001b[2J\u009b\u202e\u{e0041}'), String.raw`"\"\n\u001b[2J\u009b\u202e\udb40\udc41"`);
  t.is(abbreviate("a".repeat(100)), `"${"a".repeat(30)}"…"${"a".repeat(30)}" (length 100)`);
});
