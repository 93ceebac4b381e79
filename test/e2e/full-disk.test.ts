import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { Cluster, type Daemon } from "./cluster.js";
import { finalStates } from "./data-directory.js";
import { Load } from "./load.js";
import { eventually, type Teardown } from "./processes.js";

const FLAGS = ["--heartbeat", "40ms", "--election-timeout", "300ms", "--snapshot-log-bytes", "64KiB"];
const DISK_BYTES = 2 ** 21;
const STATUS_IO = 74;

function mount(directory: string): boolean {
  return spawnSync("mount", ["-t", "tmpfs", "-o", `size=${DISK_BYTES}`, "tmpfs", directory]).status === 0;
}

function unmount(directory: string): void {
  spawnSync("umount", ["-l", directory]);
}

/** Mounting is for root alone on most systems. */
function mayMount(): boolean {
  const directory = mkdtempSync(join(tmpdir(), "kvraft-mount-"));
  const mounted = mount(directory);
  if (mounted) unmount(directory);
  rmSync(directory, { recursive: true });
  return mounted;
}

const onSmallDisks = mayMount() ? test : test.skip;

/** Each member has a disk of its own. */
async function startOnSmallDisks(t: Teardown): Promise<Cluster> {
  const cluster = await Cluster.prepare(t, { flags: FLAGS });
  for (const { dataDir } of cluster.members) {
    mkdirSync(dataDir);
    t.teardown(() => unmount(dataDir));
    mount(dataDir);
  }
  await Promise.all(cluster.members.map((member) => member.start()));
  return cluster;
}

const filler = ({ dataDir }: Daemon): string => join(dataDir, "filler");

/** Somebody else takes all the space that is left on the member's disk. */
async function fill(member: Daemon): Promise<void> {
  await writeFile(filler(member), new Uint8Array(DISK_BYTES)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOSPC") throw error;
  });
}

async function endsForLackOfSpace(t: ExecutionContext, member: Daemon): Promise<void> {
  await eventually(`${member.id} needs space`, async () => (member.running ? null : true));
  const { status } = await member.ended();
  t.is(status, STATUS_IO, member.log.slice(-2000));
  t.regex(member.log.slice(-2000), /^kvraftd: \/.*: ENOSPC: /m);
}

onSmallDisks("a leader whose disk is full ends; the others go on; with space it is back", async (t) => {
  const cluster = await startOnSmallDisks(t);
  const load = new Load(cluster.clerk(t), "words");
  await load.progress();
  const leader = await cluster.leader();
  await fill(leader);
  await endsForLackOfSpace(t, leader);
  await load.progress();
  // There is no space yet: it says so again, at once or when it next needs some.
  await leader.start().catch(() => {});
  await endsForLackOfSpace(t, leader);
  await load.progress();
  await rm(filler(leader));
  await leader.start();
  await load.progress();
  t.deepEqual(await load.stop(), []);
  const [first, ...others] = await finalStates(cluster);
  t.deepEqual(others, [first, first]);
});

onSmallDisks(
  "when all disks are full nothing is acknowledged any more, and nothing that was is lost",
  async (t) => {
    const cluster = await startOnSmallDisks(t);
    const load = new Load(cluster.clerk(t), "words");
    await load.progress();
    await Promise.all(cluster.members.map(fill));
    // The last one may lack nothing: without a majority there is nothing to write.
    const gone = await eventually("a majority needs space", async () => {
      const ended = cluster.members.filter(({ running }) => !running);
      return ended.length >= 2 ? ended : null;
    });
    for (const member of gone) await endsForLackOfSpace(t, member);
    for (const member of cluster.members) await rm(filler(member));
    for (const member of gone) await member.start();
    await load.progress();
    t.deepEqual(await load.stop(), []);
    await Promise.all(cluster.members.filter(({ running }) => !running).map((member) => member.start()));
    const [first, ...others] = await finalStates(cluster);
    t.deepEqual(others, [first, first]);
  },
);

/** A file that is always full; not every system has it. */
const FULL = "/dev/full";
const withFullFile = existsSync(FULL) ? test : test.skip;

withFullFile(
  "a member whose log cannot be written serves on, and a fault ends it with its status all the same",
  async (t) => {
    const preload = new URL("disk-faults/preload.js", import.meta.url).href;
    const under = ["/bin/sh", "-c", `exec "$@" 2>${FULL}`, "sh"];
    const cluster = await Cluster.start(t, { members: 1, flags: FLAGS, life: { preload, under } });
    const [member] = cluster.members;
    const load = new Load(cluster.clerk(t), "words");
    await load.progress(20);
    member?.tell("write EIO 1");
    t.is((await member?.ended())?.status, STATUS_IO);
    await member?.start();
    await load.progress();
    t.deepEqual(await load.stop(), []);
  },
);
