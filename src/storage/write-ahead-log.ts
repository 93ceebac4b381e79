/**
 * The write-ahead log: records appended to the active segment, each with one write that is durable when it
 * completes. It decides what is written and where; log-record.ts makes the bytes, segment-keeper.ts the
 * files, log-recovery.ts judges what is found at start.
 *
 * - Every segment begins with a record that restates hard state and newest snapshot mark beside what it is
 *   written for, so that all older segments may go.
 * - The first failure is the last thing that happens (PITFALLS 45): `onFault` once, no further write, no
 *   further `done`.
 */
import { assert } from "../base/assert.js";
import type { Entry, HardState, SnapshotMetadata } from "../raft/entry.js";
import type { LogRecord, LogStore } from "../server/ports.js";
import { encodeLogRecord } from "../wire/disk-codec.js";
import type { Disk } from "./disk.js";
import { RecordBuilder, recordBytes, SECTOR_BYTES } from "./log-record.js";
import { readLog } from "./log-recovery.js";
import { type RepairedLog, repairLog } from "./log-repair.js";
import { type OpenSegment, RECORDS_OFFSET } from "./segment.js";
import { SegmentKeeper } from "./segment-keeper.js";
import type { StorageError } from "./storage-error.js";

export const SEGMENT_BYTES_DEFAULT = 16 * 1024 * 1024;
export const SEGMENT_BYTES_MIN = 4 * 1024;

export interface LogOptions {
  readonly disk: Disk;
  /** Exists, and nothing else lives in it. */
  readonly directory: string;
  /** Size of a segment file; a longer record gets a segment of its own. */
  readonly segmentBytes?: number;
  /** The newest durable snapshot; `lastIncludedIndex` 0 where there is none. */
  readonly snapshot: SnapshotMetadata;
  /** Called while the log is read, after each segment. */
  readonly onProgress?: () => void;
  /** A fault after `open`; called once at most. The process must end. */
  readonly onFault: (error: StorageError) => void;
}

export interface RecoveredLog {
  /** `commitIndex` is at least the snapshot's index and at most that of the last entry. */
  readonly hardState: HardState;
  /** Contiguous, from the snapshot's `lastIncludedIndex` + 1 on. */
  readonly entries: Entry[];
}

export interface OpenedLog {
  readonly log: WriteAheadLog;
  readonly recovered: RecoveredLog;
  /** What was repaired, for the operator. */
  readonly notes: readonly string[];
}

interface ActiveSegment {
  readonly segment: OpenSegment;
  /** Where the next record goes. */
  end: number;
  /** Highest index of an entry in it. */
  lastIndex: number;
}

interface InitialState {
  readonly hardState: HardState;
  readonly mark: SnapshotMetadata | null;
  readonly lastIndex: number;
  readonly nextRecordNumber: number;
}

export class WriteAheadLog implements LogStore {
  readonly #keeper: SegmentKeeper;
  readonly #builder = new RecordBuilder();
  readonly #onFault: (error: StorageError) => void;
  #state: "open" | "failed" | "closed" = "open";
  #active: ActiveSegment | null;
  #nextRecordNumber: number;

  /** As of the newest record, which may not be durable yet. */
  #hardState: HardState;
  #mark: SnapshotMetadata | null;
  /** No entry on disk has a higher index. */
  #lastIndexMax: number;

  /** The record on its way: its callback, where it goes and how long it is. */
  #done: (() => void) | null = null;
  #target: ActiveSegment | null = null;
  #targetBytes = 0;
  #targetLastIndex = 0;
  /** The body of a record that waits for a new segment. */
  #waiting: Uint8Array | null = null;
  /** Called when no write is under way any more. */
  #onIdle: (() => void) | null = null;

  /**
   * Recovers the log in `directory`, or begins a new one. Rejects with StorageError; everything that is
   * refused is refused before anything is changed. Erases a torn last record. Where the snapshot became
   * durable just before a crash and the log does not know of it, its mark is written.
   */
  static async open(options: LogOptions): Promise<OpenedLog> {
    const { disk, directory, snapshot } = options;
    const found = await readLog(disk, directory, snapshot, options.onProgress);
    const repaired = await repairLog(disk, directory, found);
    const { hardState, entries, markMissing, nextRecordNumber } = found;
    const mark = snapshot.lastIncludedIndex > 0 ? snapshot : null;
    const lastIndex = snapshot.lastIncludedIndex + entries.length;
    const log = await new Promise<WriteAheadLog>((resolve, reject) => {
      let opening = true;
      const onFault = (error: StorageError) => (opening ? reject(error) : options.onFault(error));
      const opened = new WriteAheadLog({ ...options, onFault }, repaired, {
        hardState,
        mark,
        lastIndex,
        nextRecordNumber,
      });
      const finish = () => {
        opening = false;
        // What a crash kept from being deleted goes now; the rest of the keeper's work begins with it.
        opened.compact(snapshot.lastIncludedIndex);
        resolve(opened);
      };
      if (repaired.active !== null && !markMissing) finish();
      else opened.persist({ hardState, snapshot: markMissing ? snapshot : null, entries: [] }, finish);
    });
    return { log, recovered: { hardState, entries }, notes: repaired.notes };
  }

