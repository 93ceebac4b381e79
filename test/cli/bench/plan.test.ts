import test from "ava";
import { planOf } from "../../../src/cli/bench/plan.js";
import { explain } from "../../../src/cli/explain.js";
import { grammar } from "../grammar.js";

/** What the options come to, in the place of the run. */
async function plan(...argv: string[]) {
  const program = await grammar(["bench"]);
  const command = program.commands.find((each) => each.name() === "bench");
  let found: ReturnType<typeof planOf> | null = null;
  command?.action((workload, flags) => {
    found = planOf(workload, flags);
  });
  await program.parseAsync(["bench", ...argv], { from: "user" });
  return found as ReturnType<typeof planOf> | null;
}

test("without options: puts of 16 clients for ten seconds", async (t) => {
  t.like(await plan(), {
    workload: "put",
    clients: 16,
    durationMs: 10_000,
    total: Number.POSITIVE_INFINITY,
    valueBytes: 256,
    keys: 10_000,
    ratePerSecond: null,
    getPercent: 0,
    prefix: Buffer.from("bench/"),
    keep: false,
    force: false,
    leaderPid: null,
  });
});

test("sizes, rates and shares as people write them", async (t) => {
  const options = [
    "mixed",
    "--rate",
    "500/s",
    "--value-bytes",
    "4KiB",
    "--get-percent",
    "95",
    "--total",
    "7",
  ];
  t.like(await plan(...options), {
    workload: "mixed",
    ratePerSecond: 500,
    valueBytes: 4096,
    getPercent: 95,
    total: 7,
    durationMs: Number.POSITIVE_INFINITY,
  });
  t.like(await plan("get", "--rate", "1000"), { ratePerSecond: 1000, getPercent: 100 });
});

for (const [argv, message] of [
  [["--clients", "0"], '--clients: "0" is not a whole number from 1 to 1000'],
  [["--duration", "10"], '--duration: "10" is not a duration such as 10s or 2m'],
  [["--duration", "0s"], '--duration: "0s" is not a duration such as 10s or 2m'],
  [["--duration", "1s", "--total", "5"], "--duration and --total exclude each other"],
  [["--rate", "5/m"], '--rate: "5/m" is not a whole number from 1 to 1000000'],
  [["--value-bytes", "17MiB"], '--value-bytes: "17MiB" is not a size such as 256 or 4KiB'],
  [["--get-percent", "101"], '--get-percent: "101" is not a whole number from 0 to 100'],
  [["--prefix", ""], "--prefix: the keys of a benchmark need one"],
  [["--kill-leader", "-1"], '--kill-leader: "-1" is not a whole number from 2 to 4194304'],
  [["--kill-leader", "1"], '--kill-leader: "1" is not a whole number from 2 to 4194304'],
  [
    ["puts"],
    "command-argument value 'puts' is invalid for argument 'workload'. Allowed choices are put, get, append, mixed.",
  ],
] as const) {
  test(`status 64: kvraft bench ${argv.join(" ")}`, async (t) => {
    const error = await t.throwsAsync(plan(...argv));
    const { status, text } = explain(error, null);
    t.is(status, 64);
    t.is(text.split("\n")[0], `kvraft: ${message}`);
  });
}
