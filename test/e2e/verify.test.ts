import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { EXIT } from "../../src/base/exit-status.js";
import type { Cluster } from "./cluster.js";
import { eventually, kvraft, temporaryDirectory } from "./processes.js";
import { ToolSuite } from "./tool-suite.js";

const suite = new ToolSuite();
const tool = suite.run.bind(suite);
let cluster: Cluster;

test.before(async () => {
  cluster = await suite.begin();
});

test.after.always(() => suite.end());

async function keysUnder(prefix: string): Promise<string> {
  return (await tool(["scan", "--keys-only", "--prefix", prefix])).stdout.toString();
}

/** The load has begun. */
function untilThereAreKeys(prefix: string): Promise<string> {
  return eventually(`there are keys under ${prefix}`, async () => (await keysUnder(prefix)) || null);
}

test.serial("a cluster whose leader is killed meanwhile is linearizable, and no key is left", async (t) => {
  const leader = await cluster.leader();
  const verified = tool([
    "--timeout",
    "20s",
    "verify",
    "--duration",
    "4s",
    "--prefix",
    "kill/",
    "-o",
    "json",
  ]);
  await untilThereAreKeys("kill/");
  await leader.end("SIGKILL");
  const { status, stdout, stderr } = await verified;
  t.is(status, EXIT.done, stderr);
  const { verdict, operations, run } = JSON.parse(stdout.toString());
  t.is(verdict, "linearizable");
  t.true(operations > 100, `${operations} operations`);
  t.like(run, { clients: 8, readFromAny: [2, 4, 6, 8], unread: 0, left: 0, interrupted: false });
  t.is(await keysUnder("kill/"), "");
  await leader.start();
});

test.serial("Ctrl-C ends the load: what was recorded is judged and kept, and no key is left", async (t) => {
  const path = join(await temporaryDirectory(t), "history.jsonl");
  let interrupt = () => {};
  const verified = tool(["verify", "--duration", "1h", "--prefix", "cut/", "--record", path], {
    during: (child) => {
      interrupt = () => child.kill("SIGINT");
    },
  });
  await untilThereAreKeys("cut/");
  interrupt();
  const { status, stdout, stderr } = await verified;
  t.is(status, EXIT.interrupted);
  t.regex(stdout.toString(), /^linearizable: \d+ operations on 5 keys by 8 clients in /);
  t.regex(stderr, /^kvraft: interrupted: .*\n$/);
  t.is(await keysUnder("cut/"), "");
  const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
  const again = await kvraft(["verify", "--history", path]);
  t.is(again.status, EXIT.done);
  t.true(again.stdout.toString().startsWith(`linearizable: ${lines.length} operations on 5 keys; `));
});

test.serial(
  "a history that is there already is not written over, and without a cluster none is begun",
  async (t) => {
    const path = join(await temporaryDirectory(t), "history.jsonl");
    const nobody = await kvraft(["-e", "127.0.0.1:9", "--timeout", "300ms", "verify", "--record", path]);
    t.is(nobody.status, EXIT.unavailable);
    t.regex(nobody.stderr, /^kvraft: verify: no member reachable/);
    await t.throwsAsync(access(path));
    const first = await tool(["verify", "--duration", "100ms", "--record", path]);
    t.is(first.status, EXIT.done, first.stderr);
    const before = await readFile(path);
    const second = await tool(["verify", "--duration", "100ms", "--record", path]);
    t.is(second.status, EXIT.io);
    t.regex(second.stderr, /is there already\nkvraft: Nothing was sent/);
    t.deepEqual(await readFile(path), before);
  },
);
