/**
 * The GenericTest of the key/value labs: clients at work, three times for five seconds, while the network falls
 * apart and all servers crash, as its row in the table says.
 */
import { assert } from "../../../src/base/assert.js";
import type { Scenario } from "../scenario.js";
import { appendText, checkAppends, checkLogBytes, checkNoSnapshots } from "./checks.js";
import { ELECTION_MS, type Lab } from "./lab.js";
import type { LabClient } from "./lab-client.js";
import { labScenario } from "./lab-scenario.js";
import { keepPartitioning, playRounds, ROUND_MS, thinkMs, type Workload } from "./rounds.js";

export interface GenericRow extends Workload {
  readonly suite: string;
  readonly name: string;
  readonly servers: number;
  readonly unreliable?: boolean;
  readonly crash?: boolean;
  readonly partitions?: boolean;
  /** No snapshots where it is not given. */
  readonly maxraftstate?: number;
  /** Clients share their keys, and put now and then. */
  readonly randomKeys?: boolean;
}

/** Before the first partition of a round. */
const UNDISTURBED_MS = 1000;
const APPEND_PERCENT = 50;
/** Of what is no append. */
const PUT_PERCENT = 10;
const LOG_LIMITS = 8;

export function genericScenario(row: GenericRow): Scenario {
  const { maxraftstate } = row;
  const snapshots = maxraftstate === undefined ? {} : { snapshotLogBytes: maxraftstate };
  return labScenario({ ...row, ...snapshots }, async (lab) => {
    const reader = lab.client();
    await playRounds(lab, maxraftstate !== undefined, () => playRound(lab, row, reader));
  });
}

async function playRound(lab: Lab, row: GenericRow, reader: LabClient): Promise<void> {
  const { crash = false, partitions = false, maxraftstate, randomKeys = false } = row;
  let over = false;
  const isOver = (): boolean => over;
  const clients = Array.from({ length: row.clients }, () => lab.client());
  const work = clients.map((client, number) => workAlone(lab, row, { client, number, isOver }));
  let partitioning = Promise.resolve();
  if (partitions) {
    await lab.sleep(UNDISTURBED_MS);
    partitioning = keepPartitioning(lab, { leastMs: ELECTION_MS, isOver });
  }
  await lab.sleep(ROUND_MS);
  over = true;
  if (partitions) {
    await partitioning;
    lab.connectAll();
    // Whoever waits in a minority gets on.
    await lab.sleep(ELECTION_MS);
  }
  // Clients may still be at it.
  if (crash) await lab.crashAll();
  for (const [number, client] of clients.entries()) {
    const count = await work[number];
    const value = await reader.get(String(number));
    if (!randomKeys) checkAppends(value, new Map([[number, count ?? 0]]));
    client.close();
  }
  if (maxraftstate === undefined) checkNoSnapshots(lab);
  else checkLogBytes(lab, LOG_LIMITS * maxraftstate);
}

/** Gives how many appends it made. */
async function workAlone(
  lab: Lab,
  row: GenericRow,
  { client, number, isOver }: { client: LabClient; number: number; isOver: () => boolean },
): Promise<number> {
  const { clients, randomKeys = false } = row;
  const { dice } = client;
  let appended = 0;
  // With a key of its own it knows what is there.
  let last = randomKeys ? "" : await client.put(String(number), "");
  while (!isOver()) {
    const key = String(randomKeys ? dice.below(clients) : number);
    const text = appendText(number, appended);
    if (dice.chance(APPEND_PERCENT)) {
      last += await client.append(key, text);
      appended++;
    } else if (randomKeys && dice.chance(PUT_PERCENT)) {
      await client.put(key, text);
    } else {
      const value = await client.get(key);
      assert(randomKeys || value === last, `client ${number} has to get "${last}", and gets "${value}"`);
    }
    await lab.sleep(dice.below(2 * thinkMs(row)));
  }
  return appended;
}
