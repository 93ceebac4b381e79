/**
 * What all clients asked and were told, with the commit index of the moment: each answer must follow from
 * the canonical state somewhere between call and answer.
 */
import { assert } from "../../src/base/assert.js";
import type { ClerkError } from "../../src/clerk/clerk-error.js";
import type { KeyExplanation } from "../../src/kv/explanation.js";
import type { ScanPage, ScanRange } from "../../src/kv/store.js";
import type { Operation } from "../../src/lin/operation.js";
import type { StateRead } from "../../src/wire/client-message.js";
import type { World } from "./world.js";

export interface Recorded {
  readonly client: string;
  readonly op: "put" | "append" | "delete" | "get" | "scan" | "stale" | "explain";
  readonly key: string;
  /** What is put or appended. */
  readonly value: string | null;
  /** What the value begins with; empty where there is none. */
  readonly name: string;
  /** Virtual time. */
  readonly startUs: number;
  /** Null: no answer, or none that says whether it was done. */
  endUs: number | null;
  /** What get gave, or delete: null where there was nothing; undefined without an answer. */
  output: string | boolean | null | undefined;
  /** What a stale read was told of its age. */
  behindMs: number | null;
  error: ClerkError | null;
  /** Of the service, when it was asked for. */
  readonly committedBefore: number;
  settled: boolean;
}

export class History {
  readonly operations: Recorded[] = [];
  readonly #world: World;
  readonly #clientIds = new Map<string, Set<string>>();
  #names = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** All that a client ever called itself. */
  clientIds(client: string): Set<string> {
    const ids = this.#clientIds.get(client) ?? new Set();
    this.#clientIds.set(client, ids);
    return ids;
  }

  newName(client: string): string {
    this.#names++;
    return `<${client}.${this.#names}>`;
  }

  get unsettled(): number {
    return this.operations.filter((operation) => !operation.settled).length;
  }

  begin({ client, op, key, value }: Pick<Recorded, "client" | "op" | "key" | "value">): Recorded {
    const recorded: Recorded = {
      client,
      op,
      key,
      value,
      name: value === null ? "" : value.slice(0, value.indexOf(">") + 1),
      startUs: this.#world.loop.nowUs,
      endUs: null,
      output: undefined,
      behindMs: null,
      error: null,
      committedBefore: this.#world.consensus.committedIndex,
      settled: false,
    };
    this.operations.push(recorded);
    return recorded;
  }

  end(recorded: Recorded, error: ClerkError | null): void {
    assert(!recorded.settled, "an operation is answered once");
    recorded.settled = true;
    recorded.error = error;
    if (error === null) recorded.endUs = this.#world.loop.nowUs;
    const isWrite = recorded.op === "put" || recorded.op === "append" || recorded.op === "delete";
    assert(isWrite || error?.outcomeUnknown !== true, "a read has no effect that could be unknown");
  }

  /** A write is acknowledged. */
  written(recorded: Recorded, wasThere: boolean): void {
    const { service } = this.#world;
    const { op, key, name, client } = recorded;
    const range = this.#range(recorded);
    if (op !== "delete") {
      const index = service.effectOf(name);
      assert(
        index !== undefined && index > range.from && index <= range.to,
        `${op} ${name} is acknowledged, took effect at ${index}, and not after ${range.from} and up to ${range.to}`,
      );
      return;
    }
    recorded.output = wasThere;
    if (!wasThere) {
      assert(service.hadValue(key, null, range), `${client} is told that ${key} was not there, and it was`);
      return;
    }
    const ids = this.clientIds(client);
    const done = service.deletions.some(
      (deletion) =>
        deletion.key === key &&
        ids.has(deletion.clientId) &&
        deletion.index > range.from &&
        deletion.index <= range.to,
    );
    assert(done, `${client} is told that it deleted ${key}, and it did not`);
  }

