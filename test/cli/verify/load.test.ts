import test from "ava";
import { seededRandom } from "../../../src/base/random.js";
import { ClerkError } from "../../../src/clerk/clerk.js";
import { Load, type LoadOptions, type LoadReport } from "../../../src/cli/verify/load.js";
import type { PlainClerk } from "../../../src/cli/verify/recorded-clerk.js";
import { ScratchKeys } from "../../../src/cli/verify/scratch-keys.js";
import { checkLinearizable } from "../../../src/lin/checker.js";
import { describeWindow } from "../../../src/lin/verdict.js";
import { type Plan, ShakyCluster } from "./shaky-cluster.js";

const DURATION_MS = 1000;

function loadOn(cluster: ShakyCluster, options: Partial<LoadOptions> = {}): Load {
  return new Load({
    clerks: Array.from({ length: 6 }, () => cluster.clerk()),
    keys: new ScratchKeys("v/", 3),
    durationMs: DURATION_MS,
    random: seededRandom(7),
    timers: cluster.time,
    ...options,
  });
}

async function runOn(
  seed: number,
  plan: Plan = {},
  options: Partial<LoadOptions> = {},
): Promise<LoadReport & { readonly cluster: ShakyCluster }> {
  const cluster = new ShakyCluster(seed, plan);
  const load = loadOn(cluster, { random: seededRandom(seed), ...options });
  return { ...(await cluster.play(load.run())), cluster };
}

for (const [what, plan] of [
  ["that keeps its promises", {}],
  ["that answers nobody for a while", { outage: { fromMs: 300, toMs: 600 } }],
] as const) {
  test(`a cluster ${what} is linearizable, and nothing is left on it`, async (t) => {
    for (let seed = 1; seed <= 5; seed++) {
      const { cluster, history, ...report } = await runOn(seed, plan);
      const verdict = checkLinearizable(history);
      t.is(verdict.outcome, "legal");
      t.true(history.length > 500, `${history.length} operations`);
      t.like(report, { unread: 0, left: 0 });
      t.deepEqual(cluster.keys, []);
      const hasOutage = "outage" in plan;
      t.is(verdict.counts.unknown > 0, hasOutage);
      t.is(report.notDone > 0, hasOutage);
    }
  });
}

test("acknowledged writes that are lost are mostly found, and the counter-example names them", async (t) => {
  let found = 0;
  for (let seed = 1; seed <= 8; seed++) {
    const { cluster, history } = await runOn(seed, { wrong: { what: "lost write", atMs: 400 } });
    const verdict = checkLinearizable(history);
    // It was overwritten before anybody could read it: no client can tell.
    if (verdict.outcome === "legal") continue;
    found++;
    if (verdict.outcome !== "illegal") return t.fail(verdict.outcome);
    const { window } = verdict;
    t.true(window.length <= 12, describeWindow(window));
    t.true(window.some((operation) => "value" in operation && operation.value === cluster.wronged));
  }
  t.true(found >= 5, `${found} of 8`);
});

test("a stale read is found, and the counter-example is about its key", async (t) => {
  const { cluster, history } = await runOn(1, { wrong: { what: "stale read", atMs: 400 } });
  const verdict = checkLinearizable(history);
  if (verdict.outcome !== "illegal") return t.fail(verdict.outcome);
  t.true(verdict.key === cluster.wronged);
  t.true(verdict.window.length <= 4, describeWindow(verdict.window));
});

test("what is lost when the load is over already shows in the reads at the end", async (t) => {
  // So many keys that their reading takes a while.
  const keys = new ScratchKeys("v/", 60);
  const plan = { wrong: { what: "rollback", atMs: DURATION_MS + 15 } } as const;
  const { cluster, history } = await runOn(1, plan, { keys });
  t.is(cluster.wronged, "all");
  t.is(checkLinearizable(history).outcome, "illegal");
});

test("a cluster that is gone for good: all keys are unread and left, and the history is legal", async (t) => {
  const { history, unread, left, cluster } = await runOn(1, {
    outage: { fromMs: 500, toMs: Number.POSITIVE_INFINITY },
  });
  t.is(checkLinearizable(history).outcome, "legal");
  t.true(unread >= 3 && unread === left, `${unread} unread, ${left} left`);
  t.true(cluster.keys.length <= left);
});

test("told to stop, it ends soon, in order", async (t) => {
  const cluster = new ShakyCluster(1);
  const load = loadOn(cluster, { durationMs: 24 * 3_600_000 });
  cluster.time.after(60_000, () => load.stop());
  const { tookMs, history } = await cluster.play(load.run());
  t.true(tookMs >= 60_000 && tookMs < 60_000 + 100, `${tookMs} ms`);
  t.deepEqual(cluster.keys, []);
  // So long a run is slow, so that its history stays short: half a million operations in a day.
  t.true(history.length > 150 && history.length < 600, `${history.length} operations`);
});

test("what no outage explains ends the load at once, and the keys are erased", async (t) => {
  const cluster = new ShakyCluster(1);
  const strict: PlainClerk = {
    ...cluster.clerk(),
    append: () => Promise.reject(new ClerkError("value-too-large", "too large")),
  };
  const load = loadOn(cluster, { clerks: [cluster.clerk(), strict] });
  await t.throwsAsync(cluster.play(load.run()), { message: "too large" });
  t.deepEqual(cluster.keys, []);
});

test("a key is given out some hundred times, then another takes its place", (t) => {
  const keys = new ScratchKeys("v/", 2);
  const random = seededRandom(1);
  const counts = new Map<string, number>();
  for (let drawn = 0; drawn < 2500; drawn++) {
    const key = keys.draw(random);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  t.true([...counts.values()].every((count) => count <= 500));
  t.true(counts.size === 5 || counts.size === 6, `${counts.size} keys`);
  for (const key of counts.keys()) t.true(keys.all.includes(key));
});
