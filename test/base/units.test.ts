import test from "ava";
import { parseDuration, parseSize } from "../../src/base/units.js";

for (const [text, ms] of [
  ["150ms", 150],
  ["2s", 2000],
  ["1m", 60_000],
  ["1h", 3_600_000],
  [" 5s ", 5000],
  ["0s", 0],
] as const) {
  test(`the duration "${text}" is ${ms} ms`, (t) => t.is(parseDuration(text), ms));
}

for (const text of [
  "",
  "5",
  "s",
  "1.5s",
  "-1s",
  "5 s",
  "5S",
  "1d",
  "9999999999999999h",
  "0x10ms",
  "5constructor",
]) {
  test(`the duration "${text}" is refused`, (t) => t.is(parseDuration(text), null));
}

for (const [text, bytes] of [
  ["0", 0],
  ["512", 512],
  ["512B", 512],
  ["64KiB", 65_536],
  ["1MiB", 1_048_576],
  ["2GiB", 2_147_483_648],
] as const) {
  test(`the size "${text}" is ${bytes} bytes`, (t) => t.is(parseSize(text), bytes));
}

for (const text of [
  "",
  "KiB",
  "1.5MiB",
  "-1",
  "1MB",
  "1kib",
  "1 MiB",
  "99999999999999999999",
  "1e3",
  "1toString",
]) {
  test(`the size "${text}" is refused`, (t) => t.is(parseSize(text), null));
}
