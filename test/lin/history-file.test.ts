import test from "ava";
import fc from "fast-check";
import { checkLinearizable } from "../../src/lin/checker.js";
import { formatHistory, HistoryLineError, parseHistory } from "../../src/lin/history-file.js";
import { smallHistory } from "./small-histories.js";

test("what is formatted is read back", (t) => {
  fc.assert(
    fc.property(smallHistory, ({ operations }) => {
      const text = formatHistory(operations);
      const again = parseHistory(text);
      t.is(formatHistory(again), text);
      t.is(checkLinearizable(again).outcome, checkLinearizable(operations).outcome);
    }),
    { numRuns: 300 },
  );
});

test("any text is kept as key and value", (t) => {
  for (const value of ["", "\n", '"', "\u2028", "\0", "\ud800", "__proto__"]) {
    const operations = [{ client: 1, op: "put", key: value, value, start: 1, end: 2 }] as const;
    t.deepEqual(parseHistory(formatHistory(operations)), [...operations]);
  }
});

test("nanoseconds beyond 2^53 keep their order", (t) => {
  const get = (start: string, end: string) =>
    `{"client":1,"op":"get","key":"k","output":null,"start":${start},"end":${end}}\n`;
  const text =
    get("1790000000000000000", "1790000000000001000") + get("1790000000000002000", "9223372036854775808");
  const [first, second] = parseHistory(text);
  t.true(first !== undefined && second !== undefined && (first.end ?? 0) < second.start);
});

test("fields that say nothing may be left out or null, and the last newline may be missing", (t) => {
  const text = [
    '{"client":1,"op":"put","key":"k","value":"v","output":null,"start":1,"end":2}',
    '{"client":1,"op":"get","key":"k","value":null,"start":3,"end":null}',
    '{"client":1,"op":"delete","key":"k","start":4,"end":5}',
  ].join("\n");
  t.deepEqual(parseHistory(text), [
    { client: 1, op: "put", key: "k", value: "v", start: 1, end: 2 },
    { client: 1, op: "get", key: "k", output: null, start: 3, end: null },
    { client: 1, op: "delete", key: "k", output: null, start: 4, end: 5 },
  ]);
  t.deepEqual(parseHistory(""), []);
});

const GOOD = '{"client":1,"op":"put","key":"k","value":"v","start":1,"end":2}';

const BAD: Readonly<Record<string, RegExp>> = {
  "": /empty/,
  [GOOD.slice(0, -1)]: /cut off/,
  "[1]": /object/,
  null: /object/,
  '{"client":1,"op":"put","key":"k","value":"v","start":1}': /"end" is missing/,
  '{"client":1,"op":"put","key":"k","value":"v","start":3,"end":2}': /"end" 2 is before "start" 3/,
  '{"client":1,"op":"put","key":"k","value":"v","start":1.5,"end":2}': /"start" is 1.5, not a whole/,
  '{"client":1,"op":"put","key":"k","value":"v","start":-1,"end":2}': /"start" is -1/,
  '{"client":1,"op":"put","key":"k","value":"v","start":1,"end":1e19}': /"end" is 1e?\d+.* 2\^63/,
  '{"client":1,"op":"put","key":"k","value":"v","start":"1","end":2}': /"start" is "1"/,
  '{"client":"1","op":"put","key":"k","value":"v","start":1,"end":2}': /"client" is "1"/,
  '{"client":1,"op":"put","key":7,"value":"v","start":1,"end":2}': /"key" is 7, not a string/,
  '{"client":1,"op":"put","key":"k","start":1,"end":2}': /"value" is missing/,
  '{"client":1,"op":"put","key":"k","value":null,"start":1,"end":2}': /"value" is null/,
  '{"client":1,"op":"put","key":"k","value":"v","output":"v","start":1,"end":2}': /a put has no "output"/,
  '{"client":1,"op":"get","key":"k","value":"v","output":"v","start":1,"end":2}': /a get has no "value"/,
  '{"client":1,"op":"get","key":"k","start":1,"end":2}': /"output" is missing/,
  '{"client":1,"op":"get","key":"k","output":"v","start":1,"end":null}': /without an end has no "output"/,
  '{"client":1,"op":"delete","key":"k","output":"gone","start":1,"end":2}': /"deleted", "absent" or null/,
  '{"client":1,"op":"cas","key":"k","start":1,"end":2}': /"op" is "cas"/,
  '{"client":1,"op":"put","key":"k","value":"v","start":1,"end":2,"__proto__":3}': /no field "__proto__"/,
};

for (const [line, reason] of Object.entries(BAD)) {
  test(`a bad line is named with its number: ${line === "" ? "an empty one" : line}`, (t) => {
    const error = t.throws(() => parseHistory(`${GOOD}\n${line}\n${GOOD}\n`), {
      instanceOf: HistoryLineError,
    });
    t.is(error?.line, 2);
    t.regex(error?.message ?? "", reason);
  });
}
