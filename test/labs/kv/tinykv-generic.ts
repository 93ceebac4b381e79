/**
 * The GenericTest of TinyKV: clients put keys of their own and scan what they have put, three times for five seconds,
 * while the network falls apart; then all servers crash, and everything is deleted.
 */
import { assert } from "../../../src/base/assert.js";
import { entryBytes } from "../../../src/raft/entry.js";
import { encodeCommand } from "../../../src/wire/command-codec.js";
import type { Scenario } from "../scenario.js";
import { appendText, checkAppends, checkLogEntries, checkNoSnapshots } from "./checks.js";
import type { Lab } from "./lab.js";
import type { LabClient } from "./lab-client.js";
import { labScenario, TINYKV_TIMING } from "./lab-scenario.js";
import { keepPartitioning, playRounds, ROUND_MS, thinkMs, type Workload } from "./rounds.js";

export interface TinyKvRow extends Workload {
  readonly suite: string;
  readonly name: string;
  readonly unreliable?: boolean;
  readonly crash?: boolean;
  readonly partitions?: boolean;
  /** Entries of log; no snapshots where it is not given. */
  readonly limit?: number;
}

export const TINYKV_ELECTION_MS = TINYKV_TIMING.tickMs * TINYKV_TIMING.electionTimeoutTicks;

const SERVERS = 5;
/** Before the first trouble of a round. */
const UNDISTURBED_MS = 300;
const PUT_PERCENT = 50;
const LOG_LIMITS = 2;

/**
 * maxraftstate for a limit that is a count: as many bytes as that many of the smallest entries have that clients of
 * these tests make, so that no log holds more of them.
 */
export function bytesOfEntries(count: number): number {
  const data = encodeCommand({
    kind: "session",
    clientId: "clientid",
    session: 1,
    sequence: 1,
    acknowledgedBelow: 1,
    operation: { kind: "delete", key: "k2" },
  });
  return count * entryBytes({ kind: "command", index: 1, term: 1, data });
}

export function tinyKvScenario(row: TinyKvRow): Scenario {
  const { limit } = row;
  const snapshots = limit === undefined ? {} : { snapshotLogBytes: bytesOfEntries(limit) };
  const spec = { ...row, ...snapshots, servers: SERVERS, timing: TINYKV_TIMING };
  return labScenario(spec, async (lab) => {
    const reader = lab.client();
    await playRounds(lab, limit !== undefined, () => playRound(lab, row, reader));
  });
}

async function playRound(lab: Lab, row: TinyKvRow, reader: LabClient): Promise<void> {
  const { unreliable = false, crash = false, partitions = false, limit } = row;
  let over = false;
  const isOver = (): boolean => over;
  const clients = Array.from({ length: row.clients }, () => lab.client());
  const work = clients.map((client, number) => workAlone(lab, row, { client, number, isOver }));
  let partitioning = Promise.resolve();
  if (unreliable || partitions) await lab.sleep(UNDISTURBED_MS);
  if (partitions) partitioning = keepPartitioning(lab, { leastMs: TINYKV_ELECTION_MS, isOver });
  await lab.sleep(ROUND_MS);
  over = true;
  if (partitions) {
    await partitioning;
    lab.connectAll();
    await lab.sleep(TINYKV_ELECTION_MS);
  }
  const counts = await Promise.all(work);
  for (const client of clients) client.close();
  if (crash) await lab.crashAll();
  for (const [number, count] of counts.entries()) {
    const values = await reader.scan(keyOf(number, 0), keyOf(number, count));
    checkAppends(values.join(""), new Map([[number, count]]));
    await deleteAll(reader, number, count);
  }
  if (limit === undefined) checkNoSnapshots(lab);
  else checkLogEntries(lab, LOG_LIMITS * limit);
}

/** Gives how many keys it put. */
async function workAlone(
  lab: Lab,
  row: TinyKvRow,
  { client, number, isOver }: { client: LabClient; number: number; isOver: () => boolean },
): Promise<number> {
  const { dice } = client;
  let count = 0;
  let last = "";
  while (!isOver()) {
    if (dice.chance(PUT_PERCENT)) {
      last += await client.put(keyOf(number, count), appendText(number, count));
      count++;
    } else {
      const values = await client.scan(keyOf(number, 0), keyOf(number, count));
      const value = values.join("");
      assert(value === last, `client ${number} has to find "${last}", and finds "${value}"`);
    }
    await lab.sleep(dice.below(2 * thinkMs(row)));
  }
  return count;
}

/** All at once, as one client may have many operations under way. */
async function deleteAll(client: LabClient, number: number, count: number): Promise<void> {
  const keys = Array.from({ length: count }, (_, at) => keyOf(number, at));
  const found = await Promise.all(keys.map((key) => client.delete(key)));
  assert(
    found.every((wasThere) => wasThere),
    `all ${count} keys of client ${number} are there to be deleted`,
  );
  const left = await client.scan(keyOf(number, 0), keyOf(number, count));
  assert(left.length === 0, `all of client ${number} is deleted, and ${left} is left`);
}

function keyOf(client: number, number: number): string {
  return `${client}/${String(number).padStart(8, "0")}`;
}
