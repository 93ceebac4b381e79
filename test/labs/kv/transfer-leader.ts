/** Leadership is handed on five times, each time by telling the leader to end, as an operator would. */
import { assert } from "../../../src/base/assert.js";
import type { Scenario } from "../scenario.js";
import type { Lab } from "./lab.js";
import { labScenario, TINYKV_TIMING } from "./lab-scenario.js";
import { TINYKV_ELECTION_MS } from "./tinykv-generic.js";

const TRANSFERS = 5;
const TRANSFER_MS_MAX = 5000;
const SPEC = { suite: "TinyKV 3B", name: "TransferLeader", servers: 5, timing: TINYKV_TIMING };

export const TRANSFER_LEADER: Scenario = labScenario(SPEC, async (lab) => {
  const client = lab.client();
  for (let number = 0; number < TRANSFERS; number++) {
    const stored = await client.put("k", String(number));
    await transfer(lab);
    const value = await client.get("k");
    assert(value === stored, `"${value}" has to be "${stored}" under the next leader`);
  }
  client.close();
});

async function transfer(lab: Lab): Promise<void> {
  const { cluster } = lab;
  const old = await lab.leader();
  await lab.until(() => cluster.isEqual, TRANSFER_MS_MAX, "all servers have what was written");
  const startMs = lab.nowMs;
  old.stop();
  const isHandedOn = (): boolean => cluster.isLed && cluster.leader !== old;
  await lab.until(isHandedOn, TRANSFER_MS_MAX, `${old.id} hands its leadership on`);
  const tookMs = lab.nowMs - startMs;
  // Nobody can have stood by itself so early.
  assert(
    tookMs < TINYKV_ELECTION_MS,
    `an election of its own takes ${TINYKV_ELECTION_MS} ms, this took ${tookMs}`,
  );
  await lab.until(() => !old.up, TRANSFER_MS_MAX, `${old.id} ends`);
  old.start();
}
