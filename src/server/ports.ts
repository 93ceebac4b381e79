/**
 * What the replica needs of the world, as interfaces that the floor above implements: with disks,
 * sockets and clocks in a daemon, and with simulated ones in virtual time in the tests.
 * Nothing here blocks, and no callback is called before the call that got it has returned.
 */
import type { Entry, HardState, MemberId, SnapshotMetadata } from "../raft/entry.js";
import type { Message } from "../raft/message.js";
import type { PeerStats } from "../wire/member-stats.js";
import type { LogEvent } from "./log-events.js";

/** One atomic record for the log: see raft/ready.ts for the meaning and order of its parts. */
export interface LogRecord {
  readonly hardState: HardState | null;
  readonly snapshot: SnapshotMetadata | null;
  readonly entries: readonly Entry[];
}

/** The write-ahead log. */
export interface LogStore {
  /**
   * Makes `record` durable with one write and one sync, then calls `done`. One at a time: the next call
   * comes after `done`. A fault is not reported here: it goes to the store's `onFault`, once,
   * and `done` is never called again (fail-stop: a failed sync is never retried).
   */
  persist(record: LogRecord, done: () => void): void;
  /** Entries up to `index` are covered by a durable snapshot: files that hold nothing else may go. */
  compact(index: number): void;
}

/** Snapshot files. Promises reject with StorageError; the replica treats that as a fault. */
export interface SnapshotStore {
  /** Begins a snapshot of this member's own state. Only one snapshot is written at a time. */
  create(metadata: SnapshotMetadata): Promise<SnapshotWriter>;
  /** Begins one that a leader sends: the bytes of its file. Discards what an earlier `receive` left unfinished. */
  receive(metadata: SnapshotMetadata): Promise<SnapshotReceiver>;
  /** The newest durable snapshot, for reading; null where there is none. */
  open(): Promise<SnapshotReader | null>;
  /** Of its file; 0 where there is none. */
  readonly newestBytes: number;
}

export interface SnapshotWriter {
  /** Appends one block (opaque, checksummed by the store). */
  write(block: Uint8Array): Promise<void>;
  /** Durable and switched to atomically: from now on it is the newest. Older ones are deleted. */
  commit(): Promise<void>;
  abort(): Promise<void>;
}

export interface SnapshotReceiver {
  /** Chunks come in order without gaps. */
  write(chunk: Uint8Array): Promise<void>;
  /**
   * Verifies every checksum, asks `accept` about the blocks (which come verified; it reads all of them, or none),
   * then as {@link SnapshotWriter.commit}. False: it is damaged or was not accepted; nothing changed.
   */
  commit(accept: (blocks: AsyncIterable<Uint8Array>) => Promise<boolean>): Promise<boolean>;
  abort(): Promise<void>;
}

export interface SnapshotReader {
  readonly metadata: SnapshotMetadata;
  /** Of the whole file. */
  readonly sizeBytes: number;
  /** Raw bytes of the file at `offset`, for sending: at most `lengthMax`, fewer only at the end. Stays readable after a newer snapshot has replaced it. */
  read(offset: number, lengthMax: number): Promise<Uint8Array>;
  /** The blocks in order, verified, for loading. */
  blocks(): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/** Messages to the other members. */
export interface Transport {
  /** Never blocks and never fails: what a slow or absent peer cannot take is dropped, and Raft sends it again. */
  send(messages: readonly Message[]): void;
  /** HOST:PORT where clients reach that member, where it has told us. */
  clientAddress(id: MemberId): string | undefined;
  contact(id: MemberId): PeerContact;
}

/** What the network knows of another member. */
export type PeerContact = Pick<PeerStats, "isConnected" | "heardMs" | "roundTripUs">;

/** The process around the replica. */
export interface Host {
  /** Calls `run` in a later turn of the event loop, after the I/O that waits now. */
  defer(run: () => void): void;
  /** Wall clock, milliseconds since 1970. Only ever used through the log. */
  wallClockMs(): number;
  /** Microseconds since some fixed moment, never falling. Only ever used to measure. */
  nowUs(): number;
  /** How many files and connections the process may open; 0: not known. */
  readonly openFilesMax: number;
  /** A fault that ends the process: nothing is acknowledged after it. */
  fatal(error: Error): void;
  log(
    level: "debug" | "info" | "warn" | "error",
    event: LogEvent,
    fields?: Readonly<Record<string, unknown>>,
  ): void;
}
