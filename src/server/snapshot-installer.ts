/**
 * Writes down the snapshot that a leader sends, chunk by chunk, and switches to it when it is whole: verified
 * and durable on disk first, then loaded beside the old state, then the core's log and
 * the state machine change over in one step. Serving goes on meanwhile.
 *
 * Chunks are handled strictly one after the other. The core hands out one at a time of each reception, so a
 * chunk that finds another waiting supersedes it. One that does not continue what was
 * written (a lost one before it, another leader, another snapshot) is answered with the offset to go on
 * from, 0 for "start again" (PITFALLS 22).
 */
import { assert } from "../base/assert.js";
import { StateMachine, type StateMachineLimits } from "../kv/state-machine.js";
import type { MemberId } from "../raft/entry.js";
import type { InstallSnapshot } from "../raft/message.js";
import type { RawNode } from "../raft/raw-node.js";
import type { Host, SnapshotReceiver, SnapshotStore } from "./ports.js";
import { loadSnapshot } from "./snapshot-content.js";

interface Receiving {
  readonly from: MemberId;
  readonly term: number;
  readonly lastIncludedIndex: number;
  readonly receiver: SnapshotReceiver;
  nextOffset: number;
}

export class SnapshotInstaller {
  readonly #raft: RawNode;
  readonly #store: SnapshotStore;
  readonly #host: Host;
  readonly #limits: StateMachineLimits;
  readonly #switchState: (state: StateMachine) => void;
  readonly #progressed: () => void;
  #waiting: InstallSnapshot | null = null;
  #working = false;
  #receiving: Receiving | null = null;

  /**
   * `switchState` is called in the same turn in which the core's log is restored; `progressed`
   * after each answer to the core: it has something to send.
   */
  constructor(options: {
    readonly raft: RawNode;
    readonly store: SnapshotStore;
    readonly host: Host;
    readonly limits: StateMachineLimits;
    readonly switchState: (state: StateMachine) => void;
    readonly progressed: () => void;
  }) {
    this.#raft = options.raft;
    this.#store = options.store;
    this.#host = options.host;
    this.#limits = options.limits;
    this.#switchState = options.switchState;
    this.#progressed = options.progressed;
  }

  /** Takes one chunk; the core is answered when it is written, or switched to. */
  handle(chunk: InstallSnapshot): void {
    this.#waiting = chunk;
    if (!this.#working) this.#work().catch((error: Error) => this.#host.fatal(error));
  }

  async #work(): Promise<void> {
    this.#working = true;
    while (this.#waiting !== null) {
      const chunk = this.#waiting;
      this.#waiting = null;
      await this.#take(chunk);
      this.#progressed();
    }
    this.#working = false;
  }

  async #take(chunk: InstallSnapshot): Promise<void> {
    const { from, lastIncludedIndex } = chunk;
    const receiving = await this.#receivingFor(chunk);
    if (receiving === null || chunk.offset !== receiving.nextOffset) {
      this.#raft.chunkWritten({ from, lastIncludedIndex, offset: receiving?.nextOffset ?? 0 });
      return;
    }
    await receiving.receiver.write(chunk.data);
    receiving.nextOffset += chunk.data.length;
    if (!chunk.done) {
      this.#raft.chunkWritten({ from, lastIncludedIndex, offset: receiving.nextOffset });
      return;
    }
    this.#receiving = null;
    if (await receiving.receiver.commit()) await this.#install(chunk);
    else {
      this.#host.log("warn", "snapshot received is damaged", { from, lastIncludedIndex });
      this.#raft.chunkWritten({ from, lastIncludedIndex, offset: 0 });
    }
  }

  /** What `chunk` continues; a first chunk begins anew. Null: it continues nothing that is here. */
  async #receivingFor(chunk: InstallSnapshot): Promise<Receiving | null> {
    const { from, term, lastIncludedIndex, lastIncludedTerm, configuration, offset } = chunk;
    const current = this.#receiving;
    if (offset !== 0) {
      const continues =
        current?.from === from && current.term === term && current.lastIncludedIndex === lastIncludedIndex;
      return continues ? current : null;
    }
    await current?.receiver.abort();
    const receiver = await this.#store.receive({ lastIncludedIndex, lastIncludedTerm, configuration });
    this.#receiving = { from, term, lastIncludedIndex, receiver, nextOffset: 0 };
    return this.#receiving;
  }

  async #install(chunk: InstallSnapshot): Promise<void> {
    const { from, lastIncludedIndex, lastIncludedTerm, configuration } = chunk;
    const metadata = { lastIncludedIndex, lastIncludedTerm, configuration };
    const state = new StateMachine(this.#limits);
    const loaded = lastIncludedIndex > this.#raft.commitIndex && (await this.#load(state, lastIncludedIndex));
    const restored = this.#raft.restore(from, metadata);
    assert(loaded || !restored, "a snapshot is switched to only when it is loaded");
    if (restored) this.#switchState(state);
    this.#host.log("info", restored ? "snapshot installed" : "snapshot not needed", {
      from,
      lastIncludedIndex,
    });
  }

  /** False: a newer snapshot has become the newest meanwhile, so this member is past this one. */
  async #load(state: StateMachine, lastIncludedIndex: number): Promise<boolean> {
    const reader = await this.#store.open();
    if (reader === null) return false;
    const wanted = reader.metadata.lastIncludedIndex === lastIncludedIndex;
    if (wanted) await loadSnapshot(state, reader.blocks());
    await reader.close();
    return wanted;
  }
}
