/**
 * Takes snapshots of this member's own state, so that the log stays short: a constant-time view that is
 * then written out in slices while serving goes on. At most one is under way. When it is
 * durable, the entries it covers leave memory and disk.
 */
import type { StateMachine, StateView } from "../kv/state-machine.js";
import type { SnapshotMetadata } from "../raft/entry.js";
import type { RawNode } from "../raft/raw-node.js";
import type { Host, LogStore, SnapshotStore } from "./ports.js";
import { writeSnapshot } from "./snapshot-content.js";

/** A snapshot is due when the log has reached this part of its limit (PITFALLS 26). */
const DUE_AT = 0.8;

export class SnapshotMaker {
  readonly #raft: RawNode;
  readonly #log: LogStore;
  readonly #store: SnapshotStore;
  readonly #host: Host;
  readonly #logBytesMax: number;
  readonly #progressed: () => void;
  readonly #taken: () => void;
  #writing = false;
  /** Raised to cancel the one under way. */
  #generation = 0;
  /** On disk, while the entries that it covers are still held: see #compact. */
  #durable: SnapshotMetadata | null = null;
  /** Somebody needs one that the log in memory follows. */
  #wanted = false;

  /** `logBytesMax` is maxraftstate; `progressed` is called when there is something to do in the next turn, `taken` after each snapshot. */
  constructor(options: {
    readonly raft: RawNode;
    readonly log: LogStore;
    readonly store: SnapshotStore;
    readonly host: Host;
    readonly logBytesMax: number;
    readonly progressed: () => void;
    readonly taken: () => void;
  }) {
    this.#raft = options.raft;
    this.#log = options.log;
    this.#store = options.store;
    this.#host = options.host;
    this.#logBytesMax = options.logBytesMax;
    this.#progressed = options.progressed;
    this.#taken = options.taken;
  }

  /** Called once a turn, after applying: `state` is the state at the core's `lastApplied`. */
  turn(state: StateMachine): void {
    this.#compact();
    if (this.#writing || this.#durable !== null) return;
    if (!this.#wanted && this.#raft.logBytes < this.#logBytesMax * DUE_AT) return;
    this.#wanted = false;
    const lastIncludedIndex = this.#raft.lastApplied;
    if (lastIncludedIndex === this.#raft.snapshotMetadata.lastIncludedIndex) return;
    this.#start(state.view(), {
      lastIncludedIndex,
      lastIncludedTerm: this.#raft.termAt(lastIncludedIndex),
      configuration: this.#raft.configurationAt(lastIncludedIndex),
    });
  }

  /** Has one taken soon, however short the log is: a follower lacks entries that are gone from memory. */
  want(): void {
    this.#wanted = true;
  }

  /** The one under way is of no use any more: a leader's newer one has replaced the state. */
  cancel(): void {
    this.#generation++;
  }

  #start(state: StateView, metadata: SnapshotMetadata): void {
    const generation = this.#generation;
    this.#writing = true;
    this.#write(state, metadata, () => generation !== this.#generation).then(
      (written) => {
        state.release();
        this.#writing = false;
        if (written) this.#durable = metadata;
        this.#progressed();
      },
      (error: Error) => this.#host.fatal(error),
    );
  }

  async #write(state: StateView, metadata: SnapshotMetadata, cancelled: () => boolean): Promise<boolean> {
    const writer = await this.#store.create(metadata);
    return writeSnapshot(state, writer, cancelled);
  }

  /** Not before the covered entries are on disk themselves: the log's records follow each other without a gap. */
  #compact(): void {
    const snapshot = this.#durable;
    if (snapshot === null || snapshot.lastIncludedIndex > this.#raft.durableIndex) return;
    this.#durable = null;
    const { lastIncludedIndex } = snapshot;
    if (lastIncludedIndex <= this.#raft.snapshotMetadata.lastIncludedIndex) return;
    this.#raft.compact({ snapshot, keepFromIndex: lastIncludedIndex + 1 });
    this.#log.compact(lastIncludedIndex);
    this.#taken();
    this.#host.log("info", "snapshot taken", { lastIncludedIndex });
  }
}
