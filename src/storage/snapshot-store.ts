/**
 * The snapshot files of one member: the newest one, and drafts that may become it. A draft is written under a
 * name of its own; once it is durable and, if received, verified, it is renamed, and the directory synced
 * (PITFALLS 23). Only then do older ones go.
 *
 * One may be created while another is received. Whichever is committed, the newest by index stays: a draft
 * that is not ahead of it is dropped, and its commit counts as done, since what it stands for is covered
 * (PITFALLS 18).
 */
import path from "node:path";
import { assert } from "../base/assert.js";
import type { SnapshotMetadata } from "../raft/entry.js";
import type { SnapshotReader, SnapshotReceiver, SnapshotStore, SnapshotWriter } from "../server/ports.js";
import { encodeSnapshotMetadata } from "../wire/disk-codec.js";
import type { Disk, DiskFile } from "./disk.js";
import { SequentialWriter } from "./sequential-writer.js";
import {
  readSnapshotBlocks,
  readSnapshotStart,
  SnapshotEncoder,
  type SnapshotStart,
} from "./snapshot-file.js";
import { StorageError } from "./storage-error.js";

const SNAPSHOT_NAME = /^(\d{16})-(\d{16})\.snap$/;
const DRAFT_SUFFIX = ".part";

interface Draft {
  readonly metadata: SnapshotMetadata;
  readonly path: string;
  readonly writer: SequentialWriter;
  /** Settled: it has become the newest snapshot, or was dropped. */
  state: "open" | "committing" | "settled";
}

interface Stored {
  readonly metadata: SnapshotMetadata;
  readonly path: string;
  readonly sizeBytes: number;
}

export class FileSnapshotStore implements SnapshotStore {
  readonly #disk: Disk;
  readonly #directory: string;
  #newest: Stored | null;
  #drafts = 0;
  #creating: Draft | null = null;
  #receiving: Draft | null = null;
  /** Renaming, deleting and opening happen one at a time. */
  #last: Promise<unknown> = Promise.resolve();

  /**
   * Finds the newest snapshot in `directory`, which exists, and changes nothing. Rejects with StorageError
   * where its beginning is damaged.
   */
  static async open(options: {
    readonly disk: Disk;
    readonly directory: string;
  }): Promise<FileSnapshotStore> {
    const { disk, directory } = options;
    const name = (await disk.list(directory)).findLast((candidate) => SNAPSHOT_NAME.test(candidate));
    if (name === undefined) return new FileSnapshotStore(disk, directory, null);
    const newest = path.join(directory, name);
    const file = await disk.open(newest, "read");
    try {
      const { metadata } = await readSnapshotStart(file, newest);
      if (snapshotName(metadata) !== name) {
        throw new StorageError("corrupt", "this is another snapshot than its name says", {
          file: newest,
          offset: 0,
        });
      }
      return new FileSnapshotStore(disk, directory, { metadata, path: newest, sizeBytes: await file.size() });
    } finally {
      await file.close();
    }
  }

  private constructor(disk: Disk, directory: string, newest: Stored | null) {
    this.#disk = disk;
    this.#directory = directory;
    this.#newest = newest;
  }

  /** What the newest durable snapshot stands for; null where there is none. */
  get newest(): SnapshotMetadata | null {
    return this.#newest?.metadata ?? null;
  }

  get newestBytes(): number {
    return this.#newest?.sizeBytes ?? 0;
  }

