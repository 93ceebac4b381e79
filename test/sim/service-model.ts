/**
 * What the service as a whole has done, index by index: the canonical state machine, fed with what is
 * committed and with nothing else. Every answer of every member, every snapshot, and the state of every
 * member is held against it.
 */
import { isDeepStrictEqual } from "node:util";
import { assert } from "../../src/base/assert.js";
import type { ByteString } from "../../src/base/byte-string.js";
import type { Command, CommandResult, LogPosition } from "../../src/kv/command.js";
import { stateDigest } from "../../src/kv/digest.js";
import type { KeyExplanation } from "../../src/kv/explanation.js";
import { StateMachine, type StateMachineLimits, type StateView } from "../../src/kv/state-machine.js";
import type { ScanPage, ScanRange } from "../../src/kv/store.js";
import type { Entry } from "../../src/raft/entry.js";
import { byteMemory } from "../../src/wire/bytes.js";
import type { ClientReply, ClientRequest } from "../../src/wire/client-message.js";
import { decodeCommand } from "../../src/wire/command-codec.js";
import { SCAN_PAGE_BYTES } from "../../src/wire/limits.js";

/** One change of one key. */
interface Version {
  readonly index: number;
  readonly value: ByteString | null;
}

/** A delete that found its key. */
export interface Deletion {
  readonly index: number;
  readonly clientId: ByteString;
  readonly key: ByteString;
}

/** Values begin with the name of the operation that wrote them, which no other bears. */
const NAME = /^<[^>]*>/;

export class ServiceModel {
  readonly deletions: Deletion[] = [];
  readonly #state: StateMachine;
  /** The state after each index; at 0 the empty one. */
  readonly #states: StateView[] = [];
  readonly #digests = new Map<number, string>();
  readonly #versions = new Map<ByteString, Version[]>();
  /** Where the write of a name took effect. */
  readonly #effects = new Map<string, number>();
  /** By command: all results that it ever had. */
  readonly #results = new Map<string, Set<string>>();

  constructor(limits: StateMachineLimits) {
    this.#state = new StateMachine(limits, byteMemory);
    this.#states.push(this.#state.view());
  }

  get index(): number {
    return this.#states.length - 1;
  }

  /** The next entry is committed. */
  commit(entry: Entry): void {
    assert(entry.index === this.index + 1, "the canonical state takes every entry in order");
    if (entry.kind === "command") this.#apply(entry, decodeCommand(entry.data));
    this.#states.push(this.#state.view());
  }

  /** Where the write that `name` names took effect; undefined: nowhere so far. */
  effectOf(name: string): number | undefined {
    return this.#effects.get(name);
  }

