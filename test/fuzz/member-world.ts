/**
 * One real replica, held from all sides: its peers and clients are bytes, its disk keeps what it must and checks
 * what it is given, and nothing happens but when it is told to. What the replica sends is encoded, what it
 * persists must be recoverable, and a fatal error is a fault, since only bytes from outside came in.
 */
import { seededRandom } from "../../src/base/random.js";
import type { StateMachine } from "../../src/kv/state-machine.js";
import { RawNode, type RestoredState } from "../../src/raft/raw-node.js";
import type { LogRecord, SnapshotStore } from "../../src/server/ports.js";
import { Replica } from "../../src/server/replica.js";
import { LogFold } from "../../src/storage/log-fold.js";
import { FileSnapshotStore } from "../../src/storage/snapshot-store.js";
import { encodeClientReply } from "../../src/wire/client-codec.js";
import type { ClientRequest } from "../../src/wire/client-message.js";
import { decodeLogRecord, encodeLogRecord } from "../../src/wire/disk-codec.js";
import { REPLY_FRAME_BYTES_MAX } from "../../src/wire/limits.js";
import { encodePeerMessage } from "../../src/wire/peer-codec.js";
import type { MemoryDisk } from "./memory-disk.js";
import { hold } from "./target.js";

export const SNAPSHOT_DIRECTORY = "/snapshots";
export const CLUSTER_ID = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
export const ELECTION_TIMEOUT_TICKS = 4;
/** A request waits for five of them. */
const TICK_MS = 1000;
/** No input of the fuzzer keeps a sound replica busy for so many turns without time passing. */
const TURNS_MAX = 2000;
const REQUEST_BYTES_MAX = 4096;
export const LIMITS = {
  valueBytesMax: 64 * 1024,
  sessionsMax: 8,
  sessionIdleMs: 3_600_000,
  sessionResultsMax: 4,
};
const ORIGIN = { file: "log", offset: 0 };

export interface WorldOptions {
  readonly restored: RestoredState;
  /** Holds the snapshot that `restored` names. */
  readonly disk: MemoryDisk;
  /** What that snapshot holds. */
  /** A new one each time. */
  readonly state: () => StateMachine;
}

export class MemberWorld {
  readonly replica: Replica;
  readonly #fold = new LogFold(true);
  readonly #restored: RestoredState;
  readonly #store: FileSnapshotStore;
  #deferred: (() => void)[] = [];
  #written: (() => void) | null = null;
  #fatal: Error | null = null;
  /** Promises are under way. */
  #unsettled = false;
  #unanswered = 0;
  #term = 0;
  #commitIndex = 0;

  static async open(options: WorldOptions): Promise<MemberWorld> {
    const store = await FileSnapshotStore.open({ disk: options.disk, directory: SNAPSHOT_DIRECTORY });
    return new MemberWorld(options.restored, store, options.state());
  }

