/** The lab suites' key/value scenarios that are run against real processes, with the suites' names and figures. */
import { type GenericTestOptions, genericTest } from "./generic-test.js";
import type { Lab } from "./lab.js";
import { onePartition } from "./one-partition.js";
import { speed } from "./speed.js";

export interface RealScenario {
  readonly name: string;
  /** Throws what the first broken promise has to say. */
  run(lab: Lab): Promise<void>;
}

const MAX_RAFT_STATE = 1000;
const FIVE = { members: 5 };
const WORST = {
  clients: 15,
  members: 7,
  unreliable: true,
  crash: true,
  partitions: true,
  randomKeys: true,
};

export const SCENARIOS: readonly RealScenario[] = [
  generic("Basic", { ...FIVE, clients: 1 }),
  generic("Concurrent", { ...FIVE, clients: 5 }),
  generic("ManyPartitionsOneClient", { ...FIVE, clients: 1, partitions: true }),
  generic("ManyPartitionsManyClients", { ...FIVE, clients: 5, partitions: true }),
  generic("PersistOneClient", { ...FIVE, clients: 1, crash: true }),
  generic("PersistConcurrent", { ...FIVE, clients: 5, crash: true }),
  generic("PersistPartitionUnreliableLinearizable", WORST),
  generic("SnapshotRecover", { ...FIVE, clients: 1, crash: true, maxRaftState: MAX_RAFT_STATE }),
  generic("SnapshotRecoverManyClients", { ...FIVE, clients: 20, crash: true, maxRaftState: MAX_RAFT_STATE }),
  generic("SnapshotUnreliableRecoverConcurrentPartitionLinearizable", {
    ...WORST,
    maxRaftState: MAX_RAFT_STATE,
  }),
  { name: "OnePartition", run: onePartition },
  { name: "Speed", run: speed },
];

function generic(name: string, options: GenericTestOptions): RealScenario {
  return { name, run: (lab) => genericTest(lab, options) };
}
