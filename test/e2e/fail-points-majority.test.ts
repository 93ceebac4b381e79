import test, { type ExecutionContext } from "ava";
import type { Clerk } from "../../src/clerk/clerk.js";
import type { Cluster, Daemon } from "./cluster.js";
import { finalStates } from "./data-directory.js";
import { arm, diesAt, startArmable } from "./fail-points/armed.js";
import { ELECTING, type FailPoint, WRITING } from "./fail-points/points.js";
import { Load } from "./load.js";
import { eventually } from "./processes.js";
import { Suite } from "./suite.js";

const MAJORITY = 2;
/** So that there is something to lose. */
const PASS = 3;
/** The leader outlives its followers by some writes: what they have acknowledged to it reaches the clients. */
const LEADER_PASS = 10;

const suite = new Suite();
let cluster: Cluster;
let clerk: Clerk;

test.before(async () => {
  cluster = await startArmable(suite);
  clerk = cluster.clerk(suite);
});

test.after.always(() => suite.end());

/** All members are armed: they die there one after the other, until too few are left for anything to happen. */
async function majorityDiesAt(t: ExecutionContext, point: FailPoint): Promise<readonly Daemon[]> {
  const leader = await cluster.leader();
  for (const [at, member] of cluster.members.entries()) {
    arm(member, point, member === leader ? LEADER_PASS : PASS + at);
  }
  return die(t, cluster.members, point, MAJORITY);
}

/** So many of `members`, the first of which there is news. */
async function die(
  t: ExecutionContext,
  members: readonly Daemon[],
  point: FailPoint,
  count: number,
): Promise<readonly Daemon[]> {
  const dead = await eventually(`${count} members come by ${point.name}`, async () => {
    const gone = members.filter(({ running }) => !running);
    return gone.length >= count ? gone : null;
  });
  await Promise.all(dead.map((member) => diesAt(t, member, point)));
  return dead;
}

/** Everybody has died once; those of `first` are back, and the others not yet. */
async function restart(first: readonly Daemon[]): Promise<void> {
  await Promise.all(cluster.members.map((member) => member.end("SIGKILL")));
  await Promise.all(first.map((member) => member.start()));
}

async function startRest(): Promise<void> {
  await Promise.all(cluster.members.filter(({ running }) => !running).map((member) => member.start()));
}

/** Before something happens the disk is as it was when what comes before had been done, but for the record itself. */
const points = WRITING.filter(({ name, moment }) => moment !== "before" || name === "log-write:before");

for (const point of points) {
  test.serial(`a majority that dies at ${point.name} has lost nothing that was acknowledged`, async (t) => {
    const load = new Load(clerk, `words/${point.name}`);
    await load.progress(1);
    // What was acknowledged is on a majority of the disks, so it is on one of theirs.
    await restart((await majorityDiesAt(t, point)).slice(0, MAJORITY));
    await load.progress(1);
    t.deepEqual(await load.stop(), []);
    await startRest();
  });
}

for (const point of ELECTING) {
  test.serial(`PITFALLS 1: members that die at ${point.name} in an election have lost nothing`, async (t) => {
    const load = new Load(clerk, `words/${point.name}`);
    await load.progress(1);
    const leader = await cluster.leader();
    const voters = cluster.members.filter((member) => member !== leader);
    for (const member of voters) arm(member, point);
    await leader.end("SIGKILL");
    await die(t, voters, point, 1);
    await restart(cluster.members);
    await load.progress(1);
    t.deepEqual(await load.stop(), []);
  });
}

test.serial("after all of that the members hold the same, on their disks", async (t) => {
  const [first, ...others] = await finalStates(cluster);
  t.deepEqual(others, [first, first]);
});
