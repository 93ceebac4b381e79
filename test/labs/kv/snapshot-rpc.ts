/** Who was away while logs were cut is sent a snapshot, and then is as good as the others. */
import { assert } from "../../../src/base/assert.js";
import type { Scenario } from "../scenario.js";
import { checkLogBytes } from "./checks.js";
import { ELECTION_MS } from "./lab.js";
import type { LabClient } from "./lab-client.js";
import { labScenario } from "./lab-scenario.js";

const MAXRAFTSTATE = 1000;
const LOG_BYTES_MAX = 8 * MAXRAFTSTATE;
const PUTS = 50;
const SPEC = { suite: "3B", name: "SnapshotRPC", servers: 3, snapshotLogBytes: MAXRAFTSTATE };

export const SNAPSHOT_RPC: Scenario = labScenario(SPEC, async (lab) => {
  const [first = "", second = "", third = ""] = lab.ids;
  const { counts } = lab.cluster.world;
  const stored = new Map<string, string>();
  const put = async (client: LabClient, key: string): Promise<void> => {
    stored.set(key, await client.put(key, key.toUpperCase()));
  };
  const check = async (client: LabClient, key: string): Promise<void> => {
    const value = await client.get(key);
    assert(value === stored.get(key), `${key} has to be "${stored.get(key)}", and is "${value}"`);
  };
  const client = lab.client();
  await put(client, "a");
  await check(client, "a");

  lab.partition([first, second], [third]);
  const withoutThird = lab.client([first, second]);
  for (let number = 0; number < PUTS; number++) await put(withoutThird, String(number));
  await lab.sleep(ELECTION_MS);
  await put(withoutThird, "b");
  checkLogBytes(lab, LOG_BYTES_MAX);
  assert(counts.snapshotsInstalled === 0, "nobody needed a snapshot so far");

  // A group that needs the one that was away.
  lab.partition([first, third], [second]);
  const withThird = lab.client([first, third]);
  for (const key of ["c", "d"]) await put(withThird, key);
  for (const key of ["a", "b", "1", "49"]) await check(withThird, key);
  assert(counts.snapshotsInstalled > 0, `${third} has to catch up by a snapshot`);

  lab.connectAll();
  await put(client, "e");
  for (const key of ["c", "e", "1"]) await check(client, key);
  for (const each of [client, withoutThird, withThird]) each.close();
});
