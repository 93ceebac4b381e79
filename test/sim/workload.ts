/** All clients of a run. */

import { BusyClerk } from "./busy-clerk.js";
import type { Cluster } from "./cluster.js";
import { Dice, STREAM } from "./dice.js";
import { History, type Recorded } from "./history.js";
import type { ClerkPlan, Plan } from "./plan.js";
import { wander } from "./wandering-reader.js";

const READERS = ["r1", "r2", "r3"];

export class Workload {
  readonly history: History;
  readonly #plan: Plan;
  readonly #cluster: Cluster;
  readonly #clerks: BusyClerk[] = [];
  #made = 0;
  #unserved = 0;
  #active = true;

  constructor(plan: Plan, cluster: Cluster) {
    this.#plan = plan;
    this.#cluster = cluster;
    const { world, clients } = cluster;
    this.history = new History(world);
    for (const clerk of plan.clerks) this.#clerks.push(this.#make(clerk));
    const dice = new Dice(plan.seed, STREAM.reader);
    for (const reader of READERS) {
      wander(world, {
        dialer: clients.dialer(reader),
        dice,
        plan,
        goesOn: () => this.#active,
      });
    }
  }

  /** No operation is begun any more. */
  stop(): void {
    this.#active = false;
  }

  /** A client goes, with whatever it waits for, and another comes in its place. */
  replaceOne(dice: Dice): void {
    const at = dice.below(this.#clerks.length);
    const plan = this.#plan.clerks[at];
    if (plan === undefined) return;
    this.#cluster.world.trace.event(plan.name, ["close"], () => "is closed, and made again");
    this.#clerks[at]?.close();
    this.#clerks[at] = this.#make(plan);
  }

  /** Every client reaches every member. */
  healLinks(): void {
    const { clerks, ids } = this.#plan;
    for (const { name } of clerks) for (const id of ids) this.#cluster.links.heal([name, id]);
  }

  /** Everybody asks for writes, once each, beside what they do anyway. */
  hurry(): void {
    for (const clerk of this.#clerks) clerk.hurry();
  }

  /** Everybody asks for something, until it is done. */
  probe(): void {
    this.#unserved = this.#clerks.length;
    for (const clerk of this.#clerks) {
      clerk.probe(() => {
        this.#unserved--;
      });
    }
  }

  /** Everybody asks for something, once. What has become of it is added to `outcomes`; answers how many they will be. */
  ask(outcomes: Recorded[]): number {
    for (const clerk of this.#clerks) clerk.ask((recorded) => outcomes.push(recorded));
    return 3 * this.#clerks.length;
  }

  /** Of those, whose probe is not done. */
  get unserved(): number {
    return this.#unserved;
  }

  #make(clerk: ClerkPlan): BusyClerk {
    const plan = this.#plan;
    const { world, clients } = this.#cluster;
    const busy = new BusyClerk(world, {
      plan,
      clerk,
      dialer: clients.dialer(clerk.name),
      dice: new Dice(plan.seed, STREAM.client + this.#made++),
      history: this.history,
      goesOn: () => this.#active && this.history.operations.length < plan.operationsMax,
    });
    busy.start();
    return busy;
  }
}
