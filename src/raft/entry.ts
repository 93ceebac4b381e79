/**
 * What the log holds, and what must survive a crash beside it.
 * Indexes start at 1, terms at 1; 0 stands for "before the first".
 */

/** The name of one member, `[a-z0-9][a-z0-9-]{0,31}`. */
export type MemberId = string;

/** One member as the others know it. */
export interface Member {
  readonly id: MemberId;
  /** Where the other members reach it, `HOST:PORT`. */
  readonly peerAddress: string;
}

/**
 * Who votes. It stands in the log, in every snapshot's metadata and on disk, and is in force
 * from the moment it is appended (§6), so that a change of members is one more entry.
 */
export interface Configuration {
  /** Sorted by id, without repetition. */
  readonly voters: readonly Member[];
}

/** One slot of the replicated log. Never changed once made. */
export type Entry = CommandEntry | NoopEntry | ConfigurationEntry;

/** A command for the state machine; its bytes are opaque to consensus. */
export interface CommandEntry {
  readonly kind: "command";
  readonly index: number;
  readonly term: number;
  readonly data: Uint8Array;
}

/** What a leader appends on taking office, so that it may commit what it inherited (§5.4.2, §8). */
export interface NoopEntry {
  readonly kind: "noop";
  readonly index: number;
  readonly term: number;
}

/** A new set of voters. */
export interface ConfigurationEntry {
  readonly kind: "configuration";
  readonly index: number;
  readonly term: number;
  readonly configuration: Configuration;
}

/** Bytes that every entry is charged beside its data, wherever bytes of log are counted or bounded. */
export const ENTRY_OVERHEAD_BYTES = 16;

/** What an entry counts for in every limit on bytes. */
export function entryBytes(entry: Entry): number {
  return ENTRY_OVERHEAD_BYTES + (entry.kind === "command" ? entry.data.length : 0);
}

/** Figure 2's persistent state besides the log. One atomic record: durable before any reply that rests on it. */
export interface HardState {
  readonly currentTerm: number;
  /** Whom this member voted for in `currentTerm`, or null. */
  readonly votedFor: MemberId | null;
  /**
   * A hint that saves work after a restart: everything up to here is known to be committed.
   * Written along with the rest, never a reason to write by itself.
   */
  readonly commitIndex: number;
}

/** What a snapshot stands for. */
export interface SnapshotMetadata {
  readonly lastIncludedIndex: number;
  readonly lastIncludedTerm: number;
  /** In force at `lastIncludedIndex`. */
  readonly configuration: Configuration;
}
