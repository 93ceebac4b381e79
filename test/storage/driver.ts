/**
 * Plays a member against storage and keeps, beside it, what must be found after a crash: the state that was
 * last acknowledged, and the one that the operation under way would lead to. The state is folded here by the
 * plainest means.
 */
import { crc32 } from "node:zlib";
import type { Random } from "../../src/base/random.js";
import type { Entry, HardState, SnapshotMetadata } from "../../src/raft/entry.js";
import type { LogRecord } from "../../src/server/ports.js";
import { openStorageOn, type Storage } from "../../src/storage/open-storage.js";
import { SnapshotEncoder } from "../../src/storage/snapshot-file.js";
import type { StorageError } from "../../src/storage/storage-error.js";
import type { SimulatedDisk } from "./simulated-disk.js";

export const CONFIGURATION = { voters: [{ id: "n1", peerAddress: "127.0.0.1:6841" }] };
export const CLUSTER_ID = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
export const SEGMENT_BYTES = 64 * 1024;

export function command(
  index: number,
  term: number,
  data: Uint8Array = Uint8Array.of(index & 0xff, term),
): Entry {
  return { kind: "command", index, term, data };
}

export function commands(from: number, to: number, term: number, bytes = 10): Entry[] {
  const entries: Entry[] = [];
  for (let index = from; index < to; index++)
    entries.push(command(index, term, new Uint8Array(bytes).fill(index)));
  return entries;
}

export function metadata(lastIncludedIndex: number, lastIncludedTerm: number): SnapshotMetadata {
  return { lastIncludedIndex, lastIncludedTerm, configuration: CONFIGURATION };
}

export function hardState(currentTerm: number, votedFor: string | null = null, commitIndex = 0): HardState {
  return { currentTerm, votedFor, commitIndex };
}

/** A snapshot file as another member would send it. */
export function snapshotBytes(snapshot: SnapshotMetadata, blocks: readonly Uint8Array[]): Uint8Array {
  const encoder = new SnapshotEncoder(snapshot);
  const pieces = [...blocks, new Uint8Array(0)].flatMap((block) => [encoder.blockHeader(block), block]);
  return new Uint8Array(Buffer.concat([encoder.start, ...pieces]));
}

/** What a restart must find. */
export interface Model {
  readonly hardState: HardState;
  readonly snapshot: { readonly index: number; readonly term: number };
  readonly entries: readonly Entry[];
}

export const NEW_MODEL: Model = { hardState: hardState(0), snapshot: { index: 0, term: 0 }, entries: [] };

export function lastIndexOf({ snapshot, entries }: Model): number {
  return entries.at(-1)?.index ?? snapshot.index;
}

export function withRecord(model: Model, record: LogRecord): Model {
  let { hardState, snapshot, entries } = model;
  if (record.hardState !== null) hardState = record.hardState;
  if (record.snapshot !== null) ({ snapshot, entries } = withSnapshot(model, record.snapshot));
  const first = record.entries[0]?.index ?? Number.POSITIVE_INFINITY;
  entries = [...entries.filter((entry) => entry.index < first), ...record.entries];
  return { hardState, snapshot, entries };
}

function withSnapshot(
  model: Model,
  { lastIncludedIndex: index, lastIncludedTerm: term }: SnapshotMetadata,
): Model {
  const matches = model.entries.some((entry) => entry.index === index && entry.term === term);
  const entries = matches ? model.entries.filter((entry) => entry.index > index) : [];
  return { ...model, snapshot: { index, term }, entries };
}

/** What was recovered, comparable with what {@link comparable} makes of a model. */
export function recoveredModel({ recovered }: Pick<Storage, "recovered">): unknown {
  const { lastIncludedIndex: index, lastIncludedTerm: term } = recovered.snapshot;
  return comparable({
    hardState: recovered.hardState,
    snapshot: { index, term },
    entries: recovered.entries,
  });
}

export function comparable({ hardState, snapshot, entries }: Model): unknown {
  const currentTerm = Math.max(hardState.currentTerm, snapshot.term);
  const commitIndex = Math.max(hardState.commitIndex, snapshot.index);
  const votedFor = currentTerm > hardState.currentTerm ? null : hardState.votedFor;
  return {
    hardState: { currentTerm, votedFor, commitIndex },
    snapshot,
    entries: entries.map((entry) =>
      entry.kind === "command"
        ? { ...entry, data: `${entry.data.length} bytes, CRC ${crc32(entry.data)}` }
        : entry,
    ),
  };
}

