/** TinyKV's OnePartition: with the leader in the majority nothing changes; with the leader in the minority another one leads. */
import { assert } from "../../../src/base/assert.js";
import type { MemberId } from "../../../src/raft/entry.js";
import type { Scenario } from "../scenario.js";
import type { Lab } from "./lab.js";
import type { LabClient } from "./lab-client.js";
import { labScenario, TINYKV_TIMING } from "./lab-scenario.js";

const CATCH_UP_MS_MAX = 5000;
const SPEC = { suite: "TinyKV 2B", name: "OnePartition", servers: 5, timing: TINYKV_TIMING };

export const TINYKV_ONE_PARTITION: Scenario = labScenario(SPEC, async (lab) => {
  const client = lab.client();
  const leader = await lab.leader();
  const { term } = leader.status ?? { term: 0 };
  const [first = "", ...others] = lab.ids.filter((id) => id !== leader.id);
  const [second = "", ...cutOff] = others;

  lab.partition([leader.id, first, second], cutOff);
  const before = committed(lab);
  await putAndCheck(client, "k1");
  assert(leader.status?.role === "leader" && leader.status.term === term, "a leader with a majority stays");
  for (const id of cutOff) {
    assert(applied(lab, id) <= before, `${id} is cut off, and must not have what is written meanwhile`);
  }
  lab.connectAll();
  await everywhere(lab);

  const majority = [second, ...cutOff];
  lab.partition([leader.id, first], majority);
  const seen = applied(lab, leader.id);
  const survivor = lab.client(majority);
  await putAndCheck(survivor, "k1");
  for (const id of [leader.id, first]) {
    assert(applied(lab, id) <= seen, `${id} is cut off, and must not have what is written meanwhile`);
  }
  lab.connectAll();
  await putAndCheck(client, "k2");
  await everywhere(lab);
  for (const each of [client, survivor]) each.close();
});

async function putAndCheck(client: LabClient, key: string): Promise<void> {
  const stored = await client.put(key, "v");
  const value = await client.get(key);
  assert(value === stored, `${key} has to be "${stored}", and is "${value}"`);
}

async function everywhere(lab: Lab): Promise<void> {
  await lab.until(() => lab.cluster.isEqual, CATCH_UP_MS_MAX, "all servers have what was written");
}

function committed({ cluster }: Lab): number {
  return cluster.world.consensus.committedIndex;
}

function applied({ cluster }: Lab, id: MemberId): number {
  return cluster.member(id).status?.appliedIndex ?? 0;
}
