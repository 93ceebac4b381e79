import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import test, { type ExecutionContext } from "ava";
import { eventually, KVRAFT, kvraft, plainEnvironment, temporaryDirectory } from "./processes.js";

interface Playground {
  readonly child: ChildProcess;
  /** All of stdout up to the last line of the welcome. */
  readonly lines: readonly string[];
  readonly endpoints: string;
  /** Process ids of the daemons. */
  readonly daemons: readonly number[];
  /** What it had for a temporary directory. */
  readonly temporary: string;
}

/** Starts one with a temporary directory of its own, and reads its welcome. */
async function play(t: ExecutionContext, args: readonly string[] = []): Promise<Playground> {
  const temporary = await mkdtemp(join(tmpdir(), "kvraft-play-"));
  t.teardown(() => rm(temporary, { recursive: true, force: true }));
  const env = { ...plainEnvironment(), TMPDIR: temporary };
  const child = spawn(process.execPath, [KVRAFT, "playground", ...args], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  t.teardown(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    // The daemons end with it.
    child.kill("SIGKILL");
    await once(child, "exit");
  });
  const output: Interface = createInterface({ input: child.stdout });
  const lines: string[] = [];
  for await (const line of output) {
    lines.push(line);
    if (line.startsWith("Ctrl-C")) break;
  }
  child.stdout.resume();
  const endpoints = lines.find((line) => line.startsWith("endpoints "))?.slice("endpoints ".length) ?? "";
  const daemons = await holders(lines);
  return { child, lines, endpoints, daemons, temporary };
}

/** The processes that hold the members' data directories. */
async function holders(lines: readonly string[]): Promise<readonly number[]> {
  const directory = lines
    .map((line) => /^data and logs in (.*?)(?:, removed at the end)?$/.exec(line)?.[1])
    .find(Boolean);
  const members = lines.filter((line) => line.startsWith("kvraftd ")).map((line) => line.split(" ")[1] ?? "");
  const locks = members.map((id) => readFile(join(directory ?? "", id, "LOCK"), "utf8"));
  return (await Promise.all(locks)).map(Number);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const ended = once(child, "exit");
  child.kill(signal);
  const [status] = (await ended) as [number | null];
  return status;
}

// One after the other, since each takes the usual ports where they are free.
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  test.serial(`starts three members, works, and leaves nothing behind on ${signal}`, async (t) => {
    const { child, lines, endpoints, daemons, temporary } = await play(t);
    t.is(
      lines.filter((line) =>
        /^kvraftd n[123] ready client=127\.0\.0\.1:\d+ peer=127\.0\.0\.1:\d+$/.test(line),
      ).length,
      3,
    );
    t.is(endpoints.split(",").length, 3);
    t.is(daemons.length, 3);
    t.true(lines.includes(`  export KVRAFT_ENDPOINTS=${endpoints}`));
    const victim = lines.flatMap(
      (line) => /^Without n1 the others go on: kill -9 (\d+)$/.exec(line)?.[1] ?? [],
    );
    t.true(daemons.includes(Number(victim[0])), lines.join("\n"));
    const environment = { KVRAFT_ENDPOINTS: endpoints };
    t.is((await kvraft(["put", "greeting", "hello"], { environment })).status, 0);
    t.is((await kvraft(["get", "greeting"], { environment })).stdout.toString(), "hello");
    t.is(await end(child, signal), 0);
    t.deepEqual(daemons.filter(isRunning), []);
    t.deepEqual(await readdir(temporary), []);
  });
}

test.serial("killed at once, it leaves no daemon behind", async (t) => {
  const { child, daemons } = await play(t, ["--members", "1"]);
  t.is(daemons.length, 1);
  await end(child, "SIGKILL");
  await eventually("the daemon ends", async () => (daemons.some(isRunning) ? null : true));
  t.pass();
});

test.serial("--data-dir is kept, and the next start goes on where this one ended", async (t) => {
  const directory = join(await temporaryDirectory(t), "kept");
  const first = await play(t, ["--members", "2", "--data-dir", directory]);
  t.is((await kvraft(["-e", first.endpoints, "put", "kept", "yes"])).status, 0);
  t.is(await end(first.child, "SIGINT"), 0);
  await t.notThrowsAsync(access(join(directory, "n1.log")));
  const second = await play(t, ["--data-dir", directory]);
  t.is(second.endpoints, first.endpoints);
  t.is((await kvraft(["-e", second.endpoints, "get", "kept"])).stdout.toString(), "yes");
  t.is(await end(second.child, "SIGINT"), 0);
});

test.serial("a member that does not start ends it with the reason", async (t) => {
  const directory = join(await temporaryDirectory(t), "kept");
  const first = await play(t, ["--members", "1", "--data-dir", directory]);
  const { status, stderr } = await kvraft(["playground", "--data-dir", directory]);
  t.is(status, 69, stderr);
  t.regex(stderr, /^kvraft: n1 ended before it was ready .*\n.*is used by process/);
  t.is(await end(first.child, "SIGINT"), 0);
});
