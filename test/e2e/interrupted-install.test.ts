import { setTimeout as pause } from "node:timers/promises";
import test from "ava";
import type { Clerk } from "../../src/clerk/clerk.js";
import type { Cluster, Daemon } from "./cluster.js";
import { finalStates } from "./data-directory.js";
import { arm, armedLife, diesAt, startArmable } from "./fail-points/armed.js";
import { INSTALLING, SENDING } from "./fail-points/points.js";
import { Load } from "./load.js";
import { eventually } from "./processes.js";
import { Suite } from "./suite.js";

/** More than two chunks of a snapshot. */
const VALUES = 60;
const VALUE_BYTES = 20_000;
/** How far behind the follower is: so many snapshots have replaced each other since it was last heard of. */
const SNAPSHOTS_BEHIND = 3;
/** After its ready line, in ms: it is killed wherever it is by then. */
const RANDOM_MOMENTS_MS = [0, 2, 5, 10, 20, 40, 80, 160];

const suite = new Suite();
let cluster: Cluster;
let clerk: Clerk;
/** The follower that is never let finish. */
let victim: Daemon;

test.before(async () => {
  cluster = await startArmable(suite);
  clerk = cluster.clerk(suite);
  for (let at = 0; at < VALUES; at++) await clerk.put(`value/${at}`, contentOf(at));
  [victim] = (await cluster.followers()) as [Daemon];
});

test.after.always(() => suite.end());

function contentOf(at: number): Uint8Array {
  return new Uint8Array(VALUE_BYTES).fill(at);
}

/** Nothing that the follower lacks is in anybody's log any more. */
async function fallBehind(follower: Daemon): Promise<void> {
  await follower.end("SIGKILL");
  let { lastIndex } = await cluster.report(await cluster.leader());
  for (let taken = 0; taken < SNAPSHOTS_BEHIND; taken++) {
    lastIndex = await eventually("another snapshot is taken", async () => {
      const report = await cluster.report(await cluster.leader());
      return report.snapshotIndex > lastIndex ? report.lastIndex : null;
    });
  }
}

for (const point of INSTALLING) {
  test.serial(`a follower three snapshots behind is killed at ${point.name}`, async (t) => {
    const load = new Load(clerk, `words/${point.name}`);
    await fallBehind(victim);
    // It may come by there before it is ready, or after.
    await victim.start([], armedLife(point)).catch(() => {});
    await diesAt(t, victim, point);
    t.deepEqual(await load.stop(), []);
  });
}

for (const momentMs of RANDOM_MOMENTS_MS) {
  test.serial(`a follower three snapshots behind is killed ${momentMs} ms after it is ready`, async (t) => {
    const load = new Load(clerk, `words/${momentMs}`);
    await fallBehind(victim);
    await victim.start();
    await pause(momentMs);
    await victim.end("SIGKILL");
    t.deepEqual(await load.stop(), []);
  });
}

test.serial("PITFALLS 17, 22: left alone after all of that, it catches up", async (t) => {
  const load = new Load(clerk, "words/left-alone");
  await fallBehind(victim);
  const { lastIndex } = await cluster.report(await cluster.leader());
  await victim.start();
  await eventually("it has caught up", async () =>
    (await cluster.report(victim)).appliedIndex >= lastIndex ? true : null,
  );
  t.deepEqual(await load.stop(), []);
});

for (const point of SENDING) {
  test.serial(`a leader that dies at ${point.name} while it sends a snapshot costs nothing`, async (t) => {
    const load = new Load(clerk, `words/${point.name}`);
    const [follower] = await cluster.followers();
    if (follower === undefined) return t.fail("there is a follower");
    await fallBehind(follower);
    const leader = await cluster.leader();
    arm(leader, point);
    await follower.start();
    await diesAt(t, leader, point);
    await leader.start();
    await load.progress();
    t.deepEqual(await load.stop(), []);
  });
}

test.serial("after all of that the members hold the same, on their disks", async (t) => {
  for (let at = 0; at < VALUES; at++) {
    const value = Buffer.from((await clerk.get(`value/${at}`)) ?? []);
    t.true(value.equals(contentOf(at)), `value/${at}: ${value.length} bytes`);
  }
  const [first, ...others] = await finalStates(cluster);
  t.deepEqual(others, [first, first]);
});
