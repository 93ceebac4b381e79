/** The leader is cut off with a minority: there nothing gets done until all is well again. */
import { assert } from "../../../src/base/assert.js";
import type { Scenario } from "../scenario.js";
import { ELECTION_MS } from "./lab.js";
import type { LabClient } from "./lab-client.js";
import { labScenario } from "./lab-scenario.js";

const STUCK_MS = 1000;
/** After an election. */
const COMPLETION_MS_MAX = 3000;

export const ONE_PARTITION: Scenario = labScenario(
  { suite: "3A", name: "OnePartition", servers: 5 },
  async (lab) => {
    const client = lab.client();
    await client.put("1", "13");
    const { majority, minority } = await lab.partitionAwayFromLeader();
    const inMajority = lab.client(majority);
    await putAndCheck(inMajority, "14");

    const writer = lab.client(minority);
    const reader = lab.client(minority);
    let written: string | null = null;
    let read: string | null = null;
    const writing = writer.put("1", "15").then((value) => {
      written = value;
    });
    const reading = reader.get("1").then((value) => {
      read = value;
    });
    await lab.sleep(STUCK_MS);
    assert(written === null, "a put in the minority must not get done");
    assert(read === null, "a get in the minority must not get done");
    await putAndCheck(inMajority, "16");
    assert(written === null && read === null, "nothing in the minority must get done");

    lab.connectAll();
    writer.reach(lab.ids);
    reader.reach(lab.ids);
    await lab.sleep(ELECTION_MS);
    await lab.until(() => written !== null, COMPLETION_MS_MAX, "the put that was stuck gets done");
    await lab.until(() => read !== null, COMPLETION_MS_MAX, "the get that was stuck gets done");
    await Promise.all([writing, reading]);
    const value = await client.get("1");
    assert(value === written, `the put that was stuck is the last one: "${value}" has to be "${written}"`);
    for (const each of [client, inMajority, writer, reader]) each.close();
  },
);

async function putAndCheck(client: LabClient, text: string): Promise<void> {
  const stored = await client.put("1", text);
  const value = await client.get("1");
  assert(value === stored, `"${value}" has to be "${stored}"`);
}
