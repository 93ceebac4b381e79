/** `kvraft repl`: lines from a pipe. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { seededRandom } from "../../src/base/random.js";
import { Cluster } from "./cluster.js";
import { type RunOptions, temporaryDirectory } from "./processes.js";
import { ToolSuite } from "./tool-suite.js";

const KILLS = 20;
/** From its first line on: far shorter than for all of them. */
const LIFE_MS_MAX = 100;

const suite = new ToolSuite();

test.before(() => suite.begin());

test.after.always(() => suite.end());

function repl(lines: readonly string[], options: RunOptions & { readonly flags?: readonly string[] } = {}) {
  const { flags = [], ...others } = options;
  return suite.run([...flags, "repl"], { ...others, input: Buffer.from(`${lines.join("\n")}\n`) });
}

test("lines are the commands of the tool, with its options and its output", async (t) => {
  const { status, stdout, stderr } = await repl([
    "# a script",
    "",
    "put repl/a 'one two'",
    'kvraft append repl/a "\\x0a\\xff"',
    "get repl/a",
    "scan --prefix repl/ --keys-only",
    "get -o json repl/a",
    'put "repl/\\xfe" x',
    "help exit",
    "quit",
    "put repl/never x",
  ]);
  t.is(status, 0, stderr);
  t.is(stderr, "");
  const said = stdout.toString("latin1");
  const json =
    '{"version":1,"key":{"base64":"cmVwbC9h","utf8":"repl/a"},"value":{"base64":"b25lIHR3bwr/"}}\n';
  t.true(said.startsWith(`one two\n\xffrepl/a\n${json}`), said);
  t.regex(said, /Usage: kvraft exit/);
  const keys = await suite.run(["scan", "--prefix", "repl/", "--keys-only"]);
  t.deepEqual(keys.stdout, Buffer.from("repl/a\nrepl/\xfe\n", "latin1"));
});

test("the first line that fails ends the run with its status, and is named", async (t) => {
  const failing = async (line: string) => {
    const { status, stdout, stderr } = await repl(["put fail/k v", line, "get fail/k"]);
    t.is(stdout.length, 0);
    t.regex(stderr, /^kvraft: line 2 of stdin ended with status \d+; nothing after it was run$/m);
    return { status, stderr };
  };
  t.is((await failing("get fail/none")).status, 1);
  t.like(await failing("get"), { status: 64 });
  t.regex((await failing('put k "v')).stderr, /a quote is open: "v/);
  t.regex((await failing("put fail/k -")).stderr, /stdin holds the commands/);
  t.is((await failing("put fail/k")).status, 64);
  t.is((await failing("put fail/k @/nonexistent")).status, 74);
  t.is((await failing("repl")).status, 64);
  t.is((await failing("-e 127.0.0.1:9 --timeout 300ms get k")).status, 69);
});

test("the options of the shell hold for each line that does not name its own", async (t) => {
  const lines = ["put opt/k v", "get opt/k", "get opt/k -o text"];
  const { stdout } = await repl(lines, { flags: ["-o", "json"] });
  const [done, got, rest] = stdout.toString().split("\n");
  t.deepEqual(JSON.parse(done ?? ""), { version: 1, done: true });
  t.like(JSON.parse(got ?? ""), { value: { utf8: "v" } });
  t.is(rest, "v");
});

test("all lines share one session, and leave no note", async (t) => {
  const state = await temporaryDirectory(t);
  const alone = await Cluster.start(t, { members: 1 });
  const { endpoints } = alone;
  const [member] = alone.members;
  if (member === undefined) return t.fail();
  await alone.leader();
  const before = (await alone.report(member)).lastIndex;
  const lines = Array.from({ length: 200 }, (_, at) => `put k${at % 10} ${at}`);
  const environment = { XDG_STATE_HOME: state };
  const { status } = await repl(lines, { flags: ["-e", endpoints.join(",")], environment });
  t.is(status, 0);
  t.deepEqual(await readdir(join(state, "kvraft")), []);
  // Besides the writes only its opening, its end, and the time.
  t.true((await alone.report(member)).lastIndex - before < 210);
});

test("killed at any moment, it leaves the write under way to be finished exactly once", async (t) => {
  const state = await temporaryDirectory(t);
  const environment = { XDG_STATE_HOME: state };
  const random = seededRandom(11);
  let resumed = 0;
  for (let at = 0; at < KILLS; at++) {
    const key = `kill/${at}`;
    const appends = Array.from({ length: 5000 }, (_, piece) => `append ${key} <${piece}>`);
    await repl(["config show", ...appends], {
      environment,
      during: (child) =>
        child.stdout?.once("data", () => setTimeout(() => child.kill("SIGKILL"), random.below(LIFE_MS_MAX))),
    });
    const before = (await suite.run(["get", key])).stdout.toString();
    const finished = await suite.run(["resume"], { environment });
    t.is(finished.status, 0, finished.stderr);
    if (finished.stdout.length > 0) resumed++;
    const pieces = [...(await suite.run(["get", key])).stdout.toString().matchAll(/<(\d+)>/g)];
    t.deepEqual(
      pieces.map(([, piece]) => Number(piece)),
      pieces.map((_, piece) => piece),
    );
    const expected = finished.stdout.length > 0 ? [0, 1] : [0];
    t.true(expected.includes(pieces.length - [...before.matchAll(/</g)].length));
    t.deepEqual(await readdir(join(state, "kvraft")).catch(() => []), []);
  }
  t.true(resumed > 0);
});
