/**
 * The test that most of the suites' key/value scenarios are variants of: clients at work for 5 s, while the network
 * falls apart and together again, then a crash of everything, and all of that three times.
 */
import { eventually } from "../../e2e/processes.js";
import type { Dice } from "../../sim/dice.js";
import { judge } from "./judge.js";
import { type Lab, STREAM, sleep } from "./lab.js";
import type { LabCluster } from "./lab-cluster.js";
import { bothWays } from "./ways.js";
import { AllKeysWorker, OwnKeyWorker, type Worker } from "./workers.js";

export interface GenericTestOptions {
  readonly clients: number;
  readonly members: number;
  /** 0 to 26 ms of delay; a tenth of the requests and of the replies are lost. */
  readonly unreliable?: boolean;
  /** All members, by kill -9, for a second. */
  readonly crash?: boolean;
  /** Into two halves, anew every 1.0 to 1.2 s. */
  readonly partitions?: boolean;
  /** Without it there must be no snapshot; with it no log may stay above eight times of it. */
  readonly maxRaftState?: number;
  /** Clients share all keys and put, too; otherwise each appends to a key of its own. */
  readonly randomKeys?: boolean;
}

const ITERATIONS = 3;
const WORK_MS = 5000;
const ELECTION_MS = 1000;

export async function genericTest(lab: Lab, options: GenericTestOptions): Promise<void> {
  const { unreliable = false, maxRaftState } = options;
  const cluster = await lab.cluster({
    members: options.members,
    unreliable,
    ...(maxRaftState === undefined ? {} : { snapshotLogBytes: maxRaftState }),
  });
  await cluster.start();
  const workers: Worker[] = [];
  for (let number = 0; number < options.clients; number++) {
    const client = await lab.client(cluster, { number });
    const parts = { dice: lab.dice(STREAM.client + number), clients: options.clients };
    workers.push(
      options.randomKeys === true ? new AllKeysWorker(client, parts) : new OwnKeyWorker(client, parts),
    );
  }
  const faults = lab.dice(STREAM.faults);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    await iterate(cluster, { workers, faults, options });
    await checkLogs(cluster, maxRaftState);
  }
  const history = lab.recorder.history();
  judge(history);
  lab.note = `${history.length} operations`;
}

async function iterate(
  cluster: LabCluster,
  {
    workers,
    faults,
    options,
  }: { readonly workers: readonly Worker[]; readonly faults: Dice; readonly options: GenericTestOptions },
): Promise<void> {
  let working = true;
  const worked = Promise.all(workers.map((worker) => worker.work(() => working)));
  worked.catch(() => {}); // Told below, when everything is in order again.
  try {
    if (options.partitions === true) {
      await sleep(ELECTION_MS);
      await partitionFor(cluster, WORK_MS, faults);
    } else await sleep(WORK_MS);
  } finally {
    working = false;
  }
  if (options.partitions === true) {
    cluster.heal();
    await sleep(ELECTION_MS);
  }
  if (options.crash === true) {
    await cluster.kill();
    await sleep(ELECTION_MS);
    await cluster.start();
  }
  await worked;
  await Promise.all(workers.map((worker) => worker.check()));
  cluster.assertAlive();
}

async function partitionFor(cluster: LabCluster, durationMs: number, dice: Dice): Promise<void> {
  const endMs = performance.now() + durationMs;
  while (performance.now() < endMs) {
    const left = cluster.ids.filter(() => dice.chance(50));
    const right = cluster.ids.filter((id) => !left.includes(id));
    cluster.partition(bothWays(left, right), dice.pick(["cut", "swallow"]));
    await sleep(dice.between(1000, 1200));
  }
}

async function checkLogs(cluster: LabCluster, maxRaftState: number | undefined): Promise<void> {
  if (maxRaftState === undefined) {
    const taken = (await cluster.reports()).filter(({ snapshotIndex }) => snapshotIndex > 0);
    if (taken.length > 0) throw new Error(`${taken.map(({ id }) => id)} took a snapshot, and none was due`);
    return;
  }
  await eventually(`every log is at most ${8 * maxRaftState} bytes`, async () => {
    const reports = await cluster.reports();
    const short = reports.filter(({ logBytes }) => logBytes <= 8 * maxRaftState);
    return short.length === cluster.members.length ? true : null;
  });
}
