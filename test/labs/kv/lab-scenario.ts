/** Makes a scenario of a coroutine: the cluster that it runs on, virtual time, and what a failure has to say. */
import { assert } from "../../../src/base/assert.js";
import type { ClusterPlan } from "../../sim/cluster-plan.js";
import type { PeerNetworkProfile } from "../../sim/peer-network.js";
import type { Scenario } from "../scenario.js";
import { Lab } from "./lab.js";

export interface LabSpec {
  readonly suite: string;
  readonly name: string;
  readonly servers: number;
  /** Messages between servers are lost and late; connections of clients break and stand still. */
  readonly unreliable?: boolean;
  /** maxraftstate; none where it is not given. */
  readonly snapshotLogBytes?: number;
  readonly timing?: Timing;
}

type Timing = Pick<ClusterPlan, "tickMs" | "heartbeatTicks" | "electionTimeoutTicks">;

/** Ten heartbeats a second at most, and a leader long before five seconds are over. */
const MIT_TIMING: Timing = { tickMs: 50, heartbeatTicks: 2, electionTimeoutTicks: 5 };
export const TINYKV_TIMING: Timing = { tickMs: 50, heartbeatTicks: 2, electionTimeoutTicks: 10 };

const RELIABLE: PeerNetworkProfile = {
  lossPercent: 0,
  duplicatePercent: 0,
  delayUsMin: 100,
  delayUsMax: 500,
  stragglerPercent: 0,
};
const UNRELIABLE: PeerNetworkProfile = {
  ...RELIABLE,
  // Of requests as well as of replies.
  lossPercent: 10,
  delayUsMin: 0,
  delayUsMax: 26_000,
};

/** No test of the suites may take longer. */
const SCENARIO_US_MAX = 120_000_000;

export function labScenario(spec: LabSpec, body: (lab: Lab) => Promise<void>): Scenario {
  const { suite, name } = spec;
  return {
    suite,
    name,
    run: async (seed, print) => {
      const { unreliable = false } = spec;
      const lab = new Lab(planOf(spec, seed), { print, unreliable });
      try {
        await play(lab, body);
      } catch (error) {
        const words = error instanceof Error ? error.message : String(error);
        const at = `${suite} ${name}, seed ${seed}, after ${(lab.nowMs / 1000).toFixed(3)} s`;
        throw new Error(`${at}: ${words}`, { cause: error });
      }
    },
  };
}

/** Lets time pass until `body`, and what stands at the end of every scenario, are over. */
async function play(lab: Lab, body: (lab: Lab) => Promise<void>): Promise<void> {
  const script = (): Promise<void> => body(lab).then(() => lab.finish());
  const ended = await lab.cluster.loop.play(script, SCENARIO_US_MAX);
  assert(ended, `it has to be over after ${SCENARIO_US_MAX / 1_000_000} s`);
}

function planOf(spec: LabSpec, seed: number): ClusterPlan {
  const { servers, unreliable = false, snapshotLogBytes = Number.POSITIVE_INFINITY } = spec;
  return {
    seed,
    ids: Array.from({ length: servers }, (_, at) => `n${at + 1}`),
    ...(spec.timing ?? MIT_TIMING),
    snapshotLogBytes,
    segmentBytes: 64 * 1024,
    chunkBytes: 500,
    stateLimits: {
      valueBytesMax: 1_000_000,
      sessionsMax: 1000,
      sessionIdleMs: 3_600_000,
      sessionResultsMax: 1024,
    },
    raftLimits: {},
    network: unreliable ? UNRELIABLE : RELIABLE,
    diskUsMax: 500,
    turnUsMax: 50,
  };
}