  read(recorded: Recorded, value: string | null): void {
    recorded.output = value;
    const range = this.#range(recorded);
    const { client, key } = recorded;
    assert(
      this.#world.service.hadValue(key, value, range),
      `${client} reads a value of ${key} that it did not have from ${range.from} to ${range.to}`,
    );
  }

  /** It may be of any time, and has to be of the one that it names. */
  readStale(
    recorded: Recorded,
    { value, index, behindMs }: StateRead & { readonly value: string | null },
  ): void {
    recorded.output = value;
    recorded.behindMs = behindMs;
    const { client, key } = recorded;
    assert(
      this.#world.service.valueAt(index, key) === value,
      `${client} reads another value of ${key} than that at ${index}`,
    );
  }

  explained(recorded: Recorded, explanation: KeyExplanation | null): void {
    const range = this.#range(recorded);
    const { client, key } = recorded;
    assert(
      this.#world.service.hadExplanation(key, explanation, range),
      `${client} is told of ${key} what was not so from ${range.from} to ${range.to}`,
    );
  }

  scanned(recorded: Recorded, range: ScanRange, page: ScanPage): void {
    const indexes = this.#range(recorded);
    assert(
      this.#world.service.hadPage(range, page, indexes),
      `${recorded.client} scans what was not there from ${indexes.from} to ${indexes.to}`,
    );
  }

  /** When nothing more can happen: what is definitely not done never was, and nothing was done twice. */
  checkWhole(): void {
    const { service } = this.#world;
    for (const { name, op, error, settled } of this.operations) {
      if (!settled || error === null || error.outcomeUnknown || name === "") continue;
      assert(
        service.effectOf(name) === undefined,
        `${op} ${name} is said not to be done (${error.message}), and was`,
      );
    }
    const deletes = groupDeletes(this.operations);
    for (const { client, key, operations } of deletes) {
      const ids = this.clientIds(client);
      const effects = service.deletions.filter(
        (deletion) => deletion.key === key && ids.has(deletion.clientId),
      ).length;
      const certain = operations.filter(({ output }) => output === true).length;
      const possible = operations.filter(
        ({ settled, error }) => !settled || error?.outcomeUnknown === true,
      ).length;
      assert(
        effects >= certain && effects <= certain + possible,
        `${client} deletes ${key} ${effects} times, and is told ${certain}`,
      );
    }
  }

  /** As the checker of linearizability wants it; scans, which read many keys at once, stale reads and explanations are no part of it. */
  asOperations(): Operation[] {
    return this.operations.flatMap((recorded) => this.#asOperation(recorded) ?? []);
  }

  #asOperation(recorded: Recorded): Operation | null {
    const { client, op, key, value, startUs, endUs, output, error } = recorded;
    const isUnknown = error === null || error.outcomeUnknown;
    // What failed and is definitely not done is no part of the history.
    if (!isUnknown || op === "scan" || op === "stale" || op === "explain") return null;
    const observed = { client: Number(client.slice(1)), key, start: startUs, end: endUs };
    switch (op) {
      case "get":
        return { ...observed, op, output: typeof output === "string" ? output : null };
      case "delete":
        return {
          ...observed,
          op,
          output: output === undefined ? null : output === true ? "deleted" : "absent",
        };
      default:
        return { ...observed, op, value: value ?? "" };
    }
  }

  #range({ committedBefore }: Recorded): { from: number; to: number } {
    return { from: committedBefore, to: this.#world.consensus.committedIndex };
  }
}

interface Deletes {
  readonly client: string;
  readonly key: string;
  readonly operations: Recorded[];
}

function groupDeletes(operations: readonly Recorded[]): Iterable<Deletes> {
  const groups = new Map<string, Deletes>();
  for (const operation of operations) {
    if (operation.op !== "delete") continue;
    const { client, key } = operation;
    const where = JSON.stringify([client, key]);
    const group = groups.get(where) ?? { client, key, operations: [] };
    group.operations.push(operation);
    groups.set(where, group);
  }
  return groups.values();
}
