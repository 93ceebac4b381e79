/** Little data, however often it was written, makes a small log and a small snapshot. */
import { assert } from "../../../src/base/assert.js";
import type { Scenario } from "../scenario.js";
import { checkLogBytes } from "./checks.js";
import type { LabClient } from "./lab-client.js";
import { labScenario } from "./lab-scenario.js";

const MAXRAFTSTATE = 1000;
const LOG_BYTES_MAX = 8 * MAXRAFTSTATE;
const SNAPSHOT_BYTES_MAX = 500;
const PUTS = 400;
/** So many of them somebody misses. */
const MISSED = 50;
const CATCH_UP_MS_MAX = 5000;
const SPEC = { suite: "3B", name: "SnapshotSize", servers: 3, snapshotLogBytes: MAXRAFTSTATE };

export const SNAPSHOT_SIZE: Scenario = labScenario(SPEC, async (lab) => {
  const client = lab.client();
  await putAndCheck(client, PUTS - MISSED);
  // A snapshot travels as the bytes of its file: whoever is sent one shows how many there are.
  const leader = await lab.leader();
  const away = lab.ids.find((id) => id !== leader.id) ?? "";
  lab.partition(
    lab.ids.filter((id) => id !== away),
    [away],
  );
  await putAndCheck(client, MISSED);
  lab.connectAll();
  await lab.until(() => lab.cluster.isEqual, CATCH_UP_MS_MAX, `${away} catches up`);
  const { largestSnapshotBytes: largest } = lab.cluster.peers;
  assert(largest > 0, `${away} has to be sent a snapshot`);
  assert(
    largest <= SNAPSHOT_BYTES_MAX,
    `a snapshot has ${largest} bytes, and ${SNAPSHOT_BYTES_MAX} is the most`,
  );
  checkLogBytes(lab, LOG_BYTES_MAX);
  client.close();
});

async function putAndCheck(client: LabClient, times: number): Promise<void> {
  for (let number = 0; number < times; number++) {
    const stored = await client.put("x", String(number % 2));
    const value = await client.get("x");
    assert(value === stored, `"${value}" has to be "${stored}"`);
  }
}
