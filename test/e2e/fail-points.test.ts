import test from "ava";
import type { Clerk } from "../../src/clerk/clerk.js";
import type { Cluster } from "./cluster.js";
import { finalStates } from "./data-directory.js";
import { arm, candidateFor, diesAt, startArmable } from "./fail-points/armed.js";
import { ALL_POINTS, RUNNING, STOPPING } from "./fail-points/points.js";
import { Load } from "./load.js";
import { Suite } from "./suite.js";

const suite = new Suite();
let cluster: Cluster;
let clerk: Clerk;

test.before(async () => {
  cluster = await startArmable(suite);
  clerk = cluster.clerk(suite);
});

test.after.always(() => suite.end());

for (const [turn, point] of RUNNING.entries()) {
  test.serial(`a member that dies at ${point.name} costs nothing that was acknowledged`, async (t) => {
    const load = new Load(clerk, `words/${point.name}`);
    await load.progress(1);
    const member = await candidateFor(cluster, point, turn);
    arm(member, point);
    await diesAt(t, member, point);
    await load.progress(1);
    await member.start();
    await load.progress(1);
    t.deepEqual(await load.stop(), []);
  });
}

for (const [turn, point] of STOPPING.entries()) {
  test.serial(`a member that is told to end and dies at ${point.name} costs nothing either`, async (t) => {
    const load = new Load(clerk, `words/${point.name}`);
    await load.progress(1);
    const member = await candidateFor(cluster, point, turn);
    arm(member, point);
    member.signal("SIGTERM");
    await diesAt(t, member, point);
    await load.progress(1);
    await member.start();
    t.deepEqual(await load.stop(), []);
  });
}

test.serial("after all of that the members hold the same, on their disks", async (t) => {
  const [first, ...others] = await finalStates(cluster);
  t.deepEqual(others, [first, first]);
});

test("each fail point has a name of its own", (t) => {
  t.is(new Set(ALL_POINTS.map(({ name }) => name)).size, ALL_POINTS.length);
});
