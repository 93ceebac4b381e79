/**
 * Turns a scenario of the Raft suite into one that the runner can repeat: a bench of simulated servers, the figures
 * that are counted on it, and a script in virtual time. All checkers of the simulation are on.
 */

import { Cluster } from "../../sim/cluster.js";
import { Dice } from "../../sim/dice.js";
import type { Scenario } from "../scenario.js";
import { Commands } from "./commands.js";
import { type Conditions, planOf } from "./conditions.js";
import { expect } from "./expect.js";
import { Servers } from "./servers.js";

/** Time passes in it, and nowhere else. */
export type Sleep = (ms: number) => Promise<void>;

export interface RaftScenario extends Conditions {
  readonly suite: "2A" | "2B" | "2C" | "2D";
  readonly name: string;
  /** Awaits nothing but what the lab gives it. */
  readonly play: (lab: RaftLab) => Promise<void>;
}

/** A stream of draws that nobody in the simulation has. */
const SUITE_STREAM = 100;
/** More than any scenario takes. */
const VIRTUAL_US_MAX = 600_000_000;

export class RaftLab {
  readonly cluster: Cluster;
  /** For what the suite itself draws. */
  readonly dice: Dice;
  readonly servers: Servers;
  readonly commands: Commands;

  constructor(seed: number, conditions: Conditions, print: ((line: string) => void) | null) {
    this.cluster = new Cluster(planOf(seed, conditions), {
      print,
      onDown: ({ id }) => expect(false, `${id} to go on until it is crashed`),
    });
    this.dice = new Dice(seed, SUITE_STREAM);
    this.servers = new Servers(this.cluster, this.dice, this.sleep);
    this.commands = new Commands(this.cluster, this.servers, this.sleep);
    this.cluster.start();
  }

  readonly sleep: Sleep = (ms) => new Promise((resolve) => this.cluster.loop.after(ms * 1000, resolve));

  /** The suite's count of RPCs so far: messages that are no replies. */
  get requests(): number {
    return this.cluster.peers.requests;
  }
}

export function raftScenario(scenario: RaftScenario): Scenario {
  const { suite, name } = scenario;
  return {
    suite,
    name,
    run: async (seed, print) => {
      try {
        await run(new RaftLab(seed, scenario, print), scenario.play);
      } catch (error) {
        const words = error instanceof Error ? error.message : String(error);
        throw new Error(`${suite} ${name} with seed ${seed}: ${words}`, { cause: error });
      }
    },
  };
}

async function run(lab: RaftLab, play: RaftScenario["play"]): Promise<void> {
  const { loop, members } = lab.cluster;
  const ended = await loop.play(() => play(lab), VIRTUAL_US_MAX);
  expect(ended, "the scenario to come to its end");
  for (const member of members) member.checkState();
}