  /** Removes unfinished drafts and older snapshots that a crash left. Before the first draft. */
  async removeLeftovers(): Promise<void> {
    for (const name of await this.#disk.list(this.#directory)) {
      const file = path.join(this.#directory, name);
      const isOlder = SNAPSHOT_NAME.test(name) && file !== this.#newest?.path;
      if (isOlder || name.endsWith(DRAFT_SUFFIX)) await this.#disk.unlink(file);
    }
  }

  async create(metadata: SnapshotMetadata): Promise<SnapshotWriter> {
    assert(
      this.#creating === null || this.#creating.state === "settled",
      "one snapshot is created at a time",
    );
    const draft = await this.#begin(metadata);
    this.#creating = draft;
    const encoder = new SnapshotEncoder(metadata);
    await draft.writer.write(encoder.start);
    const write = (block: Uint8Array): Promise<void> => draft.writer.write(encoder.blockHeader(block), block);
    return {
      write: (block) => {
        assert(block.length > 0, "an empty block would end the snapshot");
        return write(block);
      },
      commit: async () => {
        draft.state = "committing";
        await write(new Uint8Array(0));
        await draft.writer.finish();
        await this.#switchTo(draft);
      },
      abort: () => this.#drop(draft),
    };
  }

  async receive(metadata: SnapshotMetadata): Promise<SnapshotReceiver> {
    if (this.#receiving !== null) await this.#drop(this.#receiving);
    const draft = await this.#begin(metadata);
    this.#receiving = draft;
    return {
      // A draft that a later `receive` has dropped takes what still comes, and keeps nothing.
      write: async (chunk) => (draft.state === "open" ? draft.writer.write(chunk) : undefined),
      commit: async (accept) => {
        if (draft.state !== "open") return false;
        draft.state = "committing";
        await draft.writer.finish();
        const sound = await this.#isSound(draft, accept);
        await (sound ? this.#switchTo(draft) : this.#remove(draft));
        return sound;
      },
      abort: () => this.#drop(draft),
    };
  }

  open(): Promise<SnapshotReader | null> {
    return this.#inOrder(async () => {
      const newest = this.#newest;
      if (newest === null) return null;
      const file = await this.#disk.open(newest.path, "read");
      try {
        return new FileSnapshotReader(
          file,
          newest.path,
          await readSnapshotStart(file, newest.path),
          await file.size(),
        );
      } catch (error) {
        await file.close();
        throw error;
      }
    });
  }

  async #begin(metadata: SnapshotMetadata): Promise<Draft> {
    this.#drafts++;
    const draftPath = path.join(this.#directory, `${snapshotName(metadata)}.${this.#drafts}${DRAFT_SUFFIX}`);
    const file = await this.#disk.open(draftPath, "create");
    return { metadata, path: draftPath, writer: new SequentialWriter(file), state: "open" };
  }

  /** Makes a finished draft the newest snapshot, unless the newest covers it. */
  #switchTo(draft: Draft): Promise<void> {
    return this.#inOrder(async () => {
      draft.state = "settled";
      const before = this.#newest;
      if (before !== null && before.metadata.lastIncludedIndex >= draft.metadata.lastIncludedIndex) {
        await this.#disk.unlink(draft.path);
        return;
      }
      const target = path.join(this.#directory, snapshotName(draft.metadata));
      await this.#disk.rename(draft.path, target);
      await this.#disk.syncDirectory(this.#directory);
      this.#newest = { metadata: draft.metadata, path: target, sizeBytes: draft.writer.sizeBytes };
      if (before !== null) await this.#disk.unlink(before.path);
    });
  }

  /** Gives up a draft; one that is being committed, or was, stays as it is. */
  async #drop(draft: Draft): Promise<void> {
    if (draft.state === "open") await this.#remove(draft);
  }

  #remove(draft: Draft): Promise<void> {
    draft.state = "settled";
    return this.#inOrder(async () => {
      await draft.writer.abandon();
      await this.#disk.unlink(draft.path);
    });
  }

  /**
   * Whether a received file is whole, what was announced, and welcome. Reads all of it, in turns with everything
   * else.
   */
  async #isSound(
    draft: Draft,
    accept: (blocks: AsyncIterable<Uint8Array>) => Promise<boolean>,
  ): Promise<boolean> {
    const file = await this.#disk.open(draft.path, "read");
    try {
      const start = await readSnapshotStart(file, draft.path);
      const announced = encodeSnapshotMetadata(draft.metadata);
      if (Buffer.compare(encodeSnapshotMetadata(start.metadata), announced) !== 0) return false;
      const blocks = readSnapshotBlocks(file, draft.path, start);
      const accepted = await accept(blocks);
      // Blocks that nobody wanted to see are verified all the same.
      for await (const _ of blocks);
      return accepted;
    } catch (error) {
      if (error instanceof StorageError && error.code !== "io") return false;
      throw error;
    } finally {
      await file.close();
    }
  }

  #inOrder<T>(operation: () => Promise<T>): Promise<T> {
    const result = this.#last.then(operation);
    // Whoever called hears of a failure; what waits behind it goes on.
    this.#last = result.catch(() => undefined);
    return result;
  }
}

class FileSnapshotReader implements SnapshotReader {
  readonly metadata: SnapshotMetadata;
  readonly sizeBytes: number;
  readonly #file: DiskFile;
  readonly #path: string;
  readonly #start: SnapshotStart;

  constructor(file: DiskFile, filePath: string, start: SnapshotStart, sizeBytes: number) {
    this.metadata = start.metadata;
    this.sizeBytes = sizeBytes;
    this.#file = file;
    this.#path = filePath;
    this.#start = start;
  }

  async read(offset: number, lengthMax: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(Math.max(0, Math.min(lengthMax, this.sizeBytes - offset)));
    const length = await this.#file.read(bytes, offset);
    return bytes.subarray(0, length);
  }

  blocks(): AsyncIterable<Uint8Array> {
    return readSnapshotBlocks(this.#file, this.#path, this.#start);
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

function snapshotName({ lastIncludedIndex, lastIncludedTerm }: SnapshotMetadata): string {
  return `${String(lastIncludedIndex).padStart(16, "0")}-${String(lastIncludedTerm).padStart(16, "0")}.snap`;
}
