/**
 * The replicated state machine: applies the commands of the log in order, exactly once for each sequence of a
 * session (thesis §6.3), and answers reads. Pure and deterministic: commands and nothing else
 * decide what it holds, so that replicas which applied the same log, or a snapshot and the rest of
 * it, cannot be told apart.
 */
import { assert, unreachable } from "../base/assert.js";
import type { ByteString } from "../base/byte-string.js";
import type { Command, CommandResult, CommandStatus, LogPosition, SessionCommand } from "./command.js";
import type { KeyExplanation } from "./explanation.js";
import { type Change, type KeptPair, loggedSeconds } from "./key-metadata.js";
import { type SessionLimits, type SessionRecord, Sessions } from "./sessions.js";
import type { ByteMemory } from "./slabs.js";
import { type ScanPage, type ScanRange, Store, type StoreView } from "./store.js";

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
  /** From which index on each term holds, of all indexes that keys bear; ascending, indexes and terms alike. */
  readonly termStarts: readonly LogPosition[];
}

/** What can be read of a state machine or of a view. */
export abstract class StateReader {
  protected abstract readonly store: Store | StoreView;
  protected abstract readonly table: Sessions;

  get(key: ByteString): ByteString | undefined {
    return this.store.get(key);
  }

  /** What is kept of the key beside its value; undefined: there is no such key. */
  explain(key: ByteString): KeyExplanation | undefined {
    return this.store.explain(key);
  }

  /** One page in byte order: at most `pageBytesMax` of keys and values, but always one pair, if there is one. */
  scan(range: ScanRange, pageBytesMax: number): ScanPage {
    return this.store.scan(range, pageBytesMax);
  }

  get clockMs(): number {
    return this.table.clockMs;
  }

  get keyCount(): number {
    return this.store.keyCount;
  }

  get sessionCount(): number {
    return this.table.size;
  }

  /** For snapshots: what stands before all else. */
  get header(): StateHeader {
    return { clockMs: this.clockMs, termStarts: this.store.termStarts };
  }

  /** For snapshots: in byte order of keys. */
  pairs(): IterableIterator<KeptPair> {
    return this.store.pairs();
  }

  /** For snapshots: in the order of their last activity. */
  sessions(): IterableIterator<SessionRecord> {
    return this.table.records();
  }
}

/** How a state machine was when {@link StateMachine.view} was called. */
export class StateView extends StateReader {
  protected readonly store: StoreView;
  protected readonly table: Sessions;

  constructor(store: StoreView, table: Sessions) {
    super();
    this.store = store;
    this.table = table;
  }

  /** Gives back what only this view still reads. Once, and nothing is read afterwards. */
  release(): void {
    this.store.release();
  }
}

export class StateMachine extends StateReader {
  protected readonly store: Store;
  protected readonly table: Sessions;
  readonly #limits: StateMachineLimits;
  #lastIndex = 0;
  /** Of the clock, for each change. */
  #clockSeconds = 0;

  constructor(limits: StateMachineLimits, bytes: ByteMemory) {
    super();
    this.store = new Store(bytes);
    this.table = new Sessions(limits);
    this.#limits = limits;
  }

  /** The state as it is now, in constant time: nothing that is applied later changes the view. */
  view(): StateView {
    return new StateView(this.store.view(), this.table.clone());
  }

  /** `position` is the command's in the log: its index is greater than any before. */
  apply(position: LogPosition, command: Command): CommandResult {
    const { index } = position;
    assert(index > this.#lastIndex, "commands are applied in the order of the log");
    this.#lastIndex = index;
    switch (command.kind) {
      case "session":
        return this.#applyOnce(position, command);
      case "open":
        return { status: "done", index: this.table.open(index, command.clientId) };
      case "close":
        this.table.close(command.clientId, command.session);
        return { status: "done", index };
      case "clock":
        this.table.advanceClock(command.timeMs);
        this.#clockSeconds = loggedSeconds(this.clockMs);
        return { status: "done", index };
      default:
        return unreachable(command);
    }
  }

  /** Loading a snapshot into an empty machine: the header first, then everything that the snapshot holds. */
  restoreHeader(header: StateHeader): void {
    assert(this.keyCount === 0 && this.sessionCount === 0, "a snapshot is loaded into an empty machine");
    this.table.restoreClock(header.clockMs);
    this.#clockSeconds = loggedSeconds(header.clockMs);
    this.store.restoreTerms(header.termStarts);
  }

  /** False: the header knows no term for the indexes that it bears, and the snapshot makes no sense. */
  restorePair(pair: KeptPair): boolean {
    return this.store.restore(pair);
  }

  /** In the order of {@link sessions}. False: its client has one already. */
  restoreSession(record: SessionRecord): boolean {
    return this.table.restore(record);
  }

  #applyOnce(position: LogPosition, command: SessionCommand): CommandResult {
    const { index } = position;
    const { sequence, acknowledgedBelow } = command;
    const session = this.table.use(index, command.clientId, command.session);
    if (session === undefined) return { status: "session-expired", index };
    session.acknowledge(acknowledgedBelow);
    if (sequence < session.acknowledgedBelow) return { status: "stale-sequence", index };
    const known = session.find(sequence);
    if (known !== undefined) return known;
    if (session.resultCount >= this.#limits.sessionResultsMax) return { status: "session-full", index };
    const result = { status: this.#run(position, command), index };
    session.remember(sequence, result);
    return result;
  }

  #run({ index, term }: LogPosition, { clientId, sequence, operation }: SessionCommand): CommandStatus {
    const { valueBytesMax } = this.#limits;
    const change: Change = { index, term, seconds: this.#clockSeconds, clientId, sequence };
    switch (operation.kind) {
      case "put":
        if (operation.value.length > valueBytesMax) return "value-too-large";
        this.store.put(operation.key, operation.value, change);
        return "done";
      case "append":
        return this.store.append(operation.key, operation.value, valueBytesMax, change)
          ? "done"
          : "value-too-large";
      case "delete":
        return this.store.delete(operation.key) ? "done" : "absent";
      default:
        return unreachable(operation);
    }
  }
}