export class Driver {
  readonly storage: Storage;
  readonly faults: StorageError[];
  readonly #fault: Promise<never>;
  /** Acknowledged. */
  before: Model;
  /** Where the operation under way leads; the same where there is none. */
  after: Model;
  /** Set once a fault was reported; nothing may be acknowledged from then on. */
  acknowledgedAfterFault = false;

  static async open(disk: SimulatedDisk, model: Model): Promise<Driver> {
    const faults: StorageError[] = [];
    let report: (error: StorageError) => void = () => {};
    const fault = new Promise<never>((_, reject) => {
      report = reject;
    });
    fault.catch(() => {});
    const storage = await openStorageOn(disk, {
      directory: "/data",
      memberId: "n1",
      initial: () => ({ clusterId: CLUSTER_ID, configuration: CONFIGURATION }),
      segmentBytes: SEGMENT_BYTES,
      onFault: (error) => {
        faults.push(error);
        report(error);
      },
    });
    return new Driver(storage, model, { faults, fault });
  }

  private constructor(
    storage: Storage,
    model: Model,
    { faults, fault }: { faults: StorageError[]; fault: Promise<never> },
  ) {
    this.storage = storage;
    this.faults = faults;
    this.#fault = fault;
    this.before = model;
    this.after = model;
  }

  async persist(record: Partial<LogRecord>): Promise<void> {
    const whole: LogRecord = { hardState: null, snapshot: null, entries: [], ...record };
    await this.#lead(withRecord(this.before, whole), () => this.#durable(whole));
  }

  /** A snapshot of this member's own state, then compaction. */
  async snapshot(index: number, blocks: readonly Uint8Array[] = [Uint8Array.of(1)]): Promise<void> {
    const term =
      this.before.entries.find((entry) => entry.index === index)?.term ?? this.before.snapshot.term;
    await this.#lead(withSnapshot(this.before, metadata(index, term)), async () => {
      const writer = await this.storage.snapshots.create(metadata(index, term));
      for (const block of blocks) await writer.write(block);
      await writer.commit();
    });
    this.storage.log.compact(index);
  }

  /** A snapshot from a leader, marked in the log. */
  async install(snapshot: SnapshotMetadata, file: Uint8Array): Promise<void> {
    const record = { hardState: null, snapshot, entries: [] };
    await this.#lead(withRecord(this.before, record), async () => {
      const receiver = await this.storage.snapshots.receive(snapshot);
      const middle = Math.floor(file.length / 2);
      await receiver.write(file.subarray(0, middle));
      await receiver.write(file.subarray(middle));
      if (!(await receiver.commit(async () => true))) throw new Error("a sound snapshot was refused");
      await this.#durable(record);
    });
    this.storage.log.compact(snapshot.lastIncludedIndex);
  }

  #durable(record: LogRecord): Promise<void> {
    return new Promise<void>((resolve) => {
      this.storage.log.persist(record, () => {
        if (this.faults.length > 0) this.acknowledgedAfterFault = true;
        resolve();
      });
    });
  }

  async #lead(after: Model, operation: () => Promise<void>): Promise<void> {
    this.after = after;
    await Promise.race([operation(), this.#fault]);
    this.before = after;
  }
}

/** A record of random entries, hard state or both, as a member could write it after `model`. */
export function randomRecord(model: Model, random: Random): LogRecord {
  const { currentTerm, commitIndex, votedFor } = model.hardState;
  const last = lastIndexOf(model);
  const term = Math.max(1, Math.max(currentTerm, model.snapshot.term) + (random.below(3) === 0 ? 1 : 0));
  const vote = term === currentTerm ? votedFor : random.below(2) === 0 ? "n1" : null;
  const fixed = Math.max(commitIndex, model.snapshot.index);
  const first = random.below(3) === 0 ? fixed + 1 + random.below(last - fixed + 1) : last + 1;
  const entries: Entry[] = [];
  const count = random.below(5);
  for (let index = first; index < first + count; index++) {
    const data = new Uint8Array([0, 10, 700, 20_000][random.below(4)] ?? 0);
    entries.push(
      random.below(4) === 0
        ? { kind: "noop", index, term }
        : command(index, term, data.fill(random.below(3))),
    );
  }
  const end = entries.at(-1)?.index ?? last;
  const commit = fixed + random.below(end - fixed + 1);
  const state = { currentTerm: term, votedFor: vote, commitIndex: commit };
  const changed = term !== currentTerm || entries.length === 0 || random.below(2) === 0;
  return { hardState: changed ? state : null, snapshot: null, entries };
}
