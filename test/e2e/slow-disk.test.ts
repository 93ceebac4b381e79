import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import test from "ava";
import { Cluster, type Daemon } from "./cluster.js";
import { finalStates } from "./data-directory.js";
import { eventually } from "./processes.js";

const PRELOAD = new URL("disk-faults/preload.js", import.meta.url).href;
const SLOW_MS = 200;
const PUTS = 200;
const LARGE_PUTS = 160;
const LARGE_BYTES = 512 * 1024;
const MIB = 2 ** 20;
/** What is under way to one follower is bounded by 16 MiB in the core and 32 MiB in its connection. */
const HELD_BYTES_MAX = 64 * MIB;

function residentBytes({ pid }: Daemon): number {
  const kibibytes =
    process.platform === "linux"
      ? /^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1]
      : execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "latin1" });
  return 1024 * Number(kibibytes);
}

test("a follower with a slow disk delays nobody, is not waited for in memory, and catches up when its disk is fast again", async (t) => {
  const flags = ["--heartbeat", "50ms", "--election-timeout", "500ms", "--snapshot-log-bytes", "4MiB"];
  const cluster = await Cluster.start(t, { flags, life: { preload: PRELOAD } });
  const clerk = cluster.clerk(t);
  const leader = await cluster.leader();
  const [slow] = await cluster.followers();
  if (slow === undefined) return t.fail("there is a follower");
  const value = new Uint8Array(LARGE_BYTES);
  // The leader has had everything in its hands once that will come, so that what it holds more later is the follower's.
  for (let at = 0; at < LARGE_PUTS; at++) await clerk.put("large", value.fill(at));
  const beforeBytes = residentBytes(leader);

  slow.tell(`slow ${SLOW_MS}`);
  const startMs = performance.now();
  for (let at = 0; at < PUTS; at++) await clerk.put(`small/${at}`, "x");
  const tookMs = performance.now() - startMs;
  t.true(tookMs < (PUTS * SLOW_MS) / 4, `${PUTS} puts took ${tookMs} ms`);

  let heldBytes = 0;
  for (let at = 0; at < LARGE_PUTS; at++) {
    await clerk.put("large", value.fill(at));
    if (at % 10 === 0) heldBytes = Math.max(heldBytes, residentBytes(leader) - beforeBytes);
  }
  t.log(`${PUTS} puts in ${Math.round(tookMs)} ms; the leader grew by ${Math.round(heldBytes / MIB)} MiB`);
  t.true(heldBytes < HELD_BYTES_MAX, `${heldBytes} bytes`);
  const { lastIndex } = await cluster.report(leader);
  t.true((await cluster.report(slow)).appliedIndex < lastIndex, "it is behind");

  slow.tell("slow 0");
  await eventually("it has caught up", async () =>
    (await cluster.report(slow)).appliedIndex >= lastIndex ? true : null,
  );
  const [first, ...others] = await finalStates(cluster);
  t.deepEqual(others, [first, first]);
});
