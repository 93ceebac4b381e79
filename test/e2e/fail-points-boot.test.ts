import test, { type ExecutionContext } from "ava";
import type { Cluster, Daemon } from "./cluster.js";
import { finalStates } from "./data-directory.js";
import { arm, armedLife, diesAt, prepareArmable, startArmable } from "./fail-points/armed.js";
import { ALL_POINTS, BOOTING, type FailPoint, FIRST_BOOTING } from "./fail-points/points.js";
import { Load } from "./load.js";
import { eventually } from "./processes.js";
import { Suite } from "./suite.js";

const suite = new Suite();
let cluster: Cluster;

test.before(async () => {
  cluster = await startArmable(suite);
});

test.after.always(() => suite.end());

async function diesStarting(t: ExecutionContext, member: Daemon, point: FailPoint): Promise<void> {
  await t.throwsAsync(member.start([], armedLife(point)), { message: /ended before it was ready/ });
  await diesAt(t, member, point);
}

/** What there is to do when it starts, by the point at which it has died before. */
const groups = new Map<string | null, FailPoint[]>();
for (const point of BOOTING) groups.set(point.after, [...(groups.get(point.after) ?? []), point]);

for (const [turn, [after, points]] of [...groups].entries()) {
  const names = points.map(({ name }) => name).join(", ");
  test.serial(
    `a member that dies while it starts, at ${names}, one after the other, can start again`,
    async (t) => {
      const load = new Load(cluster.clerk(t), `words/${after}`);
      await load.progress(1);
      const member = cluster.members[turn % cluster.members.length];
      if (member === undefined) return t.fail("there are members");
      await eventually("there is a snapshot to begin with", async () =>
        (await cluster.report(member)).snapshotIndex > 0 ? true : null,
      );
      const before = ALL_POINTS.find(({ name }) => name === after);
      if (before === undefined) await member.end("SIGKILL");
      else {
        arm(member, before);
        await diesAt(t, member, before);
      }
      for (const point of points) await diesStarting(t, member, point);
      await member.start();
      await load.progress(1);
      t.deepEqual(await load.stop(), []);
    },
  );
}

test.serial("after all of that the members hold the same, on their disks", async (t) => {
  const [first, ...others] = await finalStates(cluster);
  t.deepEqual(others, [first, first]);
});

test("a new member may die anywhere while it makes its data directory", async (t) => {
  const fresh = await prepareArmable(t);
  const [newcomer, ...others] = fresh.members;
  if (newcomer === undefined) return t.fail("there are members");
  await Promise.all(others.map((member) => member.start()));
  const load = new Load(fresh.clerk(t), "words");
  await load.progress(1);
  for (const point of FIRST_BOOTING) await diesStarting(t, newcomer, point);
  await newcomer.start();
  await load.progress();
  t.deepEqual(await load.stop(), []);
  const [first, ...same] = await finalStates(fresh);
  t.deepEqual(same, [first, first]);
});
