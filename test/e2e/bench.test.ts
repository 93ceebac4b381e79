/** `kvraft bench` against real members. Only what it does is judged here, and no time that it measures. */
import test from "ava";
import { Cluster } from "./cluster.js";
import { eventually } from "./processes.js";
import { ToolSuite } from "./tool-suite.js";

const suite = new ToolSuite();

test.before(() => suite.begin());

test.after.always(() => suite.end());

async function bench(...args: readonly string[]) {
  const { status, stdout, stderr } = await suite.run(["bench", "-o", "json", "--clients", "4", ...args]);
  return { status, stderr, report: stdout.length === 0 ? null : JSON.parse(stdout.toString()) };
}

async function keysUnder(prefix: string): Promise<string> {
  return (await suite.run(["scan", "--keys-only", "--prefix", prefix])).stdout.toString();
}

for (const [workload, kinds] of [
  ["put", ["put"]],
  ["append", ["append"]],
  ["get", ["get"]],
  ["mixed", ["get", "put"]],
] as const) {
  test(`${workload}: as many as were asked for, and nothing is left`, async (t) => {
    const prefix = `bench-${workload}/`;
    const { status, stderr, report } = await bench(
      workload,
      "--total",
      "500",
      "--keys",
      "20",
      "--prefix",
      prefix,
    );
    t.is(status, 0, stderr);
    t.is(stderr, "");
    t.like(report, { version: 1, workload, clients: 4, operations: 500, errors: {}, interrupted: false });
    t.deepEqual(Object.keys(report.latenciesMs).sort(), kinds);
    t.is(await keysUnder(prefix), "");
  });
}

test("where there are keys it does not begin; told to, it leaves those that are no benchmark's", async (t) => {
  await suite.run(["put", "busy/mine", "v"]);
  const refused = await bench("--total", "10", "--prefix", "busy/");
  t.is(refused.status, 64);
  t.regex(refused.stderr, /there are keys under "busy\/" already, such as "busy\/mine"/);
  t.is((await bench("--total", "10", "--keys", "1", "--prefix", "busy/", "--force", "--keep")).status, 0);
  t.is(await keysUnder("busy/"), "busy/00000000\nbusy/mine\n");
  t.is((await bench("--total", "10", "--keys", "1", "--prefix", "busy/", "--force")).status, 0);
  t.is(await keysUnder("busy/"), "busy/mine\n");
});

test("Ctrl-C ends it early, with what was measured, and nothing is left", async (t) => {
  const args = ["bench", "put", "-o", "json", "--duration", "10m", "--prefix", "stop/"];
  const { status, stdout, stderr } = await suite.run(args, {
    during: (child) => {
      void eventually("it has begun", async () => (await keysUnder("stop/")) || null).then(() =>
        child.kill("SIGINT"),
      );
    },
  });
  t.is(status, 130, stderr);
  t.like(JSON.parse(stdout.toString()), { interrupted: true });
  t.is(await keysUnder("stop/"), "");
});

test("a rate is kept, and the report is one for people too", async (t) => {
  const args = ["bench", "get", "--rate", "100/s", "--total", "50", "--keys", "1", "--prefix", "rate/"];
  const { status, stdout, stderr } = await suite.run(args);
  t.is(status, 0, stderr);
  t.regex(stdout.toString(), /^get: 16 clients, 100 a second, values of 256 bytes, 1 keys; \d+\.\d s$/m);
  t.regex(stdout.toString(), /^ {2}operations {2}50, /m);
});

test("nobody but a kvraftd is killed", async (t) => {
  const { status, stderr } = await bench("--kill-leader", String(process.pid));
  t.is(status, 64);
  t.regex(stderr, /is no kvraftd/);
  t.is((await bench("--kill-leader", "4194304")).status, 64);
});

test.serial(
  "what cannot be stored ends it at once, and where nobody answers it does not begin",
  async (t) => {
    const tooLarge = await bench("--value-bytes", "2MiB", "--prefix", "large/");
    t.is(tooLarge.status, 65);
    t.is((await bench("-e", "127.0.0.1:9", "--timeout", "300ms")).status, 69);
  },
);

test("the leader is killed in the middle, and how long that was felt is told", async (t) => {
  const cluster = await Cluster.start(t);
  const leader = await cluster.leader();
  const args = ["--total", "2000", "--keys", "10", "--kill-leader", String(leader.pid)];
  const { status, report, stderr } = await bench("-e", cluster.endpoints.join(","), ...args);
  t.is(status, 0, stderr);
  t.deepEqual(await leader.ended(), { status: null, signal: "SIGKILL" });
  const { pid, tookMs, gapMs, leaders } = report.failOver;
  t.is(pid, leader.pid);
  t.true(tookMs > 0 && gapMs > 0);
  t.is(leaders.before, leader.id);
  t.not(leaders.after, leader.id);
});
