/** Five clients append to one key at the same time, over a network that loses messages. */
import type { Scenario } from "../scenario.js";
import { appendText, checkAppends } from "./checks.js";
import type { Lab } from "./lab.js";
import { labScenario } from "./lab-scenario.js";

const CLIENTS = 5;
const APPENDS = 10;
const SPEC = { suite: "3A", name: "UnreliableOneKey", servers: 3, unreliable: true };

export const UNRELIABLE_ONE_KEY: Scenario = labScenario(SPEC, async (lab) => {
  const reader = lab.client();
  await reader.put("k", "");
  await Promise.all(Array.from({ length: CLIENTS }, (_, number) => append(lab, number)));
  const counts = new Map(Array.from({ length: CLIENTS }, (_, number) => [number, APPENDS]));
  checkAppends(await reader.get("k"), counts);
  reader.close();
});

async function append(lab: Lab, client: number): Promise<void> {
  const clerk = lab.client();
  for (let number = 0; number < APPENDS; number++) await clerk.append("k", appendText(client, number));
  clerk.close();
}
