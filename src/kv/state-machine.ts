/**
 * The replicated state machine: applies the commands of the log in order, exactly once for each sequence of a
 * session (thesis §6.3), and answers reads. Pure and deterministic: commands and nothing else
 * decide what it holds, so that replicas which applied the same log, or a snapshot and the rest of
 * it, cannot be told apart.
 */
import { assert, unreachable } from "../base/assert.js";
import type { ByteString } from "../base/byte-string.js";
import type { Command, CommandResult, CommandStatus, Operation, SessionCommand } from "./command.js";
import { type SessionLimits, type SessionRecord, Sessions } from "./sessions.js";
import { type ScanPage, type ScanRange, Store } from "./store.js";

/** The same on every member for ever: they decide results. */
export interface StateMachineLimits extends SessionLimits {
  /** Of one value, however it came about. */
  readonly valueBytesMax: number;
  /** Results that one session may leave unacknowledged. */
  readonly sessionResultsMax: number;
}

/** What stands before pairs and sessions in a snapshot. */
export interface StateHeader {
  readonly clockMs: number;
}

export class StateMachine {
  readonly #limits: StateMachineLimits;
  #store = new Store();
  #sessions: Sessions;
  #lastIndex = 0;

  constructor(limits: StateMachineLimits) {
    this.#limits = limits;
    this.#sessions = new Sessions(limits);
  }

  /** `index` is the command's place in the log: greater than any before. */
  apply(index: number, command: Command): CommandResult {
    assert(index > this.#lastIndex, `index ${index} is applied after ${this.#lastIndex}`);
    this.#lastIndex = index;
    switch (command.kind) {
      case "session":
        return this.#applyOnce(index, command);
      case "open":
        return { status: "done", index: this.#sessions.open(index, command.clientId) };
      case "close":
        this.#sessions.close(command.clientId, command.session);
        return { status: "done", index };
      case "clock":
        this.#sessions.advanceClock(command.timeMs);
        return { status: "done", index };
      default:
        return unreachable(command);
    }
  }

  get(key: ByteString): ByteString | undefined {
    return this.#store.get(key);
  }

  /** One page in byte order: at most `pageBytesMax` of keys and values, but always one pair, if there is one. */
  scan(range: ScanRange, pageBytesMax: number): ScanPage {
    return this.#store.scan(range, pageBytesMax);
  }

  /** A second machine in the same state, in constant time. Neither sees what is applied to the other. */
  clone(): StateMachine {
    const clone = new StateMachine(this.#limits);
    clone.#store = this.#store.clone();
    clone.#sessions = this.#sessions.clone();
    clone.#lastIndex = this.#lastIndex;
    return clone;
  }

  get clockMs(): number {
    return this.#sessions.clockMs;
  }

  get keyCount(): number {
    return this.#store.keyCount;
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  /** For snapshots: in byte order of keys. Nothing may be applied meanwhile; iterate over a clone. */
  pairs(): IterableIterator<[ByteString, ByteString]> {
    return this.#store.pairs();
  }

  /** For snapshots: in the order of their last activity. Nothing may be applied meanwhile; iterate over a clone. */
  sessions(): IterableIterator<SessionRecord> {
    return this.#sessions.records();
  }

  /** Loading a snapshot into an empty machine: the header first, then everything that the snapshot holds. */
  restoreHeader(header: StateHeader): void {
    assert(this.keyCount === 0 && this.sessionCount === 0, "a snapshot is loaded into an empty machine");
    this.#sessions.restoreClock(header.clockMs);
  }

  restorePair(key: ByteString, value: ByteString): void {
    this.#store.put(key, value);
  }

  /** In the order of {@link sessions}. False: its client has one already. */
  restoreSession(record: SessionRecord): boolean {
    return this.#sessions.restore(record);
  }

  #applyOnce(index: number, command: SessionCommand): CommandResult {
    const { sequence, acknowledgedBelow } = command;
    const session = this.#sessions.use(index, command.clientId, command.session);
    if (session === undefined) return { status: "session-expired", index };
    session.acknowledge(acknowledgedBelow);
    if (sequence < session.acknowledgedBelow) return { status: "stale-sequence", index };
    const known = session.find(sequence);
    if (known !== undefined) return known;
    if (session.resultCount >= this.#limits.sessionResultsMax) return { status: "session-full", index };
    const result = { status: this.#run(command.operation), index };
    session.remember(sequence, result);
    return result;
  }

  #run(operation: Operation): CommandStatus {
    const { valueBytesMax } = this.#limits;
    switch (operation.kind) {
      case "put":
        if (operation.value.length > valueBytesMax) return "value-too-large";
        this.#store.put(operation.key, operation.value);
        return "done";
      case "append":
        return this.#store.append(operation.key, operation.value, valueBytesMax) ? "done" : "value-too-large";
      case "delete":
        return this.#store.delete(operation.key) ? "done" : "absent";
      default:
        return unreachable(operation);
    }
  }
}