  private constructor(restored: RestoredState, store: FileSnapshotStore, stateMachine: StateMachine) {
    this.#restored = restored;
    this.#store = store;
    const { hardState, entries, snapshot } = restored;
    const isNew = snapshot.lastIncludedIndex === 0;
    this.#fold.add({ hardState, snapshot: isNew ? null : snapshot, entries }, ORIGIN);
    this.replica = new Replica({
      id: "n1",
      clusterId: CLUSTER_ID,
      version: "fuzz",
      clientAddress: "n1:1",
      restored,
      stateMachine,
      stateMachineLimits: LIMITS,
      log: { persist: (record, done) => this.#persist(record, done), compact: () => {} },
      snapshots: this.#snapshots(),
      transport: {
        send: (messages) => {
          for (const message of messages) encodePeerMessage(message);
        },
        clientAddress: (id) => (id === "n2" ? "n2:1" : undefined),
        contact: () => ({ isConnected: true, heardMs: null, roundTripUs: null }),
      },
      host: {
        defer: (run) => void this.#deferred.push(run),
        wallClockMs: () => 1_700_000_000_000,
        nowUs: () => 0,
        openFilesMax: 0,
        fatal: (error) => {
          this.#fatal ??= error;
        },
        log: () => {},
      },
      random: seededRandom(1),
      tickMs: TICK_MS,
      heartbeatTicks: 1,
      electionTimeoutTicks: ELECTION_TIMEOUT_TICKS,
      snapshotLogBytes: 10_000,
      requestBytesMax: REQUEST_BYTES_MAX,
    });
  }

  handle(request: ClientRequest): void {
    let replies = 0;
    this.#unanswered++;
    this.replica.handle(request, (reply) => {
      replies++;
      this.#unanswered--;
      hold(replies === 1, () => `request ${request.requestId} is replied to twice`);
      hold(reply.requestId === request.requestId, () => "a reply to another request");
      const { length } = encodeClientReply(reply);
      hold(length <= REPLY_FRAME_BYTES_MAX, () => `a reply of ${length} bytes`);
    });
  }

  /** What waits for the end of the turn happens; no write becomes durable. */
  turn(): void {
    const deferred = this.#deferred;
    this.#deferred = [];
    for (const run of deferred) run();
    this.#check();
  }

  /** The write that is under way becomes durable. */
  written(): void {
    const written = this.#written;
    this.#written = null;
    written?.();
  }

  /** Everything comes to rest, the disk included. A promise only where there are some to wait for. */
  settle(): Promise<void> | undefined {
    for (let turns = 0; this.#deferred.length > 0 || this.#written !== null; turns++) {
      hold(turns < TURNS_MAX, () => `not at rest after ${TURNS_MAX} turns`);
      this.written();
      this.turn();
    }
    return this.#unsettled ? this.#settlePromises() : undefined;
  }

  /** Time enough for every request to be answered passes; then what is on disk must be fit for a restart. */
  async finish(): Promise<void> {
    for (let tick = 0; tick < 2 * ELECTION_TIMEOUT_TICKS; tick++) {
      this.replica.tick();
      await this.settle();
    }
    hold(this.#unanswered === 0, () => `${this.#unanswered} requests were never answered`);
    const snapshot = this.#store.newest ?? this.#restored.snapshot;
    const { hardState, entries } = this.#fold.finish(snapshot);
    const options = { electionTimeoutTicks: ELECTION_TIMEOUT_TICKS, heartbeatTicks: 1 };
    const restored = { hardState, entries, snapshot };
    new RawNode({ id: "n1", random: seededRandom(1), restored, ...options }).ready();
  }

  async #settlePromises(): Promise<void> {
    while (this.#unsettled) {
      this.#unsettled = false;
      // All microtasks, however many follow from each other, run before an immediate does.
      await new Promise(setImmediate);
      await this.settle();
    }
  }

  #check(): void {
    if (this.#fatal !== null) throw this.#fatal;
    const { term, commitIndex, lastIndex, appliedIndex } = this.replica.status();
    hold(term >= this.#term && commitIndex >= this.#commitIndex, () => "term or commit index has fallen");
    hold(appliedIndex <= commitIndex && commitIndex <= lastIndex, () => "applied, committed, last: no order");
    this.#term = term;
    this.#commitIndex = commitIndex;
  }

  #persist(record: LogRecord, done: () => void): void {
    hold(this.#written === null, () => "two writes at once");
    this.#fold.add(decodeLogRecord(encodeLogRecord(record)), ORIGIN);
    this.#written = done;
  }

  /** Notes that promises are under way, whatever is called. */
  #snapshots(): SnapshotStore {
    const noted = <T>(result: Promise<T>): Promise<T> => {
      this.#unsettled = true;
      return result;
    };
    return {
      create: (metadata) => noted(this.#store.create(metadata)),
      receive: (metadata) => noted(this.#store.receive(metadata)),
      open: () => noted(this.#store.open()),
      newestBytes: 0,
    };
  }
}