  private constructor(options: LogOptions, repaired: RepairedLog, state: InitialState) {
    const segmentBytes = options.segmentBytes ?? SEGMENT_BYTES_DEFAULT;
    assert(segmentBytes >= SEGMENT_BYTES_MIN, `a segment has at least ${SEGMENT_BYTES_MIN} bytes`);
    this.#onFault = options.onFault;
    this.#active = repaired.active === null ? null : { ...repaired.active };
    this.#nextRecordNumber = state.nextRecordNumber;
    this.#hardState = state.hardState;
    this.#mark = state.mark;
    this.#lastIndexMax = state.lastIndex;
    this.#keeper = new SegmentKeeper({
      disk: options.disk,
      directory: options.directory,
      segmentBytes: Math.ceil(segmentBytes / SECTOR_BYTES) * SECTOR_BYTES,
      sealed: repaired.sealed,
      spare: repaired.spare,
      nextSequence: (repaired.active?.segment.sequence ?? 0) + 1,
      onReady: () => this.#writeWaiting(),
      onFault: (error) => this.#fail(error),
    });
  }

  /** Bytes of the records on disk: what a restart reads. */
  get diskBytes(): number {
    return this.#keeper.usedBytes + (this.#active === null ? 0 : this.#active.end - RECORDS_OFFSET);
  }

  /** The number of the record that is being made durable; null: none is. */
  get recordUnderWay(): number | null {
    return this.#done === null ? null : this.#nextRecordNumber;
  }

  persist(record: LogRecord, done: () => void): void {
    assert(this.#state !== "closed", "the log is open");
    if (this.#state === "failed") return;
    assert(this.#done === null, "one record at a time");
    this.#done = done;
    this.#note(record);
    const hardState = record.hardState === null ? null : this.#hardState;
    const body = encodeLogRecord({ hardState, snapshot: record.snapshot, entries: record.entries });
    const active = this.#active;
    if (active !== null && active.end + recordBytes(body.length) <= active.segment.sizeBytes) {
      this.#write(active, body);
    } else {
      this.#waiting = encodeLogRecord({
        hardState: this.#hardState,
        snapshot: this.#mark,
        entries: record.entries,
      });
      this.#writeWaiting();
    }
  }

  compact(index: number): void {
    if (this.#state === "open") this.#keeper.compact(index);
  }

  /** Waits for the write under way, then closes the files. Nothing may be persisted any more. */
  async close(): Promise<void> {
    if (this.#state === "open") this.#state = "closed";
    if (this.#target !== null) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    }
    await this.#keeper.close();
    await this.#active?.segment.file.close();
    this.#active = null;
  }

  /** Checks the record against what is on disk, and takes over what the next segment will restate. */
  #note({ hardState, snapshot, entries }: LogRecord): void {
    if (snapshot !== null) {
      assert(snapshot.lastIncludedIndex >= (this.#mark?.lastIncludedIndex ?? 0), "marks never go back");
      this.#mark = snapshot;
      this.#lastIndexMax = Math.max(this.#lastIndexMax, snapshot.lastIncludedIndex);
    }
    const first = entries[0];
    this.#targetLastIndex = 0;
    if (first !== undefined) {
      assert(first.index <= this.#lastIndexMax + 1, "entries follow without a gap");
      assert(
        first.index > (this.#mark?.lastIncludedIndex ?? 0),
        "entries that a snapshot covers are not written again",
      );
      this.#lastIndexMax = first.index + entries.length - 1;
      this.#targetLastIndex = this.#lastIndexMax;
    }
    if (hardState === null) return;
    assert(hardState.currentTerm >= this.#hardState.currentTerm, "the term never falls");
    // The hint never names an entry that is not on disk: then, a log that ends before it has lost something.
    const commitIndex = Math.min(hardState.commitIndex, this.#lastIndexMax);
    this.#hardState = { ...hardState, commitIndex };
  }

  #writeWaiting(): void {
    const body = this.#waiting;
    if (body === null || this.#state !== "open") return;
    const segment = this.#keeper.take(RECORDS_OFFSET + recordBytes(body.length));
    if (segment === null) return;
    this.#waiting = null;
    this.#write({ segment, end: RECORDS_OFFSET, lastIndex: 0 }, body);
  }

  #write(target: ActiveSegment, body: Uint8Array): void {
    const place = { seed: target.segment.seed, offset: target.end, number: this.#nextRecordNumber };
    const bytes = this.#builder.build(body, place);
    this.#target = target;
    this.#targetBytes = bytes.length;
    target.segment.file.write(bytes, target.end, this.#onWritten);
  }

  readonly #onWritten = (error: StorageError | null): void => {
    const target = this.#target;
    const done = this.#done;
    assert(target !== null && done !== null, "a record is on its way");
    this.#target = null;
    this.#done = null;
    if (error !== null) this.#fail(error);
    if (this.#state !== "failed") {
      this.#nextRecordNumber++;
      target.end += this.#targetBytes;
      target.lastIndex = Math.max(target.lastIndex, this.#targetLastIndex);
      if (target !== this.#active) this.#switchTo(target);
      done();
    }
    this.#onIdle?.();
  };

  /** The first record of a new segment is durable: the segment before it is complete. */
  #switchTo(target: ActiveSegment): void {
    const before = this.#active;
    this.#active = target;
    if (before === null) {
      this.#keeper.begun(null);
      return;
    }
    const { path, file } = before.segment;
    this.#keeper.begun({ path, lastIndex: before.lastIndex, usedBytes: before.end - RECORDS_OFFSET });
    file.close().catch((error: StorageError) => this.#fail(error));
  }

  #fail(error: StorageError): void {
    if (this.#state === "failed") return;
    this.#state = "failed";
    this.#keeper.stop();
    this.#onFault(error);
  }
}
