import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import test from "ava";
import { EXIT } from "../../src/base/exit-status.js";

const MAIN = path.join(import.meta.dirname, "main.js");
const HISTORIES = path.resolve(import.meta.dirname, "../../../test/testdata/lin");

const file = (name: string): string => path.join(HISTORIES, `${name}.jsonl`);

async function lin(args: readonly string[], input: string | Buffer = "") {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: "pipe" });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  child.stdin.on("error", () => {}); // It need not wait for input that it does not read.
  child.stdin.end(input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { status: await ended, stdout, stderr };
}

const WINDOWS: Readonly<Record<string, readonly string[]>> = {
  "stale-read": [
    'on "k" these cannot be ordered (times since 1000100000):',
    '  client 1  put  "old"     [     0,  80000]',
    '  client 1  put  "new"     [200000, 320000]',
    '  client 3  get  -> "old"  [330000, 420000]',
  ],
  "lost-append": [
    'on "k" these cannot be ordered (times since 1000100000):',
    '  client 2  append  "(2.1)"          [     0, 110000]',
    '  client 3  get     -> "(1.1)(1.2)"  [300000, 370000]',
  ],
  "double-append": [
    'on "k" these cannot be ordered (times since 1000100000):',
    '  client 2  append  "(2.1)"               [     0, 110000]',
    '  client 3  get     -> "(1.1)(2.1)(2.1)"  [120000, 180000]',
  ],
  "reordered-session": [
    'on "k" these cannot be ordered (times since 1000000000):',
    '  client 7  append  "(7.1)"               [     0, 100000]',
    '  client 7  append  "(7.2)"               [110000, 220000]',
    '  client 9  get     -> "(8.1)(7.2)(7.1)"  [310000, 400000]',
  ],
};

for (const [name, window] of Object.entries(WINDOWS)) {
  test(`${name} is illegal: the smallest window is printed`, async (t) => {
    const { status, stdout, stderr } = await lin([file(name)]);
    const [verdict, ...lines] = stdout.trimEnd().split("\n");
    t.regex(verdict ?? "", /^illegal: \d operations/);
    t.deepEqual(lines, window);
    t.is(stderr, "");
    t.is(status, 1);
  });
}

test("a legal history is done, from a file and from standard input", async (t) => {
  const args = [file("legal"), "-"];
  for (const arg of args) {
    const { status, stdout, stderr } = await lin([arg], await readFile(file("legal")));
    t.regex(stdout, /^legal: 8 operations \(1 of unknown outcome\) on 2 keys/);
    t.is(stderr, "");
    t.is(status, EXIT.done);
  }
});

test("what could not be decided is a failure, with words what to try", async (t) => {
  const append = (client: number) =>
    `{"client":${client},"op":"append","key":"k","value":"${client},","start":0,"end":9}\n`;
  const get = '{"client":99,"op":"get","key":"k","output":"9,8,7,6,5,4,3,2,1,0,0,","start":0,"end":9}\n';
  const history = Array.from({ length: 10 }, (_, client) => append(client)).join("") + get;
  const { status, stdout } = await lin(["--steps", "2", "-"], history);
  t.regex(stdout, /^undecided: .*; open are "k"\n.*Try more with --steps/);
  t.is(status, 1);
  t.is((await lin(["-"], history)).stdout.split(":")[0], "illegal");
});

test("a bad line is named by file and number", async (t) => {
  const whole = await readFile(file("legal"), "utf8");
  const cut = await lin(["-"], whole.slice(0, -20));
  t.regex(cut.stderr, /^standard input:8: this is not JSON, or was cut off: /);
  t.is(cut.status, EXIT.data);
  t.is(cut.stdout, "");
  const bytes = await lin(["-"], Buffer.concat([Buffer.from(whole), Buffer.from([0x22, 0xff, 0x22, 0x0a])]));
  t.is(bytes.stderr, "standard input:9: this is not UTF-8\n");
  t.is(bytes.status, EXIT.data);
  const other = await lin([MAIN]);
  t.true(other.stderr.startsWith(`${MAIN}:1: this is not JSON`), other.stderr);
});

test("what cannot be read is an error of input and output", async (t) => {
  for (const name of [file("no-such-history"), HISTORIES]) {
    const { status, stderr } = await lin([name]);
    t.true(stderr.startsWith(`cannot read ${name}: `), stderr);
    t.is(status, EXIT.io);
  }
});

test("a wrong command line is told the right one", async (t) => {
  for (const args of [[], ["a", "b"], ["--fast", "a"], ["--steps", "0", "a"], ["--steps", "many", "a"]]) {
    const { status, stdout, stderr } = await lin(args);
    t.regex(stderr, /\nusage: npm run lin -- FILE/);
    t.is(stdout, "");
    t.is(status, EXIT.usage);
  }
});
