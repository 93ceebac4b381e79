/**
 * One real Clerk and those who use it: so many operations in flight at a time, each recorded from call to
 * answer, and each answer held against what the service has done.
 */
import { assert } from "../../src/base/assert.js";
import { ClerkCore } from "../../src/clerk/clerk-core.js";
import { ClerkError } from "../../src/clerk/clerk-error.js";
import type { Dialer } from "../../src/clerk/ports.js";
import type { Operation } from "../../src/kv/command.js";
import type { ScanPage } from "../../src/kv/store.js";
import { quorumSize } from "../../src/raft/quorum.js";
import { describeOperation, describeValue } from "./describe.js";
import type { Dice } from "./dice.js";
import type { History, Recorded } from "./history.js";
import { clientAddress } from "./life.js";
import type { ClerkPlan } from "./plan.js";
import type { World } from "./world.js";

export interface SimulatedClerkOptions {
  readonly plan: ClerkPlan;
  readonly dialer: Dialer;
  readonly dice: Dice;
  readonly history: History;
  /** Whether another operation may begin. */
  readonly goesOn: () => boolean;
}

const SCAN_ALL = { from: "", to: "", prefix: "", limit: 0, keysOnly: false };

export class SimulatedClerk {
  readonly #world: World;
  readonly #options: SimulatedClerkOptions;
  readonly #core: ClerkCore;
  #closed = false;

  constructor(world: World, options: SimulatedClerkOptions) {
    this.#world = world;
    this.#options = options;
    const { loop } = world;
    const { plan, dialer, dice, history } = options;
    // A majority at least, so that somebody who is well is among them.
    const { ids } = world.plan;
    this.#core = new ClerkCore({
      endpoints: dice
        .shuffled(ids)
        .slice(0, dice.between(quorumSize(ids.length), ids.length))
        .map(clientAddress),
      timeoutMs: plan.timeoutMs,
      dialer,
      timers: {
        nowMs: () => loop.nowUs / 1000,
        after: (delayMs, run) => {
          let cancelled = false;
          loop.after(delayMs * 1000, () => cancelled || run());
          return () => {
            cancelled = true;
          };
        },
      },
      entropy: (length) => {
        const bytes = dice.bytes(length);
        history.clientIds(plan.name).add(Buffer.from(bytes).toString("latin1"));
        return bytes;
      },
    });
  }

  start(): void {
    for (let worker = 0; worker < this.#options.plan.workers; worker++) this.#goOn();
  }

  close(): void {
    this.#closed = true;
    this.#core.close();
  }

  /** A write and a read that must succeed. A session may have ended meanwhile, and the Clerk hear of it only now. */
  probe(): void {
    const { dice } = this.#options;
    const key = dice.pick(this.#world.plan.keys);
    const succeeded = ({ error }: Recorded): void => {
      assert(error === null, `with all well a Clerk fails: ${error?.message}`);
    };
    const write = (then: (recorded: Recorded) => void): void =>
      this.#write(this.#operation("put", key), then);
    write((recorded) => {
      if (recorded.error?.code === "session-expired") write(succeeded);
      else succeeded(recorded);
    });
    this.#get(key, succeeded);
  }

  #goOn(): void {
    const { dice, plan, goesOn } = this.#options;
    this.#world.loop.after(dice.below(plan.thinkUsMax), () => {
      if (this.#closed || !goesOn()) return;
      const key = dice.pick(this.#world.plan.keys);
      const next = (): void => this.#goOn();
      const drawn = dice.below(100);
      if (drawn < 35) this.#write(this.#operation("append", key), next);
      else if (drawn < 50) this.#write(this.#operation("put", key), next);
      else if (drawn < 58) this.#write({ kind: "delete", key }, next);
      else if (drawn < 95) this.#get(key, next);
      else this.#scan(next);
    });
  }

  #operation(kind: "put" | "append", key: string): Operation {
    const { dice, plan, history } = this.#options;
    const padding = dice.skewed(0, this.#world.plan.paddingBytesMax);
    return {
      kind,
      key,
      value: history.newName(plan.name) + String.fromCharCode(dice.below(256)).repeat(padding),
    };
  }

  #write(operation: Operation, then: (recorded: Recorded) => void): void {
    const value = operation.kind === "delete" ? null : operation.value;
    const recorded = this.#begin(operation.kind, operation.key, value);
    this.#tell(recorded, ["asks", operation.kind], () => `asks to ${describeOperation(operation)}`);
    this.#core.write(operation, (outcome) => {
      this.#end(recorded, outcome instanceof ClerkError ? outcome : null);
      if (typeof outcome === "boolean") this.#options.history.written(recorded, outcome);
      then(recorded);
    });
  }

  #get(key: string, then: (recorded: Recorded) => void): void {
    const recorded = this.#begin("get", key, null);
    this.#tell(recorded, ["asks", "get"], () => `asks to get ${key}`);
    this.#core.get(key, (outcome) => {
      this.#end(recorded, outcome instanceof ClerkError ? outcome : null);
      if (!(outcome instanceof ClerkError)) {
        this.#tell(recorded, ["got", outcome?.length ?? -1], () => `gets ${describeValue(outcome)}`);
        this.#options.history.read(recorded, outcome);
      }
      then(recorded);
    });
  }

  #scan(then: (recorded: Recorded) => void): void {
    const recorded = this.#begin("scan", "", null);
    this.#core.scan(SCAN_ALL, (outcome: ScanPage | ClerkError) => {
      this.#end(recorded, outcome instanceof ClerkError ? outcome : null);
      if (!(outcome instanceof ClerkError)) this.#options.history.scanned(recorded, SCAN_ALL, outcome);
      then(recorded);
    });
  }

  #begin(op: Recorded["op"], key: string, value: string | null): Recorded {
    const { history, plan } = this.#options;
    return history.begin({ client: plan.name, op, key, value });
  }

  #end(recorded: Recorded, error: ClerkError | null): void {
    const { counts } = this.#world;
    if (error === null) counts.done++;
    else if (error.outcomeUnknown) counts.unknown++;
    else counts.failed++;
    this.#tell(
      recorded,
      ["outcome", error?.code ?? "done"],
      () =>
        `${recorded.op} ${recorded.key} ${recorded.name}: ${error === null ? "done" : `${error.code}, ${error.message}`}`,
    );
    this.#options.history.end(recorded, error);
  }

  #tell(recorded: Recorded, facts: (string | number)[], words: () => string): void {
    this.#world.trace.event(recorded.client, facts, words);
  }
}
