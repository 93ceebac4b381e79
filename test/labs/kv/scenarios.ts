/** All scenarios of the key/value suites. */
import type { Scenario } from "../scenario.js";
import { MEM_PUT_MANY_CLIENTS } from "./client-memory.js";
import { type GenericRow, genericScenario } from "./generic.js";
import { ONE_PARTITION } from "./one-partition.js";
import { ONE_SNAPSHOT } from "./one-snapshot.js";
import { LEADER_PARTITION, RESTART_REPLAY, SHUTDOWN } from "./rsm.js";
import { SNAPSHOT_RPC } from "./snapshot-rpc.js";
import { SNAPSHOT_SIZE } from "./snapshot-size.js";
import { speedScenario } from "./speed.js";
import { type TinyKvRow, tinyKvScenario } from "./tinykv-generic.js";
import { TINYKV_ONE_PARTITION } from "./tinykv-one-partition.js";
import { TRANSFER_LEADER } from "./transfer-leader.js";
import { UNRELIABLE_ONE_KEY } from "./unreliable-one-key.js";

const MIT = { suite: "3A", servers: 5 };
const MIT_SNAPSHOTS = { suite: "3B", servers: 5, maxraftstate: 1000 };
const LINEARIZABLE = {
  clients: 15,
  servers: 7,
  unreliable: true,
  crash: true,
  partitions: true,
  randomKeys: true,
};
const TINYKV_2B = { suite: "TinyKV 2B" };
const TINYKV_2C = { suite: "TinyKV 2C", limit: 100 };

/** 3A: nothing is cut from the log. */
const WITHOUT_SNAPSHOTS: readonly GenericRow[] = [
  { ...MIT, name: "Basic", clients: 1 },
  { ...MIT, name: "Concurrent", clients: 5 },
  { ...MIT, name: "Unreliable", clients: 5, unreliable: true },
  { ...MIT, name: "ManyPartitionsOneClient", clients: 1, partitions: true },
  { ...MIT, name: "ManyPartitionsManyClients", clients: 5, partitions: true },
  { ...MIT, name: "PersistOneClient", clients: 1, crash: true },
  { ...MIT, name: "PersistConcurrent", clients: 5, crash: true },
  { ...MIT, name: "PersistConcurrentUnreliable", clients: 5, unreliable: true, crash: true },
  { ...MIT, name: "PersistPartition", clients: 5, crash: true, partitions: true },
  { ...MIT, name: "PersistPartitionUnreliable", clients: 5, unreliable: true, crash: true, partitions: true },
  { ...MIT, name: "PersistPartitionUnreliableLinearizable", ...LINEARIZABLE },
];

const WITH_SNAPSHOTS: readonly GenericRow[] = [
  { ...MIT_SNAPSHOTS, name: "SnapshotRecover", clients: 1, crash: true },
  { ...MIT_SNAPSHOTS, name: "SnapshotRecoverManyClients", clients: 20, operations: 1000, crash: true },
  { ...MIT_SNAPSHOTS, name: "SnapshotUnreliable", clients: 5, unreliable: true },
  { ...MIT_SNAPSHOTS, name: "SnapshotUnreliableRecover", clients: 5, unreliable: true, crash: true },
  {
    ...MIT_SNAPSHOTS,
    name: "SnapshotUnreliableRecoverConcurrentPartition",
    clients: 5,
    unreliable: true,
    crash: true,
    partitions: true,
  },
  { ...MIT_SNAPSHOTS, name: "SnapshotUnreliableRecoverConcurrentPartitionLinearizable", ...LINEARIZABLE },
];

const TINYKV: readonly TinyKvRow[] = [
  { ...TINYKV_2B, name: "Basic", clients: 1 },
  { ...TINYKV_2B, name: "Concurrent", clients: 5 },
  { ...TINYKV_2B, name: "Unreliable", clients: 5, unreliable: true },
  { ...TINYKV_2B, name: "ManyPartitionsOneClient", clients: 1, partitions: true },
  { ...TINYKV_2B, name: "ManyPartitionsManyClients", clients: 5, partitions: true },
  { ...TINYKV_2B, name: "PersistOneClient", clients: 1, crash: true },
  { ...TINYKV_2B, name: "PersistConcurrent", clients: 5, crash: true },
  { ...TINYKV_2B, name: "PersistConcurrentUnreliable", clients: 5, unreliable: true, crash: true },
  { ...TINYKV_2B, name: "PersistPartition", clients: 5, crash: true, partitions: true },
  {
    ...TINYKV_2B,
    name: "PersistPartitionUnreliable",
    clients: 5,
    unreliable: true,
    crash: true,
    partitions: true,
  },
];

const TINYKV_SNAPSHOTS: readonly TinyKvRow[] = [
  { ...TINYKV_2C, name: "SnapshotRecover", clients: 1, crash: true },
  { ...TINYKV_2C, name: "SnapshotRecoverManyClients", clients: 20, operations: 700, crash: true },
  { ...TINYKV_2C, name: "SnapshotUnreliable", clients: 5, unreliable: true },
  { ...TINYKV_2C, name: "SnapshotUnreliableRecover", clients: 5, unreliable: true, crash: true },
  {
    ...TINYKV_2C,
    name: "SnapshotUnreliableRecoverConcurrentPartition",
    clients: 5,
    unreliable: true,
    crash: true,
    partitions: true,
  },
];

export const KV_SCENARIOS: readonly Scenario[] = [
  ...WITHOUT_SNAPSHOTS.map(genericScenario),
  speedScenario({ suite: "3A" }),
  UNRELIABLE_ONE_KEY,
  ONE_PARTITION,
  ...WITH_SNAPSHOTS.map(genericScenario),
  speedScenario({ suite: "3B", maxraftstate: 1000 }),
  SNAPSHOT_RPC,
  SNAPSHOT_SIZE,
  RESTART_REPLAY,
  SHUTDOWN,
  LEADER_PARTITION,
  MEM_PUT_MANY_CLIENTS,
  ...TINYKV.map(tinyKvScenario),
  TINYKV_ONE_PARTITION,
  ONE_SNAPSHOT,
  ...TINYKV_SNAPSHOTS.map(tinyKvScenario),
  TRANSFER_LEADER,
];
