/**
 * What a seed decides before the run begins: the cluster, its limits, its clients, and which kinds of trouble
 * there are at all. Each run has some kinds only, and each of them to its own degree, so that
 * seldom ones are not drowned by common ones.
 */
import type { ReadFrom } from "../../src/clerk/clerk-core.js";
import type { StateMachineLimits } from "../../src/kv/state-machine.js";
import type { RaftLimits } from "../../src/raft/limits.js";
import type { ClusterPlan } from "./cluster-plan.js";
import { Dice, STREAM } from "./dice.js";
import type { PeerNetworkProfile } from "./peer-network.js";

export const TROUBLES = [
  "partition",
  "coup",
  "stale-leader",
  "crash-loop",
  "late-entries",
  "lead-astray",
  "cut-link",
  "clog-link",
  "break-link",
  "crash",
  "crash-at-write",
  "torn-write",
  "crash-at-name",
  "crash-all",
  "stop",
  "pause",
  "slow-disk",
  "drift",
  "wall-clock",
  "disk-fault",
  "bit-rot",
  "break-clients",
  "cut-client",
  "close-clerk",
] as const;

export type Trouble = (typeof TROUBLES)[number];

export interface ClerkPlan {
  readonly name: string;
  readonly timeoutMs: number;
  readonly readFrom: ReadFrom;
  /** Operations in flight at a time. */
  readonly workers: number;
  /** Between two operations of a worker; mostly much less. */
  readonly thinkUsMax: number;
}

export interface Plan extends ClusterPlan {
  /** The trouble lasts so long, and as many steps as a run has at least. */
  readonly chaosMs: number;
  /** Between two troubles, on average. */
  readonly troubleMs: number;
  /** Each as often as it is named. */
  readonly troubles: readonly Trouble[];
  readonly clerks: readonly ClerkPlan[];
  readonly keys: readonly string[];
  readonly paddingBytesMax: number;
  /** Between two questions of somebody who reads from any member; mostly much less. */
  readonly readUsMax: number;
  readonly operationsMax: number;
}

const SIZES = [3, 3, 3, 3, 3, 5, 5, 5, 5, 7, 4, 4, 2, 1] as const;

export function makePlan(seed: number): Plan {
  const dice = new Dice(seed, STREAM.plan);
  const size = dice.pick(SIZES);
  const heartbeatTicks = dice.between(2, 5);
  const chaosMs = dice.between(4000, 20_000);
  const operations = dice.between(100, 600);
  const readFrom = new Dice(seed, STREAM.readFrom);
  const clerks = makeClerks(dice, chaosMs / operations).map((clerk) => ({
    ...clerk,
    readFrom: readFrom.pick<ReadFrom>(["leader", "any"]),
  }));
  const snapshots = dice.chance(85);
  return {
    seed,
    ids: Array.from({ length: size }, (_, at) => `n${at + 1}`),
    tickMs: dice.pick([10, 20]),
    heartbeatTicks,
    electionTimeoutTicks: heartbeatTicks * dice.between(4, 10),
    snapshotLogBytes: snapshots ? dice.pick([500, 1000, 3000, 10_000]) : Number.POSITIVE_INFINITY,
    // From 7 records on.
    segmentBytes: dice.pick([4096, 4096, 8192, 65_536]),
    chunkBytes: dice.pick([100, 500, 2000, 512 * 1024]),
    stateLimits: makeStateLimits(dice, clerks.length),
    raftLimits: dice.chance(50) ? makeRaftLimits(dice) : {},
    network: makeNetwork(dice),
    diskUsMax: dice.pick([200, 1000, 5000, 20_000]),
    turnUsMax: dice.pick([20, 200, 2000]),
    chaosMs,
    troubleMs: dice.pick([200, 500, 1000, 2500]),
    troubles: dice.chance(8) ? [] : makeTroubles(dice),
    clerks,
    keys: Array.from({ length: dice.between(1, 5) }, (_, at) => `key${at}`),
    paddingBytesMax: dice.pick([0, 200, 1500, 1500]),
    readUsMax: dice.pick([50_000, 200_000, 400_000]),
    operationsMax: 2 * operations,
  };
}

/** `operationMs`: from the beginning of one operation to that of the next, whoever does it. */
function makeClerks(dice: Dice, operationMs: number): Omit<ClerkPlan, "readFrom">[] {
  const workers = Array.from({ length: dice.between(1, 5) }, () => dice.between(1, 6));
  const total = workers.reduce((sum, count) => sum + count, 0);
  return workers.map((count, at) => ({
    name: `c${at + 1}`,
    timeoutMs: dice.pick([3000, 5000, 8000]),
    workers: count,
    // Skewed draws come to about a quarter of their bound.
    thinkUsMax: Math.round(4000 * operationMs * total * dice.pick([0.3, 1, 3])),
  }));
}

function makeStateLimits(dice: Dice, clerks: number): StateMachineLimits {
  return {
    valueBytesMax: dice.pick([2000, 20_000, 1_000_000]),
    // Never so few that clerks drive each other out for ever.
    sessionsMax: dice.chance(30) ? clerks + dice.between(1, 3) : 100,
    sessionIdleMs: dice.pick([20_000, 3_600_000]),
    sessionResultsMax: 1024,
  };
}

function makeRaftLimits(dice: Dice): Partial<RaftLimits> {
  return {
    // 1: one entry in each, whatever its size.
    appendBytesMax: dice.pick([1, 1, 300, 5000]),
    committedBytesMax: dice.pick([100, 1000]),
    inflightMessagesMax: dice.between(2, 10),
    inflightBytesMax: dice.pick([200, 2000]),
    uncommittedBytesMax: dice.pick([200, 1000, 20_000]),
    heldBytesMax: dice.pick([0, 300, 3000, 30_000, Number.POSITIVE_INFINITY]),
  };
}

function makeNetwork(dice: Dice): PeerNetworkProfile {
  return {
    lossPercent: dice.chance(40) ? 0 : dice.between(1, 30),
    duplicatePercent: dice.chance(50) ? 0 : dice.between(1, 30),
    delayUsMin: 100,
    delayUsMax: dice.pick([500, 2000, 10_000, 40_000]),
    stragglerPercent: dice.chance(50) ? 0 : dice.between(1, 20),
  };
}

function makeTroubles(dice: Dice): Trouble[] {
  const chosen = TROUBLES.filter(() => dice.chance(35));
  return chosen.flatMap((trouble) => Array.from({ length: dice.between(1, 4) }, () => trouble));
}
