/**
 * Writes down the snapshot that a leader sends, chunk by chunk, and switches to it when it is whole: verified and
 * loaded beside the old state first, so that nothing which cannot be understood ever becomes the newest snapshot on
 * disk, then made durable, then the core's log and the state machine change over in one step. Serving goes on
 * meanwhile.
 *
 * Chunks are handled strictly one after the other. The core hands out one at a time of each reception, so a
 * chunk that finds another waiting supersedes it. One that does not continue what was
 * written (a lost one before it, another leader, another snapshot) is answered with the offset to go on
 * from, 0 for "start again" (PITFALLS 22).
 */
import { assert } from "../base/assert.js";
import { StateMachine, type StateMachineLimits } from "../kv/state-machine.js";
import type { MemberId, SnapshotMetadata } from "../raft/entry.js";
import type { InstallSnapshot } from "../raft/message.js";
import type { RawNode } from "../raft/raw-node.js";
import { byteMemory } from "../wire/bytes.js";
import { WireError } from "../wire/errors.js";
import type { Host, SnapshotReceiver, SnapshotStore } from "./ports.js";
import { loadSnapshot } from "./snapshot-content.js";

interface Receiving {
  readonly from: MemberId;
  readonly term: number;
  /** As the first chunk says it, and the file. */
  readonly metadata: SnapshotMetadata;
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
    await this.#install(receiving);
  }

  /** What `chunk` continues; a first chunk begins anew. Null: it continues nothing that is here. */
  async #receivingFor(chunk: InstallSnapshot): Promise<Receiving | null> {
    const { from, term, lastIncludedIndex, lastIncludedTerm, configuration, offset } = chunk;
    const current = this.#receiving;
    if (offset !== 0) {
      const continues =
        current?.from === from &&
        current.term === term &&
        current.metadata.lastIncludedIndex === lastIncludedIndex;
      return continues ? current : null;
    }
    await current?.receiver.abort();
    const metadata = { lastIncludedIndex, lastIncludedTerm, configuration };
    const receiver = await this.#store.receive(metadata);
    this.#receiving = { from, term, metadata, receiver, nextOffset: 0 };
    return this.#receiving;
  }

  async #install({ from, metadata, receiver }: Receiving): Promise<void> {
    const { lastIncludedIndex } = metadata;
    const state = new StateMachine(this.#limits, byteMemory);
    const isNews = lastIncludedIndex > this.#raft.commitIndex;
    const committed = await receiver.commit(async (blocks) => !isNews || isLoaded(state, metadata, blocks));
    if (!committed) {
      this.#host.log("warn", "snapshot received is damaged", { from, lastIncludedIndex });
      this.#raft.chunkWritten({ from, lastIncludedIndex, offset: 0 });
      return;
    }
    const restored = this.#raft.restore(from, metadata);
    assert(isNews || !restored, "a snapshot is switched to only when it is loaded");
    if (restored) this.#switchState(state);
    this.#host.log("info", restored ? "snapshot installed" : "snapshot not needed", {
      from,
      lastIncludedIndex,
    });
  }
}

/** False: the blocks are what was sent, and make no sense. */
async function isLoaded(
  state: StateMachine,
  metadata: SnapshotMetadata,
  blocks: AsyncIterable<Uint8Array>,
): Promise<boolean> {
  try {
    await loadSnapshot(state, metadata, blocks);
    return true;
  } catch (error) {
    if (error instanceof WireError) return false;
    throw error;
  }
}
