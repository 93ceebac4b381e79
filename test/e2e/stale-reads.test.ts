/** `--consistency stale` when it is needed: the majority is gone. */
import test from "ava";
import { Cluster, type Daemon } from "./cluster.js";
import { eventually, type Finished, kvraft } from "./processes.js";
import { Suite } from "./suite.js";

const suite = new Suite();
let cluster: Cluster;
let last: Daemon;
let leftAloneMs = 0;

test.before(async () => {
  cluster = await Cluster.start(suite);
  const [survivor, other] = await cluster.followers();
  if (survivor === undefined || other === undefined) throw new Error("there are three members");
  last = survivor;
  const clerk = cluster.clerk(suite);
  for (const key of ["a", "b", "c"]) await clerk.put(key, `value of ${key}`);
  // News of the last commit comes later than its acknowledgement.
  await eventually(`${last.id} has applied what was put last`, async () => {
    const { member, value } = await clerk.getStale("c");
    return member === last.id ? value : null;
  });
  for (const member of cluster.members) if (member !== last) await member.end("SIGKILL");
  leftAloneMs = performance.now();
  await cluster.untilNobodyLeads();
});

test.after.always(() => suite.end());

function tool(...args: readonly string[]): Promise<Finished> {
  // Those that are dead are asked first.
  const endpoints = cluster.endpoints.toSorted(
    (a, b) => Number(a === last.client) - Number(b === last.client),
  );
  return kvraft(args, { environment: { KVRAFT_ENDPOINTS: endpoints.join(",") } });
}

test("get prints the value alone, and says on stderr who answered and how far behind", async (t) => {
  const aloneMs = performance.now() - leftAloneMs;
  const { status, stdout, stderr } = await tool("get", "--consistency", "stale", "a");
  t.is(status, 0, stderr);
  t.is(stdout.toString(), "value of a");
  const [, member = "", behindMs = ""] =
    /^kvraft: read from (n\d), up to (\d+) ms behind, index \d+\n$/.exec(stderr) ?? [];
  t.is(member, last.id, stderr);
  // Ticks of a busy machine come late, and are fewer then.
  t.true(Number(behindMs) >= aloneMs / 2, `${behindMs} ms, alone for ${aloneMs} ms`);
  t.true(Number(behindMs) <= performance.now() - leftAloneMs + 500);
});

test("get of an absent key is status 1 with nothing on stdout, and says who answered all the same", async (t) => {
  const { status, stdout, stderr } = await tool("get", "absent", "--consistency=stale");
  t.is(status, 1);
  t.is(stdout.length, 0);
  t.regex(stderr, /^kvraft: read from n\d, /);
});

test("scan prints the pairs alone, and says at the end who answered", async (t) => {
  const { status, stdout, stderr } = await tool(
    "scan",
    "--consistency",
    "stale",
    "--from",
    "b",
    "--keys-only",
  );
  t.is(status, 0, stderr);
  t.is(stdout.toString(), "b\nc\n");
  t.regex(stderr, new RegExp(`^kvraft: read from ${last.id}, up to \\d+ ms behind, index \\d+\\n$`));
});

test("in JSON all of it is in the document, and stderr is empty", async (t) => {
  const got = await tool("get", "a", "--consistency", "stale", "-o", "json");
  const { value, read } = JSON.parse(got.stdout.toString());
  t.is(value.utf8, "value of a");
  t.is(read.member, last.id);
  t.regex(read.index, /^\d+$/);
  t.is(typeof read.behindMs, "number");
  const scanned = await tool("scan", "--consistency", "stale", "-o", "json");
  const { pairs, reads } = JSON.parse(scanned.stdout.toString());
  t.deepEqual([pairs.length, reads.length, reads[0].index], [3, 1, read.index]);
  t.is(got.stderr + scanned.stderr, "");
});

test("a linearizable read is refused there, whichever way it is asked for", async (t) => {
  for (const args of [
    ["get", "a"],
    ["get", "a", "--consistency", "linearizable"],
  ]) {
    const { status, stdout } = await tool("--timeout", "500ms", ...args);
    t.is(status, 69);
    t.is(stdout.length, 0);
  }
});
