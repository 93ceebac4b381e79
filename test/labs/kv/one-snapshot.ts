/** TinyKV's OneSnapshot: a server that misses more than the log holds gets it as a snapshot, and has it after a restart. */
import { assert } from "../../../src/base/assert.js";
import type { Scenario } from "../scenario.js";
import { checkLogEntries } from "./checks.js";
import { labScenario, TINYKV_TIMING } from "./lab-scenario.js";
import { bytesOfEntries } from "./tinykv-generic.js";

const LIMIT = 10;
const PUTS = 15;
const MISSED_MS = 500;
const CATCH_UP_MS_MAX = 5000;
const SPEC = {
  suite: "TinyKV 2C",
  name: "OneSnapshot",
  servers: 3,
  snapshotLogBytes: bytesOfEntries(LIMIT),
  timing: TINYKV_TIMING,
};

export const ONE_SNAPSHOT: Scenario = labScenario(SPEC, async (lab) => {
  const { cluster } = lab;
  const [first = "", ...others] = lab.ids;
  const away = cluster.member(first);
  const client = lab.client();
  const k1 = await client.put("k1", "v1");
  await client.put("k2", "v2");
  const isEqual = (): boolean => cluster.isEqual;
  await lab.until(isEqual, CATCH_UP_MS_MAX, "all servers have the first keys");
  for (const { id, snapshotIndex } of cluster.statuses) {
    assert(snapshotIndex === 0, `${id} has no reason for a snapshot yet, and has one at ${snapshotIndex}`);
  }

  lab.partition([first], others);
  client.reach(others);
  const before = away.status?.appliedIndex ?? 0;
  for (let number = 100; number < 100 + PUTS; number++) await client.put(`k${number}`, `v${number}`);
  await client.delete("k2");
  await lab.sleep(MISSED_MS);
  const after = away.status?.appliedIndex ?? 0;
  assert(after === before, `${first} is cut off, and must not get from ${before} to ${after}`);

  lab.connectAll();
  client.reach(lab.ids);
  await lab.until(isEqual, CATCH_UP_MS_MAX, `${first} catches up`);
  const { snapshotsInstalled } = cluster.world.counts;
  assert(snapshotsInstalled === 1, `${first} gets one snapshot, and ${snapshotsInstalled} were installed`);

  away.crash();
  away.start();
  await lab.until(isEqual, CATCH_UP_MS_MAX, `${first} is back`);
  // Its whole state: with the keys of before and of meanwhile, and without the deleted one.
  away.checkState();
  assert((await client.get("k1")) === k1, "k1 is there");
  assert((await client.get("k2")) === "", "k2 is deleted");
  for (const { id, snapshotIndex } of cluster.statuses) {
    assert(snapshotIndex > 0, `${id} has to have cut its log`);
  }
  checkLogEntries(lab, 2 * LIMIT);
  client.close();
});
