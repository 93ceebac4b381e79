/**
 * A real Clerk in virtual time. Each of its operations is recorded from call to answer, and each answer held
 * against what the service has done.
 */
import { assert } from "../../src/base/assert.js";
import { ClerkCore, type ReadFrom } from "../../src/clerk/clerk-core.js";
import { ClerkError } from "../../src/clerk/clerk-error.js";
import type { Dialer, Timers } from "../../src/clerk/ports.js";
import type { Operation } from "../../src/kv/command.js";
import type { ScanPage } from "../../src/kv/store.js";
import type { MemberId } from "../../src/raft/entry.js";
import { describeOperation, describeValue } from "./describe.js";
import type { Dice } from "./dice.js";
import type { EventLoop } from "./event-loop.js";
import type { History, Recorded } from "./history.js";
import { clientAddress } from "./peer-port.js";
import type { World } from "./world.js";

export interface RecordedClerkOptions {
  readonly name: string;
  /** Whom it knows at first. */
  readonly endpoints: readonly MemberId[];
  readonly timeoutMs: number;
  readonly readFrom?: ReadFrom;
  readonly dialer: Dialer;
  readonly dice: Dice;
  readonly history: History;
}

export class RecordedClerk {
  readonly #world: World;
  readonly #options: RecordedClerkOptions;
  readonly #core: ClerkCore;

  constructor(world: World, options: RecordedClerkOptions) {
    this.#world = world;
    this.#options = options;
    const { name, endpoints, timeoutMs, readFrom = "leader", dialer, dice, history } = options;
    this.#core = new ClerkCore({
      endpoints: endpoints.map(clientAddress),
      timeoutMs,
      readFrom,
      dialer,
      timers: virtualTimers(world.loop),
      entropy: (length) => {
        const bytes = dice.bytes(length);
        history.clientIds(name).add(Buffer.from(bytes).toString("latin1"));
        return bytes;
      },
    });
  }

  close(): void {
    this.#core.close();
  }

  write(operation: Operation, then: (recorded: Recorded) => void): void {
    const value = operation.kind === "delete" ? null : operation.value;
    const recorded = this.#begin(operation.kind, operation.key, value);
    this.#tell(recorded, ["asks", operation.kind], () => `asks to ${describeOperation(operation)}`);
    this.#core.write(operation, (outcome) => {
      // A Clerk lets go of a result only when it has it.
      assert(
        !(outcome instanceof ClerkError) || !outcome.message.includes("no longer kept"),
        `${recorded.client} has given up the result of ${recorded.name} before it came`,
      );
      this.#end(recorded, outcome instanceof ClerkError ? outcome : null);
      if (typeof outcome === "boolean") this.#options.history.written(recorded, outcome);
      then(recorded);
    });
  }

  get(key: string, then: (recorded: Recorded) => void): void {
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

  getStale(key: string, then: (recorded: Recorded) => void): void {
    const recorded = this.#begin("stale", key, null);
    this.#tell(recorded, ["asks", "stale"], () => `asks anybody for ${key}`);
    this.#core.getStale(key, (outcome, member) => {
      this.#end(recorded, outcome instanceof ClerkError ? outcome : null);
      if (!(outcome instanceof ClerkError)) {
        const { value, index, behindMs } = outcome;
        const lag = behindMs ?? -1;
        this.#tell(
          recorded,
          ["got", value?.length ?? -1, member, index, lag],
          () => `gets ${describeValue(value)} of ${member} at ${index}, ${lag} ms behind`,
        );
        this.#options.history.readStale(recorded, outcome);
      }
      then(recorded);
    });
  }

  explain(key: string, then: (recorded: Recorded) => void): void {
    const recorded = this.#begin("explain", key, null);
    this.#core.explain(key, (outcome) => {
      this.#end(recorded, outcome instanceof ClerkError ? outcome : null);
      if (!(outcome instanceof ClerkError)) this.#options.history.explained(recorded, outcome);
      then(recorded);
    });
  }

  /** One page of what is from `from` up to and without `to`; empty: from the beginning, and to the end. Null: it failed. */
  scan(
    { from, to }: { readonly from: string; readonly to: string },
    then: (recorded: Recorded, page: ScanPage | null) => void,
  ): void {
    const range = { from, to, prefix: "", limit: 0, keysOnly: false };
    const recorded = this.#begin("scan", "", null);
    this.#core.scan(range, (outcome: ScanPage | ClerkError) => {
      const page = outcome instanceof ClerkError ? null : outcome;
      this.#end(recorded, outcome instanceof ClerkError ? outcome : null);
      if (page !== null) this.#options.history.scanned(recorded, range, page);
      then(recorded, page);
    });
  }

  #begin(op: Recorded["op"], key: string, value: string | null): Recorded {
    const { history, name } = this.#options;
    return history.begin({ client: name, op, key, value });
  }

  #end(recorded: Recorded, error: ClerkError | null): void {
    const { counts } = this.#world;
    if (error === null) counts.done++;
    else if (error.outcomeUnknown) counts.unknown++;
    else counts.failed++;
    const { op, key, name } = recorded;
    this.#tell(
      recorded,
      ["outcome", error?.code ?? "done"],
      () => `${op} ${key} ${name}: ${error === null ? "done" : `${error.code}, ${error.message}`}`,
    );
    this.#options.history.end(recorded, error);
  }

  #tell(recorded: Recorded, facts: (string | number)[], words: () => string): void {
    this.#world.trace.event(recorded.client, facts, words);
  }
}

function virtualTimers(loop: EventLoop): Timers {
  return {
    nowMs: () => loop.nowUs / 1000,
    after: (delayMs, run) => {
      let cancelled = false;
      loop.after(delayMs * 1000, () => cancelled || run());
      return () => {
        cancelled = true;
      };
    },
  };
}