  digestAt(index: number): string {
    const known = this.#digests.get(index);
    if (known !== undefined) return known;
    const digest = stateDigest(this.#stateAt(index));
    this.#digests.set(index, digest);
    return digest;
  }

  valueAt(index: number, key: ByteString): ByteString | null {
    return this.#versions.get(key)?.findLast((version) => version.index <= index)?.value ?? null;
  }

  /** Whether `key` had `value` after some index of the range, both ends included. */
  hadValue(key: ByteString, value: ByteString | null, range: { from: number; to: number }): boolean {
    if (this.valueAt(range.from, key) === value) return true;
    const versions = this.#versions.get(key) ?? [];
    return versions.some(
      (version) => version.index > range.from && version.index <= range.to && version.value === value,
    );
  }

  /** Whether that was kept of `key` after some index of the range, both ends included. */
  hadExplanation(
    key: ByteString,
    explanation: KeyExplanation | null,
    range: { from: number; to: number },
  ): boolean {
    for (let index = range.from; index <= range.to; index++)
      if (isDeepStrictEqual(this.#explanationAt(index, key), explanation)) return true;
    return false;
  }

  /** Whether a scan gave `page` after some index of the range, both ends included. */
  hadPage(range: ScanRange, page: ScanPage, indexes: { from: number; to: number }): boolean {
    const wanted = pageText(page);
    for (let index = indexes.from; index <= indexes.to; index++) {
      if (pageText(this.#stateAt(index).scan(range, SCAN_PAGE_BYTES)) === wanted) return true;
    }
    return false;
  }

  /** Holds a reply against the state that it claims to be of. `committedBefore`: when the request came. */
  checkReply(request: ClientRequest, reply: ClientReply, committedBefore: number): void {
    assert(request.requestId === reply.requestId, "a reply bears the number of its request");
    if (reply.kind === "result") {
      assert(request.kind === "command", `a ${request.kind} is answered with a result`);
      const known = this.#results.get(nameOf(request.command));
      const answer = resultText(reply.result);
      assert(
        known?.has(answer) === true,
        `${nameOf(request.command)} is answered with ${answer}, and had ${[...(known ?? [])].join(" or ")}`,
      );
      return;
    }
    if (reply.kind !== "get" && reply.kind !== "scan" && reply.kind !== "explain") return;
    const { index } = reply;
    assert(index <= this.index, `a read at ${index}, while ${this.index} is committed`);
    const isStale = "consistency" in request && request.consistency === "stale";
    assert(
      isStale || index >= committedBefore,
      `a stale read: it came when ${committedBefore} was committed, and is answered with the state at ${index}`,
    );
    if (reply.kind === "explain") {
      assert(request.kind === "explain", `a ${request.kind} is answered with an explanation`);
      assert(
        isDeepStrictEqual(reply.explanation, this.#explanationAt(index, request.key)),
        `another explanation of ${request.key} than that at ${index}`,
      );
      return;
    }
    assert(isStale || reply.behindMs === null, "what is linearizable is not behind");
    if (reply.kind === "get") {
      assert(request.kind === "get", `a ${request.kind} is answered with a value`);
      assert(
        reply.value === this.valueAt(index, request.key),
        `another value of ${request.key} than that at ${index}`,
      );
      return;
    }
    assert(request.kind === "scan", `a ${request.kind} is answered with a page`);
    const expected = this.#stateAt(index).scan(request, SCAN_PAGE_BYTES);
    assert(pageText(reply) === pageText(expected), `another page than that at ${index}`);
  }

  #explanationAt(index: number, key: ByteString): KeyExplanation | null {
    return this.#stateAt(index).explain(key) ?? null;
  }

  #stateAt(index: number): StateView {
    const state = this.#states[index];
    assert(state !== undefined, `nothing is committed at ${index}`);
    return state;
  }

  #apply(position: LogPosition, command: Command): void {
    const { index } = position;
    const key = command.kind === "session" ? command.operation.key : null;
    const before = key === null ? undefined : this.#state.get(key);
    const result = this.#state.apply(position, command);
    this.#remember(command, result);
    if (key === null || command.kind !== "session") return;
    const after = this.#state.get(key);
    if (after === before) {
      const repeatsValue = command.operation.kind === "put" && command.operation.value === before;
      assert(
        repeatsValue || result.index !== index || result.status !== "done",
        `${index} is done and changes nothing`,
      );
      return;
    }
    assert(
      result.index === index && result.status === "done",
      `${index} changes ${key} and says ${result.status}`,
    );
    this.#changed(index, { before: before ?? "", after, command });
  }

  #changed(
    index: number,
    change: {
      before: ByteString;
      after: ByteString | undefined;
      command: Extract<Command, { kind: "session" }>;
    },
  ): void {
    const { operation, clientId } = change.command;
    const { key } = operation;
    const versions = this.#versions.get(key) ?? [];
    versions.push({ index, value: change.after ?? null });
    this.#versions.set(key, versions);
    if (operation.kind === "delete") {
      assert(change.after === undefined, `a deleted key is gone at ${index}`);
      this.deletions.push({ index, clientId, key });
      return;
    }
    const expected = operation.kind === "put" ? operation.value : change.before + operation.value;
    assert(change.after === expected, `a ${operation.kind} leaves what it should at ${index}`);
    const name = NAME.exec(operation.value)?.[0] ?? "";
    const earlier = this.#effects.get(name);
    assert(earlier === undefined, `${name} takes effect twice, at ${earlier} and ${index}`);
    this.#effects.set(name, index);
  }

  #remember(command: Command, result: CommandResult): void {
    const name = nameOf(command);
    const results = this.#results.get(name) ?? new Set();
    results.add(resultText(result));
    this.#results.set(name, results);
  }
}

function pageText({ pairs, nextKey }: ScanPage): string {
  return JSON.stringify([pairs.map(({ key, value }) => [key, value]), nextKey]);
}

function resultText({ status, index }: CommandResult): string {
  return `${status} at ${index}`;
}

function nameOf(command: Command): string {
  switch (command.kind) {
    case "session":
      return `${hex(command.clientId)}/${command.session}/${command.sequence}`;
    case "open":
      return `open ${hex(command.clientId)}`;
    case "close":
      return `close ${hex(command.clientId)}/${command.session}`;
    default:
      return `clock ${command.timeMs}`;
  }
}

function hex(id: ByteString): string {
  return Buffer.from(id, "latin1").toString("hex");
}
