import { spawnSync } from "node:child_process";
import test, { type ExecutionContext } from "ava";
import { Cluster, type Daemon } from "./cluster.js";
import { Load } from "./load.js";
import { orderedLife } from "./orders.js";
import { eventually } from "./processes.js";

const PRELOAD = new URL("disk-faults/preload.js", import.meta.url).href;
const FLAGS = ["--heartbeat", "40ms", "--election-timeout", "300ms", "--snapshot-log-bytes", "64KiB"];
const STATUS_IO = 74;
/** Which operation fails: each life fails somewhere else, and snapshots and segments have their turn. */
const PASSES = [1, 2, 3, 5, 8, 13, 34];
/** Of those that come less often. */
const RARE_PASSES = [1, 2, 3, 5];

/** The only copy of the data: what it acknowledges and does not have is lost. */
async function startAlone(
  t: ExecutionContext,
): Promise<{ readonly cluster: Cluster; readonly member: Daemon }> {
  const cluster = await Cluster.start(t, { members: 1, flags: FLAGS, life: { preload: PRELOAD } });
  const [member] = cluster.members;
  if (member === undefined) throw t.fail("there is a member");
  return { cluster, member };
}

async function endsSaying(t: ExecutionContext, member: Daemon, what: RegExp): Promise<void> {
  await eventually("the fault is met", async () => (member.running ? null : true));
  const { status } = await member.ended();
  const lastWords = member.log.slice(-8000);
  t.is(status, STATUS_IO, lastWords);
  t.regex(lastWords, what);
  t.regex(lastWords, /"level":"fatal".*nothing is acknowledged any more/);
}

const FILE_AND_OFFSET = /^kvraftd: \/.*\.(wal|wal\.new|part), offset \d+: (EIO|ENOSPC): /m;
const FILE = /^kvraftd: \/.*(log|snapshots|\.wal|\.wal\.new|\.part|\.snap): (EIO|ENOSPC): /m;

for (const [order, extent, passes, what] of [
  ["write EIO", "", PASSES, FILE_AND_OFFSET],
  ["write EIO", "half", PASSES, FILE_AND_OFFSET],
  ["write EIO", "all", PASSES, FILE_AND_OFFSET],
  ["write ENOSPC", "half", PASSES, FILE_AND_OFFSET],
  ["sync EIO", "", RARE_PASSES, FILE],
  ["open ENOSPC", "", RARE_PASSES, FILE],
  ["rename EIO", "", RARE_PASSES, FILE],
  ["unlink EIO", "", RARE_PASSES, FILE],
] as const) {
  test.serial(
    `PITFALLS 45: ${order} ${extent} ends the daemon with status 74 and a word where, and what it acknowledged is there afterwards`,
    async (t) => {
      const { cluster, member } = await startAlone(t);
      const clerk = cluster.clerk(t);
      for (const pass of passes) {
        const load = new Load(clerk, `words/${pass}`);
        await load.progress(1);
        member.tell(`${order} ${pass} ${extent}`);
        await endsSaying(t, member, what);
        await member.start();
        await load.progress(1);
        t.deepEqual(await load.stop(), [], `${order} ${pass}`);
      }
    },
  );
}

test.serial("a short write is no error: the rest is written", async (t) => {
  const { cluster, member } = await startAlone(t);
  const load = new Load(cluster.clerk(t), "words");
  for (const pass of PASSES) {
    member.tell(`write short ${pass}`);
    await load.progress();
  }
  await member.end("SIGKILL");
  await member.start();
  t.deepEqual(await load.stop(), []);
});

for (const order of ["read EIO", "open EIO"]) {
  test.serial(
    `${order} while it starts ends it with status 74, wherever that is, and changes nothing`,
    async (t) => {
      const { cluster, member } = await startAlone(t);
      const load = new Load(cluster.clerk(t), "words");
      // So that there is a snapshot as well.
      await load.progress(20);
      await member.end("SIGKILL");
      let failed = 0;
      for (let pass = 1; ; pass++) {
        const started = await member.start([], orderedLife(PRELOAD, `${order} ${pass}`)).catch(() => null);
        if (started !== null) break;
        const { status } = await member.ended();
        t.is(status, STATUS_IO, member.log.slice(-2000));
        t.regex(member.log.slice(-2000), /^kvraftd: \/.*: EIO: /m);
        failed++;
      }
      t.true(failed >= 5, `${failed} places`);
      await member.end("SIGKILL");
      await member.start();
      t.deepEqual(await load.stop(), []);
    },
  );
}

/** The same from below: the system calls themselves fail. One thread for files, so that they are counted together. */
const under = (call: string, error: string, pass: number): readonly string[] => [
  ...["strace", "-D", "-f", "-qq", "-o", "/dev/null", "--seccomp-bpf"],
  ...["-e", `trace=${call}`, "-e", `inject=${call}:error=${error}:when=${pass}`],
];
const isTraceable = spawnSync("strace", [...under("pwrite64", "EIO", 1).slice(1), "true"]).status === 0;

for (const [call, error] of [
  ["pwrite64", "EIO"],
  ["pwrite64", "ENOSPC"],
  ["fsync", "EIO"],
] as const) {
  const title = `PITFALLS 45: ${error} from ${call} itself ends the daemon with status 74, and what it acknowledged is there afterwards`;
  (isTraceable ? test.serial : test.serial.skip)(title, async (t) => {
    const { cluster, member } = await startAlone(t);
    const clerk = cluster.clerk(t);
    for (const pass of [8, 13, 21]) {
      await member.end("SIGKILL");
      const life = { under: under(call, error, pass), environment: { UV_THREADPOOL_SIZE: "1" } };
      await member.start([], life).catch(() => {});
      const load = new Load(clerk, `words/${pass}`);
      await endsSaying(t, member, call === "fsync" ? FILE : FILE_AND_OFFSET);
      await member.start();
      await load.progress(1);
      t.deepEqual(await load.stop(), []);
    }
  });
}
