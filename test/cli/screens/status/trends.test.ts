import test from "ava";
import { quantile } from "../../../../src/base/histogram.js";
import type { Observation } from "../../../../src/clerk/observer.js";
import { Trends } from "../../../../src/cli/screens/status/model/trends.js";
import { latenciesOf, observation, statsOf, statusOf } from "../../observations.js";

interface Told {
  readonly atMs: number;
  readonly commitIndex?: number;
  readonly uptimeMs?: number;
  readonly latencies?: ReturnType<typeof latenciesOf>;
  readonly role?: "leader" | "follower";
}

function told(id: string, { atMs, commitIndex = 0, uptimeMs = atMs, role, ...rest }: Told): Observation {
  const status = statusOf(id, { commitIndex, ...(role === undefined ? {} : { role }) });
  const { latencies = latenciesOf(0, 0) } = rest;
  return observation(id, { answeredMs: atMs, stats: statsOf(id, { status, uptimeMs, latencies }) });
}

test("commits a second, from one answer to the next", (t) => {
  const trends = new Trends();
  const answers = [
    { atMs: 1000, commitIndex: 500 },
    { atMs: 2000, commitIndex: 700 },
    // Nobody commits half a second long, and nobody is asked for two.
    { atMs: 2500, commitIndex: 700 },
    { atMs: 4500, commitIndex: 800 },
  ];
  for (const answer of answers) trends.note([told("n1", answer)]);
  t.deepEqual(trends.commitsPerSecond, [200, 0, 50]);
});

test("the same answer looked at again, and those of others in the same round, are no trend", (t) => {
  const trends = new Trends();
  const n1 = told("n1", { atMs: 1000, commitIndex: 500 });
  trends.note([n1]);
  trends.note([n1, told("n2", { atMs: 1002, commitIndex: 490 })]);
  trends.note([told("n1", { atMs: 1003, commitIndex: 503 })]);
  t.deepEqual(trends.commitsPerSecond, []);
});

test("the rate goes on over a change of leaders, and a follower that is behind takes nothing back", (t) => {
  const trends = new Trends();
  const silent = { error: "timed out" };
  trends.note([told("n1", { atMs: 1000, commitIndex: 500 })]);
  const n1 = { ...told("n1", { atMs: 1000, commitIndex: 500 }), ...silent };
  trends.note([n1, told("n2", { atMs: 2000, commitIndex: 480 })]);
  trends.note([n1, told("n2", { atMs: 3000, commitIndex: 510, role: "leader" })]);
  t.deepEqual(trends.commitsPerSecond, [0, 10]);
});

test("latencies are those of the last ten seconds", (t) => {
  const trends = new Trends();
  const slow = latenciesOf(50_000, 1000);
  trends.note([told("n1", { atMs: 1000, latencies: slow })]);
  t.is(trends.recent("n1"), null);
  for (const atMs of [2000, 13_000, 14_000]) trends.note([told("n1", { atMs, latencies: slow })]);
  t.is(trends.recent("n1")?.latencies.commit.count, 0);
  const { commit } = latenciesOf(100, 10);
  const both = {
    ...slow,
    commit: {
      count: 1010,
      sum: 0,
      max: 50_000,
      buckets: Array.from(slow.commit.buckets, (count, at) => count + (commit.buckets[at] ?? 0)),
    },
  };
  trends.note([told("n1", { atMs: 15_000, latencies: both })]);
  const recent = trends.recent("n1");
  t.is(recent?.windowMs, 2000);
  t.is(recent?.latencies.commit.count, 10);
  t.true(quantile(recent?.latencies.commit ?? commit, 0.99) < 120);
});

test("a member that has started again has measured nothing before that", (t) => {
  const trends = new Trends();
  trends.note([told("n1", { atMs: 1000, latencies: latenciesOf(100, 10) })]);
  trends.note([told("n1", { atMs: 2000, uptimeMs: 50, latencies: latenciesOf(100, 20) })]);
  t.is(trends.recent("n1"), null);
});
