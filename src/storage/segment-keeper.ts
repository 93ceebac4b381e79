/**
 * The segments beside the one that is written to: it makes the next one ahead of time and deletes old ones,
 * in the background, one operation at a time, so that appends rarely notice. It never touches the active
 * segment.
 *
 * Order on disk matters after a crash: a new segment is begun only once the one before it holds a durable
 * record, and old ones go from the oldest on, each durably before the next, so that what is left never has a
 * gap.
 */
import { randomBytes } from "node:crypto";
import { assert } from "../base/assert.js";
import type { Disk } from "./disk.js";
import { type OpenSegment, prepareSegment, SALT_BYTES } from "./segment.js";
import { StorageError } from "./storage-error.js";

/** A segment that takes no more records. */
export interface SealedSegment {
  readonly path: string;
  /** Highest index of an entry in it, 0 where it holds none. */
  readonly lastIndex: number;
  /** Bytes of its records. */
  readonly usedBytes: number;
}

export interface KeeperOptions {
  readonly disk: Disk;
  readonly directory: string;
  readonly segmentBytes: number;
  /** Oldest first. */
  readonly sealed: readonly SealedSegment[];
  /** A segment without records after the active one. */
  readonly spare: OpenSegment | null;
  /** Of the spare, or of the one to make next. */
  readonly nextSequence: number;
  /** A segment that {@link SegmentKeeper.take} could not give is ready now. */
  readonly onReady: () => void;
  readonly onFault: (error: StorageError) => void;
}

export class SegmentKeeper {
  readonly #options: KeeperOptions;
  readonly #sealed: SealedSegment[];
  #spare: OpenSegment | null;
  #nextSequence: number;
  /** Bytes that the spare must have at least. */
  #spareBytesMin = 0;
  /** Somebody waits for the spare. */
  #awaited = false;
  /** The segment handed out holds a durable record, so the next one may be made. */
  #begun = true;
  #compactIndex = 0;
  #stopped = false;
  #work: Promise<void> | null = null;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#sealed = [...options.sealed];
    this.#spare = options.spare;
    this.#nextSequence = options.nextSequence;
  }

  get usedBytes(): number {
    return this.#sealed.reduce((sum, segment) => sum + segment.usedBytes, 0);
  }

  /**
   * Gives an empty segment of at least so many bytes. Null where there is none yet: then `onReady` follows,
   * and the same call again.
   */
  take(bytesMin: number): OpenSegment | null {
    assert(this.#begun, "one new segment at a time");
    this.#spareBytesMin = bytesMin;
    const spare = this.#spare;
    if (spare === null || spare.sizeBytes < bytesMin) {
      this.#awaited = true;
      this.#keepHouse();
      return null;
    }
    this.#spare = null;
    this.#spareBytesMin = 0;
    this.#nextSequence++;
    this.#begun = false;
    return spare;
  }

  /**
   * The segment taken last holds its first durable record; the one before it, if there was one, takes no
   * more.
   */
  begun(sealed: SealedSegment | null): void {
    if (sealed !== null) this.#sealed.push(sealed);
    this.#begun = true;
    this.#keepHouse();
  }

  /**
   * Deletes, by and by, the leading segments that hold no entry from `index` on, and keeps a spare from now on. The
   * entry at `index` itself stays: where a snapshot's mark disagrees with it, a restart knows by it that what follows
   * in the log is void.
   */
  compact(index: number): void {
    this.#compactIndex = Math.max(this.#compactIndex, index);
    this.#keepHouse();
  }

  /** Begins no further work. */
  stop(): void {
    this.#stopped = true;
  }

  /** Stops; nothing happens in the background once this has resolved. */
  async close(): Promise<void> {
    this.stop();
    await this.#work;
    await this.#spare?.file.close();
    this.#spare = null;
  }

  /** Starts the background work unless it runs or there is none. */
  #keepHouse(): void {
    if (this.#work !== null || this.#stopped) return;
    const work = this.#nextTask();
    if (work === null) return;
    this.#work = work.then(
      () => {
        this.#work = null;
        this.#keepHouse();
      },
      (error: unknown) => {
        this.#work = null;
        this.#stopped = true;
        if (!(error instanceof StorageError)) throw error;
        this.#options.onFault(error);
      },
    );
  }

  #nextTask(): Promise<void> | null {
    const spareMissing = this.#begun && (this.#spare === null || this.#spare.sizeBytes < this.#spareBytesMin);
    const oldest = this.#sealed[0];
    const isCovered = oldest !== undefined && oldest.lastIndex < Math.max(1, this.#compactIndex);
    const deletable = isCovered ? oldest : null;
    if (spareMissing && (this.#awaited || deletable === null)) return this.#makeSpare();
    return deletable === null ? null : this.#deleteOldest(deletable);
  }

  async #makeSpare(): Promise<void> {
    const { disk, directory, segmentBytes } = this.#options;
    await this.#spare?.file.close();
    this.#spare = null;
    const sizeBytes = Math.max(segmentBytes, this.#spareBytesMin);
    const segment = { sequence: this.#nextSequence, sizeBytes, salt: randomBytes(SALT_BYTES) };
    this.#spare = await prepareSegment(disk, directory, segment, () => this.#stopped);
    if (!this.#awaited || this.#spare === null || this.#spare.sizeBytes < this.#spareBytesMin) return;
    this.#awaited = false;
    this.#options.onReady();
  }

  async #deleteOldest(oldest: SealedSegment): Promise<void> {
    const { disk, directory } = this.#options;
    await disk.unlink(oldest.path);
    await disk.syncDirectory(directory);
    this.#sealed.shift();
  }
}
