/** One operation on its way: what the caller wants, and everything known of the attempts so far. */
import { unreachable } from "../base/assert.js";
import type { ByteString } from "../base/byte-string.js";
import type { Command, Operation } from "../kv/command.js";
import type { ScanRange } from "../kv/store.js";
import { encodeClientRequest } from "../wire/client-codec.js";
import type { ClientReply } from "../wire/client-message.js";
import { encodeCommand } from "../wire/command-codec.js";
import type { ClerkError } from "./clerk-error.js";
import type { MemberConnection } from "./member-connection.js";
import type { Session } from "./session.js";

export type GetReply = Extract<ClientReply, { readonly kind: "get" }>;
export type ScanReply = Extract<ClientReply, { readonly kind: "scan" }>;
export type ExplainReply = Extract<ClientReply, { readonly kind: "explain" }>;

/** Takes the answer to a read, and the id of the member that gave it, or the error. */
export type ReadDone<Reply> = (outcome: Reply | ClerkError, member: string) => void;

/** Takes the outcome of a write, and the log index at which it took effect; true: done, false: a delete of a key that was not there. */
export type WriteDone = (outcome: boolean | ClerkError, index: number) => void;

/** What the caller wants and where the answer goes. Opening a session is the Clerk's own want. */
export type Purpose =
  | {
      readonly kind: "write";
      readonly operation: Operation;
      readonly done: WriteDone;
    }
  | {
      readonly kind: "get";
      readonly key: ByteString;
      readonly consistency: "linearizable" | "stale";
      readonly done: ReadDone<GetReply>;
    }
  | {
      readonly kind: "scan";
      readonly range: ScanRange;
      readonly consistency: "linearizable" | "stale";
      /** Whom to ask if it can be asked; empty: anybody. */
      readonly preferred: string;
      readonly done: ReadDone<ScanReply>;
    }
  | { readonly kind: "explain"; readonly key: ByteString; readonly done: ReadDone<ExplainReply> }
  | { readonly kind: "open" };

export class Call {
  readonly purpose: Purpose;
  readonly deadlineMs: number;
  /** Of the request, roughly: large ones get more time. */
  readonly bytes: number;
  /** It counts towards what is under way; until then it is queued. */
  admitted = false;
  /** Any member is asked, in turn, and not the leader alone. */
  anywhere: boolean;
  /** Writes and opens, from when they may first be sent. */
  session: Session | null = null;
  sequence = 0;
  /** The attempt under way: on which connection, as which request, since when. */
  member: MemberConnection | null = null;
  requestId = 0;
  sentMs = 0;
  /** An attempt that is over may have taken effect. Only ever true of writes. */
  mayHaveRun = false;
  /** Hints followed in a row without finding the leader. */
  hops = 0;
  /** Attempts given up because no answer came. */
  timeouts = 0;
  /** Times turned away by an overloaded member, and when to try again. */
  delays = 0;
  notBeforeMs = 0;
  /** The caller has its answer. */
  settled = false;

  constructor(purpose: Purpose, deadlineMs: number) {
    this.purpose = purpose;
    this.deadlineMs = deadlineMs;
    this.anywhere = this.isStale;
    this.bytes = purpose.kind === "write" ? operationBytes(purpose.operation) : 0;
  }

  get isRead(): boolean {
    const { kind } = this.purpose;
    return kind === "get" || kind === "scan" || kind === "explain";
  }

  /** A read that any member answers by itself. */
  get isStale(): boolean {
    const { purpose } = this;
    return (purpose.kind === "get" || purpose.kind === "scan") && purpose.consistency === "stale";
  }

  /** The attempt under way has come to nothing. Whoever was asked for a linearizable read could not give it: the leader can. */
  endAttempt(): void {
    this.member = null;
    this.anywhere = this.isStale;
  }

  /** The attempt under way is over without an answer: it may have taken effect or not. */
  lose(): void {
    this.endAttempt();
    // Opening a session twice opens it once: its fate need not be known.
    if (this.purpose.kind === "write") this.mayHaveRun = true;
  }
}

/** What one more attempt sends: a retry of a write bears its first sequence (PITFALLS 38). */
export function encodeAttempt(call: Call, requestId: number): Uint8Array {
  const { purpose, session, sequence } = call;
  switch (purpose.kind) {
    case "write":
      return encodeCommandRequest(requestId, {
        kind: "session",
        clientId: session?.clientId ?? "",
        session: session?.index ?? 0,
        sequence,
        acknowledgedBelow: session?.acknowledgedBelow ?? 0,
        operation: purpose.operation,
      });
    case "open":
      return encodeCommandRequest(requestId, { kind: "open", clientId: session?.clientId ?? "" });
    case "get":
      return encodeClientRequest({
        kind: "get",
        requestId,
        key: purpose.key,
        consistency: purpose.consistency,
      });
    case "scan":
      return encodeClientRequest({
        kind: "scan",
        requestId,
        ...purpose.range,
        consistency: purpose.consistency,
      });
    case "explain":
      return encodeClientRequest({ kind: "explain", requestId, key: purpose.key });
    default:
      return unreachable(purpose);
  }
}

export function encodeCommandRequest(requestId: number, command: Command): Uint8Array {
  return encodeClientRequest({ kind: "command", requestId, bytes: encodeCommand(command), command });
}

function operationBytes(operation: Operation): number {
  return operation.key.length + (operation.kind === "delete" ? 0 : operation.value.length);
}
