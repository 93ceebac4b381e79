/** All clients of a run. */

import type { ClientNetwork } from "./client-network.js";
import { Dice } from "./dice.js";
import { History } from "./history.js";
import { type ClerkPlan, STREAM } from "./plan.js";
import { SimulatedClerk } from "./simulated-clerk.js";
import { wander } from "./wandering-reader.js";
import type { World } from "./world.js";

export class Workload {
  readonly history: History;
  readonly #world: World;
  readonly #clients: ClientNetwork;
  readonly #clerks: SimulatedClerk[] = [];
  #made = 0;
  #active = true;

  constructor(world: World, clients: ClientNetwork) {
    this.#world = world;
    this.#clients = clients;
    this.history = new History(world);
    for (const plan of world.plan.clerks) this.#clerks.push(this.#make(plan));
    const dice = new Dice(world.plan.seed, STREAM.reader);
    wander(world, { dialer: clients.dialer("r1"), dice, goesOn: () => this.#active });
  }

  /** No operation is begun any more. */
  stop(): void {
    this.#active = false;
  }

  /** A client goes, with whatever it waits for, and another comes in its place. */
  replaceOne(dice: Dice): void {
    const at = dice.below(this.#clerks.length);
    const plan = this.#world.plan.clerks[at];
    if (plan === undefined) return;
    this.#world.trace.event(plan.name, ["close"], () => "is closed, and made again");
    this.#clerks[at]?.close();
    this.#clerks[at] = this.#make(plan);
  }

  /** Everybody asks for something, which must be done. */
  probe(): void {
    for (const clerk of this.#clerks) clerk.probe();
  }

  #make(plan: ClerkPlan): SimulatedClerk {
    const clerk = new SimulatedClerk(this.#world, {
      plan,
      dialer: this.#clients.dialer(plan.name),
      dice: new Dice(this.#world.plan.seed, STREAM.client + this.#made++),
      history: this.history,
      goesOn: () => this.#active && this.history.operations.length < this.#world.plan.operationsMax,
    });
    clerk.start();
    return clerk;
  }
}
