/**
 * The commands of the replicated state machine and their results. Every replica that applies
 * the same commands at the same indexes holds the same state and computes the same results.
 */
import type { ByteString } from "../base/byte-string.js";

/** Eight random bytes that name a client for the length of its session. */
export type ClientId = ByteString;
export const CLIENT_ID_BYTES = 8;

/** Where in the log a command stands. */
export interface LogPosition {
  readonly index: number;
  readonly term: number;
}

/** What a session asks for. Exactly once: `sequence` decides, at apply time. */
export interface SessionCommand {
  readonly clientId: ClientId;
  /** The log index at which the session was opened (from {@link OpenSession}'s result). */
  readonly session: number;
  /** From 1, one more for each operation of the session; a retry bears its first number. */
  readonly sequence: number;
  /** Every sequence below this has been answered to the caller: its result may be forgotten. */
  readonly acknowledgedBelow: number;
  readonly operation: Operation;
}

export type Operation =
  | { readonly kind: "put"; readonly key: ByteString; readonly value: ByteString }
  | { readonly kind: "append"; readonly key: ByteString; readonly value: ByteString }
  | { readonly kind: "delete"; readonly key: ByteString };

/** Opens a session; opening one that is open changes nothing and gives the same result. */
export interface OpenSession {
  readonly clientId: ClientId;
}

export type Command =
  | ({ readonly kind: "session" } & SessionCommand)
  | ({ readonly kind: "open" } & OpenSession)
  /** The caller is done: forget the session. No effect where it is not open. */
  | { readonly kind: "close"; readonly clientId: ClientId; readonly session: number }
  /** The leader's clock, milliseconds since 1970: the only time the state machine knows. Never moves it back. */
  | { readonly kind: "clock"; readonly timeMs: number };

/**
 * What became of a command. `index` is the log index at which it took effect (a repeated command
 * gets the first one's result, index and all).
 */
export interface CommandResult {
  readonly status: CommandStatus;
  readonly index: number;
}

export type CommandStatus =
  /** Took effect: put, append, delete of a key that was there, open (then `index` names the session), close, clock. */
  | "done"
  /** delete: the key was not there. */
  | "absent"
  /** put, append: the value would exceed the state machine's limit. Nothing changed. */
  | "value-too-large"
  /** No such session (never opened, expired, or evicted): this attempt changed nothing. */
  | "session-expired"
  /** The sequence was acknowledged by its client before: a stale duplicate that nobody waits for. */
  | "stale-sequence"
  /** More operations in flight in one session than it may keep results for. Nothing changed. */
  | "session-full";
