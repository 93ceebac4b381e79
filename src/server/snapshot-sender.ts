/**
 * Reads the chunks that the core asks for out of the newest snapshot file. A follower gets one
 * snapshot to its end, even when a newer one replaces the file meanwhile: the open reader
 * keeps the old bytes readable.
 */
import type { MemberId } from "../raft/entry.js";
import type { RawNode } from "../raft/raw-node.js";
import type { ChunkRequest } from "../raft/ready.js";
import { SNAPSHOT_CHUNK_BYTES } from "../wire/limits.js";
import type { Host, SnapshotReader, SnapshotStore } from "./ports.js";

export class SnapshotSender {
  readonly #raft: RawNode;
  readonly #store: SnapshotStore;
  readonly #host: Host;
  readonly #progressed: () => void;
  readonly #wantNewer: () => void;
  readonly #readers = new Map<MemberId, SnapshotReader>();
  /** Peers whose chunk is being read, with the newest request that came meanwhile: it supersedes any before. */
  readonly #reading = new Map<MemberId, ChunkRequest | null>();

  /**
   * `progressed` is called after each answer to the core: it has something to send; `wantNewer` when the newest
   * snapshot ends before the log in memory begins, so that whoever gets it would still lack entries.
   */
  constructor(options: {
    readonly raft: RawNode;
    readonly store: SnapshotStore;
    readonly host: Host;
    readonly progressed: () => void;
    readonly wantNewer: () => void;
  }) {
    this.#raft = options.raft;
    this.#store = options.store;
    this.#host = options.host;
    this.#progressed = options.progressed;
    this.#wantNewer = options.wantNewer;
  }

  /** Of the file that is being sent there; 0: none is. */
  sizeBytesFor(to: MemberId): number {
    return this.#readers.get(to)?.sizeBytes ?? 0;
  }

  handle(request: ChunkRequest): void {
    if (this.#reading.has(request.to)) this.#reading.set(request.to, request);
    else this.#read(request).catch((error: Error) => this.#host.fatal(error));
  }

  /** Closes what followers need no more, so that the space of replaced snapshots comes free. */
  closeUnneeded(): void {
    if (this.#readers.size === 0) return;
    for (const { id, state } of this.#raft.progress()) {
      if (state !== "snapshot" && !this.#reading.has(id)) this.#close(id);
    }
  }

  /** Closes what is open: this member leads no more. What is being read is closed right after. */
  release(): void {
    for (const to of [...this.#readers.keys()]) if (!this.#reading.has(to)) this.#close(to);
  }

  async #read(first: ChunkRequest): Promise<void> {
    const { to } = first;
    for (
      let request: ChunkRequest | null = first;
      request !== null;
      request = this.#reading.get(to) ?? null
    ) {
      this.#reading.set(to, null);
      await this.#answer(request);
      this.#progressed();
    }
    this.#reading.delete(to);
    if (this.#raft.role !== "leader") this.#close(to);
  }

  async #answer({ to, lastIncludedIndex, offset }: ChunkRequest): Promise<void> {
    const reader = await this.#readerFor(to, lastIncludedIndex);
    if (reader === null || offset > reader.sizeBytes) {
      this.#raft.snapshotUnavailable(to);
      return;
    }
    if (offset === 0) await verify(reader);
    const data = await reader.read(offset, SNAPSHOT_CHUNK_BYTES);
    const done = offset + data.length === reader.sizeBytes;
    this.#raft.snapshotChunk({ to, metadata: reader.metadata, offset, data, done });
  }

  /** Index 0 asks for the newest there is; any other for the one that is being sent. */
  async #readerFor(to: MemberId, lastIncludedIndex: number): Promise<SnapshotReader | null> {
    const open = this.#readers.get(to);
    if (open !== undefined && open.metadata.lastIncludedIndex === lastIncludedIndex) return open;
    this.#close(to);
    if (lastIncludedIndex !== 0) return null;
    const newest = await this.#store.open();
    if (newest !== null) this.#readers.set(to, newest);
    const endIndex = newest?.metadata.lastIncludedIndex ?? 0;
    if (endIndex + 1 >= this.#raft.firstIndex) return newest;
    this.#wantNewer();
    this.#close(to);
    return null;
  }

  #close(to: MemberId): void {
    const reader = this.#readers.get(to);
    this.#readers.delete(to);
    reader?.close().catch((error: Error) => this.#host.fatal(error));
  }
}

/**
 * A damaged file must not go out: whoever gets it refuses it, and would be sent it again for ever. Whoever finds its
 * own snapshot damaged ends instead, and a member with a good one takes over.
 */
async function verify(reader: SnapshotReader): Promise<void> {
  for await (const _ of reader.blocks());
}
