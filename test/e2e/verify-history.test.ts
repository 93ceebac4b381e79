import { readFile } from "node:fs/promises";
import path from "node:path";
import test from "ava";
import { EXIT } from "../../src/base/exit-status.js";
import { KVRAFT, kvraft } from "./processes.js";

const HISTORIES = path.resolve(import.meta.dirname, "../../../test/testdata/lin");

const file = (name: string): string => path.join(HISTORIES, `${name}.jsonl`);

async function verify(history: string, input: string | Uint8Array = "") {
  const { status, stdout, stderr } = await kvraft(["verify", "--history", history], {
    input: Buffer.from(input),
  });
  return { status, stdout: stdout.toString(), stderr };
}

const WINDOWS: Readonly<Record<string, readonly string[]>> = {
  "stale-read": [
    '  client 1  put  "old"     |-|          [0.000, 0.080]',
    '  client 1  put  "new"         |-|      [0.200, 0.320]',
    '  client 3  get  -> "old"          |-|  [0.330, 0.420]',
  ],
  "lost-append": [
    '  client 2  append  "(2.1)"          |-|      [0.000, 0.110]',
    '  client 3  get     -> "(1.1)(1.2)"      |-|  [0.300, 0.370]',
  ],
  "double-append": [
    '  client 2  append  "(2.1)"               |-|      [0.000, 0.110]',
    '  client 3  get     -> "(1.1)(2.1)(2.1)"      |-|  [0.120, 0.180]',
  ],
  "reordered-session": [
    '  client 7  append  "(7.1)"               |-|          [0.000, 0.100]',
    '  client 7  append  "(7.2)"                   |-|      [0.110, 0.220]',
    '  client 9  get     -> "(8.1)(7.2)(7.1)"          |-|  [0.310, 0.400]',
  ],
};

for (const [name, window] of Object.entries(WINDOWS)) {
  test(`${name} is NOT linearizable: the smallest window is printed`, async (t) => {
    const { status, stdout, stderr } = await verify(file(name));
    const [verdict, , heading, , ...lines] = stdout.trimEnd().split("\n");
    t.regex(verdict ?? "", /^NOT linearizable: \d operations on \d keys; 0 of unknown outcome$/);
    t.is(heading, 'No order explains what was done to "k" (milliseconds since the first of these calls):');
    t.deepEqual(lines, window);
    t.is(stderr, "");
    t.is(status, EXIT.bug);
  });
}

test("a legal history is done, from a file and from stdin", async (t) => {
  for (const name of [file("legal"), "-"]) {
    const { status, stdout, stderr } = await verify(name, await readFile(file("legal")));
    t.is(stdout, "linearizable: 8 operations on 2 keys; 1 of unknown outcome\n");
    t.is(stderr, "");
    t.is(status, EXIT.done);
  }
});

test("a bad line is named by file and number", async (t) => {
  const whole = await readFile(file("legal"), "utf8");
  const cut = await verify("-", whole.slice(0, -20));
  t.regex(cut.stderr, /^kvraft: stdin:8: this is not JSON, or was cut off: /);
  t.is(cut.status, EXIT.data);
  t.is(cut.stdout, "");
  const bytes = await verify("-", Buffer.concat([Buffer.from(whole), Buffer.from([0x22, 0xff, 0x22, 0x0a])]));
  t.is(bytes.stderr, "kvraft: stdin:9: this is not UTF-8\n");
  t.is(bytes.status, EXIT.data);
  const other = await verify(KVRAFT);
  t.true(other.stderr.startsWith(`kvraft: ${KVRAFT}:1: this is not JSON`), other.stderr);
});

test("what cannot be read is an error of input and output", async (t) => {
  for (const name of [file("no-such-history"), HISTORIES]) {
    const { status, stderr } = await verify(name);
    t.regex(stderr, /^kvraft: E(NOENT|ISDIR): /);
    t.is(status, EXIT.io);
  }
});
