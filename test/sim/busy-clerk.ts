/** A Clerk and those who use it: so many operations in flight at a time, of all kinds. */
import type { Dialer } from "../../src/clerk/ports.js";
import type { Operation } from "../../src/kv/command.js";
import type { Dice } from "./dice.js";
import type { History, Recorded } from "./history.js";
import { majority } from "./majority.js";
import type { ClerkPlan, Plan } from "./plan.js";
import { RecordedClerk } from "./recorded-clerk.js";
import type { World } from "./world.js";

export interface BusyClerkOptions {
  readonly plan: Plan;
  readonly clerk: ClerkPlan;
  readonly dialer: Dialer;
  readonly dice: Dice;
  readonly history: History;
  /** Whether another operation may begin. */
  readonly goesOn: () => boolean;
}

const HURRIED_WRITES_MAX = 8;
/** Mostly long enough for a record of the log each. */
const HURRIED_US_MAX = 40_000;
const EVERYTHING = { from: "", to: "" };

export class BusyClerk {
  readonly #world: World;
  readonly #options: BusyClerkOptions;
  readonly #clerk: RecordedClerk;
  #closed = false;

  constructor(world: World, options: BusyClerkOptions) {
    this.#world = world;
    this.#options = options;
    const { plan, clerk, dialer, dice, history } = options;
    // A majority at least, so that somebody who is well is among them.
    const { ids } = plan;
    const known = dice.between(majority(ids.length), ids.length);
    this.#clerk = new RecordedClerk(world, {
      name: clerk.name,
      endpoints: dice.shuffled(ids).slice(0, known),
      timeoutMs: clerk.timeoutMs,
      readFrom: clerk.readFrom,
      dialer,
      dice,
      history,
    });
  }

  start(): void {
    for (let worker = 0; worker < this.#options.clerk.workers; worker++) this.#goOn();
  }

  close(): void {
    this.#closed = true;
    this.#clerk.close();
  }

  /**
   * A write and a read, each asked for until it succeeds: whoever leads may have a slow disk and be needed for a
   * majority, and the Clerk may hear only now that its session has ended. Then `served` is called.
   */
  probe(served: () => void): void {
    const { dice, plan } = this.#options;
    const key = dice.pick(plan.keys);
    let missing = 2;
    const untilDone = (ask: (then: (recorded: Recorded) => void) => void): void =>
      ask(({ error }) => {
        if (error !== null) untilDone(ask);
        else if (--missing === 0) served();
      });
    untilDone((then) => this.#clerk.write(this.#operation("put", key), then));
    untilDone((then) => this.#clerk.get(key, then));
  }

  /** Some writes, one soon after the other, and nobody waits for them. */
  hurry(): void {
    const { dice, plan, goesOn } = this.#options;
    let beginsUs = 0;
    for (let writes = dice.between(1, HURRIED_WRITES_MAX); writes > 0; writes--) {
      beginsUs += dice.below(HURRIED_US_MAX);
      this.#world.loop.after(beginsUs, () => {
        if (this.#closed || !goesOn()) return;
        this.#clerk.write(this.#operation("append", dice.pick(plan.keys)), () => {});
      });
    }
  }

  /** A write, a read and a stale read, once. `answered` is called for each. */
  ask(answered: (recorded: Recorded) => void): void {
    const { dice, plan } = this.#options;
    const key = dice.pick(plan.keys);
    this.#clerk.write(this.#operation("put", key), answered);
    this.#clerk.get(key, answered);
    this.#clerk.getStale(key, answered);
  }

  #goOn(): void {
    const { dice, clerk, plan, goesOn } = this.#options;
    this.#world.loop.after(dice.skewed(0, clerk.thinkUsMax), () => {
      if (this.#closed || !goesOn()) return;
      const key = dice.pick(plan.keys);
      const next = (): void => this.#goOn();
      const drawn = dice.below(100);
      if (drawn < 35) this.#clerk.write(this.#operation("append", key), next);
      else if (drawn < 50) this.#clerk.write(this.#operation("put", key), next);
      else if (drawn < 58) this.#clerk.write({ kind: "delete", key }, next);
      else if (drawn < 90) this.#clerk.get(key, next);
      else if (drawn < 94) this.#clerk.getStale(key, next);
      else if (drawn < 97) this.#clerk.explain(key, next);
      else this.#clerk.scan(EVERYTHING, next);
    });
  }

  #operation(kind: "put" | "append", key: string): Operation {
    const { dice, clerk, plan, history } = this.#options;
    const padding = dice.skewed(0, plan.paddingBytesMax);
    return {
      kind,
      key,
      value: history.newName(clerk.name) + String.fromCharCode(dice.below(256)).repeat(padding),
    };
  }
}
