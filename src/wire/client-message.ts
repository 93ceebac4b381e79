/**
 * Requests of clients and the replies to them, as the rest of the program sees them. The codec beside
 * this file turns them into protobuf and back.
 */
import type { ByteString } from "../base/byte-string.js";
import type { Command, CommandResult } from "../kv/command.js";
import type { KeyExplanation } from "../kv/explanation.js";
import type { ScanPage, ScanRange } from "../kv/store.js";
import type { MemberStats } from "./member-stats.js";

/** See Consistency in client.proto. "unknown": one that only later versions know, and that is refused. */
export type Consistency = "linearizable" | "stale" | "unknown";

export type ClientRequest =
  /** `bytes` is the encoded command as it came, to be put into the log as it is; `command` what it says. */
  | {
      readonly kind: "command";
      readonly requestId: number;
      readonly bytes: Uint8Array;
      readonly command: Command;
    }
  | {
      readonly kind: "get";
      readonly requestId: number;
      readonly key: ByteString;
      readonly consistency: Consistency;
    }
  | ({ readonly kind: "scan"; readonly requestId: number; readonly consistency: Consistency } & ScanRange)
  | { readonly kind: "explain"; readonly requestId: number; readonly key: ByteString }
  | { readonly kind: "status"; readonly requestId: number }
  | { readonly kind: "stats"; readonly requestId: number }
  /** `to` empty: whoever is most up to date. */
  | { readonly kind: "transfer"; readonly requestId: number; readonly to: string };

export type ClientReply =
  | { readonly kind: "result"; readonly requestId: number; readonly result: CommandResult }
  /** `value` null: there is no such key. */
  | ({ readonly kind: "get"; readonly requestId: number; readonly value: ByteString | null } & StateRead)
  | ({ readonly kind: "scan"; readonly requestId: number } & StateRead & ScanPage)
  /** `explanation` null: there is no such key. `index`: which state was read. */
  | {
      readonly kind: "explain";
      readonly requestId: number;
      readonly explanation: KeyExplanation | null;
      readonly index: number;
    }
  | { readonly kind: "status"; readonly requestId: number; readonly status: MemberStatus }
  | { readonly kind: "stats"; readonly requestId: number; readonly stats: MemberStats }
  | { readonly kind: "transfer"; readonly requestId: number }
  | ErrorReply;

/** Which state was read. */
export interface StateRead {
  readonly index: number;
  /** Of a stale read: see GetReply in client.proto. Null: of a linearizable one, or it cannot be told. */
  readonly behindMs: number | null;
}

export interface ErrorReply {
  readonly kind: "error";
  readonly requestId: number;
  readonly code: ErrorCode;
  readonly message: string;
  /** With "not-leader", where a leader is known; empty otherwise. */
  readonly leaderId: string;
  readonly leaderAddress: string;
}

/** What each means for the caller: see ErrorCode in client.proto. */
export type ErrorCode =
  | "not-leader"
  | "overloaded"
  | "outcome-unknown"
  | "invalid"
  | "too-large"
  | "unavailable";

export type Role = "leader" | "follower" | "candidate" | "pre-candidate";

/** What a member says of itself. */
export interface MemberStatus {
  readonly id: string;
  readonly role: Role;
  readonly term: number;
  /** Empty: none known. */
  readonly leader: string;
  readonly lastIndex: number;
  readonly commitIndex: number;
  readonly appliedIndex: number;
  readonly snapshotIndex: number;
  readonly logBytes: number;
  readonly members: readonly MemberAddresses[];
  readonly clusterId: Uint8Array;
  readonly version: string;
}

export interface MemberAddresses {
  readonly id: string;
  /** Empty: not heard of yet. */
  readonly client: string;
  readonly peer: string;
}
