/**
 * The logic of the client library, without a socket, a promise or a clock of its own: operations in,
 * callbacks out, everything else through ports. It hands operations to the lane of their kind, answers to
 * their callers, and fails what takes too long; the router below finds the leader. Given the same
 * events it does the same, so that a simulator can drive it.
 */
import { unreachable } from "../base/assert.js";
import type { ByteString } from "../base/byte-string.js";
import type { Operation } from "../kv/command.js";
import type { KeyExplanation } from "../kv/explanation.js";
import type { ScanPage, ScanRange } from "../kv/store.js";
import { toByteString } from "../wire/bytes.js";
import type { ClientReply, ErrorReply } from "../wire/client-message.js";
import {
  Call,
  type ExplainReply,
  type GetReply,
  type Purpose,
  type ReadDone,
  type ScanReply,
  type WriteDone,
} from "./call.js";
import { ClerkError } from "./clerk-error.js";
import { failed, gaveUp } from "./give-up.js";
import { POLL_MS } from "./members.js";
import type { Dialer, Entropy, Timers } from "./ports.js";
import { ReadLane } from "./read-lane.js";
import { Router } from "./router.js";
import type { SessionKeeper } from "./session.js";
import { type MemberReport, StatusQuery } from "./status-query.js";
import type { Topology } from "./topology.js";
import { faultOfKey, faultOfOperation, faultOfRange } from "./validate.js";
import { WriteLane } from "./write-lane.js";

/** So many that nobody ever draws the same. */
const NOBODYS_KEY_BYTES = 32;

export type ReadFrom = "leader" | "any";

export interface ClerkCoreOptions {
  /** HOST:PORT each, at least one. */
  readonly endpoints: readonly string[];
  /** For each operation, from the call to its answer. */
  readonly timeoutMs: number;
  /** Whom linearizable reads go to: the leader, or one member after the other. Default "leader". */
  readonly readFrom?: ReadFrom;
  /** Default: nobody goes on with a session when this client is gone. */
  readonly sessions?: SessionKeeper;
  readonly dialer: Dialer;
  readonly timers: Timers;
  readonly entropy: Entropy;
}

/** Callbacks come once; before the call has returned only when the operation is refused outright. */
export class ClerkCore {
  readonly #options: ClerkCoreOptions;
  readonly #router: Router;
  readonly #reads: ReadLane;
  readonly #writes: WriteLane;
  /** Unsettled, oldest first: since all have the same time, in the order of their deadlines. */
  readonly #calls = new Set<Call>();
  readonly #queries = new Set<StatusQuery>();
  #cancelTimer: (() => void) | null = null;
  #closed = false;

  constructor(options: ClerkCoreOptions) {
    this.#options = options;
    const router = new Router({
      ...options,
      onAnswer: (call, reply, member) => this.#onAnswer(call, reply, member.id),
      onStatus: (address, status) => {
        for (const query of this.#queries) query.onStatus(address, status);
      },
      onDown: (address, reason) => {
        for (const query of this.#queries) query.onDown(address, reason);
      },
    });
    this.#router = router;
    this.#reads = new ReadLane((call) => router.route(call));
    this.#writes = new WriteLane({
      router,
      entropy: options.entropy,
      sessions: options.sessions ?? null,
      finish: (call, outcome, index) => this.#finishWrite(call, outcome, index),
      fail: (call, error) => this.#fail(call, error),
    });
  }

  /** What is believed about the cluster now. */
  get topology(): Topology {
    return this.#router.topology;
  }

  write(operation: Operation, done: WriteDone): void {
    this.#submit({ kind: "write", operation, done }, faultOfOperation(operation));
  }

  /**
   * Takes the place of the first write of a session that is resumed, if that has not run: answers the index at which it ran, or null. It
   * is a write of the same sequence, which removes a key that nobody has. A delete that found no key counts as one that has not run.
   */
  preclude(done: (outcome: number | null | ClerkError) => void): void {
    const key = toByteString(this.#options.entropy(NOBODYS_KEY_BYTES));
    this.write({ kind: "delete", key }, (outcome, index) => {
      if (outcome instanceof ClerkError) done(outcome);
      else done(outcome ? index : null);
    });
  }

  get(key: ByteString, done: (outcome: ByteString | null | ClerkError) => void): void {
    const valueDone: ReadDone<GetReply> = (outcome) =>
      done(outcome instanceof ClerkError ? outcome : outcome.value);
    this.#submit({ kind: "get", key, consistency: "linearizable", done: valueDone }, faultOfKey(key));
  }

  /** What some member has applied by then. */
  getStale(key: ByteString, done: ReadDone<GetReply>): void {
    this.#submit({ kind: "get", key, consistency: "stale", done }, faultOfKey(key));
  }

  /** What is kept of a key beside its value; null: there is no such key. */
  explain(key: ByteString, done: (outcome: KeyExplanation | null | ClerkError) => void): void {
    const replyDone: ReadDone<ExplainReply> = (outcome) =>
      done(outcome instanceof ClerkError ? outcome : outcome.explanation);
    this.#submit({ kind: "explain", key, done: replyDone }, faultOfKey(key));
  }

  /** One page. */
  scan(range: ScanRange, done: (outcome: ScanPage | ClerkError) => void): void {
    const purpose = { kind: "scan", range, consistency: "linearizable", preferred: "", done } as const;
    this.#submit(purpose, faultOfRange(range));
  }

  /** One page of what some member has applied by then: the one with the id `preferred`, if it can be asked. */
  scanStale(range: ScanRange, preferred: string, done: ReadDone<ScanReply>): void {
    this.#submit({ kind: "scan", range, consistency: "stale", preferred, done }, faultOfRange(range));
  }

  /** Every member about itself. Fails only when closed. */
  status(done: (outcome: readonly MemberReport[] | ClerkError) => void): void {
    if (this.#closed) {
      done(closedError(false));
      return;
    }
    const query = new StatusQuery({
      addresses: this.topology.servers.map(({ address }) => address),
      deadlineMs: this.#options.timers.nowMs() + this.#options.timeoutMs,
      ask: (address) => this.#router.ask(address),
      done: (reports) => {
        this.#queries.delete(query);
        done(reports);
      },
    });
    this.#queries.add(query);
    query.start();
    this.#arm();
  }

  /** Ends the session if nothing is under way, fails what is, and closes the connections. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const { farewell } = this.#writes;
    if (farewell !== null) this.#router.leader?.sendUnanswered(farewell);
    for (const call of this.#calls) this.#fail(call, closedError(maybeDone(call)));
    for (const query of this.#queries) query.expire("the Clerk was closed");
    this.#cancelTimer?.();
    this.#router.close();
  }

  #submit(purpose: Exclude<Purpose, { kind: "open" }>, fault: ClerkError | null): void {
    const refusal = this.#closed ? closedError(false) : fault;
    if (refusal !== null) {
      refuse(purpose, refusal);
      return;
    }
    const call = new Call(purpose, this.#options.timers.nowMs() + this.#options.timeoutMs);
    if (purpose.kind !== "write" && this.#options.readFrom === "any") call.anywhere = true;
    const lane = this.#laneOf(call);
    this.#calls.add(call);
    lane.add(call);
    lane.admit();
    this.#arm();
  }

  #laneOf(call: Call): ReadLane | WriteLane {
    return call.purpose.kind === "write" ? this.#writes : this.#reads;
  }

  #onAnswer(call: Call, reply: ClientReply, member: string): void {
    const { purpose } = call;
    switch (reply.kind) {
      case "error":
        this.#onFinalError(call, reply);
        return;
      case "result":
        if (purpose.kind === "write" || purpose.kind === "open") this.#writes.onResult(call, reply.result);
        return;
      case "get":
        if (purpose.kind !== "get") return;
        this.#settle(call);
        purpose.done(reply, member);
        return;
      case "scan":
        if (purpose.kind !== "scan") return;
        this.#settle(call);
        purpose.done(reply, member);
        return;
      case "explain":
        if (purpose.kind !== "explain") return;
        this.#settle(call);
        purpose.done(reply, member);
        return;
      case "status":
      case "stats":
      case "transfer":
        return;
      default:
        unreachable(reply);
    }
  }

  /** An error that no further attempt will mend. */
  #onFinalError(call: Call, { code, message }: ErrorReply): void {
    const clerkCode = code === "too-large" ? "value-too-large" : "invalid";
    const error = failed(clerkCode, message || code, call.mayHaveRun);
    if (call.purpose.kind === "open") this.#writes.onOpeningRefused(call, error);
    else this.#fail(call, error);
  }

  #finishWrite(call: Call, outcome: boolean, index: number): void {
    this.#settle(call);
    if (call.purpose.kind === "write") call.purpose.done(outcome, index);
  }

  #fail(call: Call, error: ClerkError): void {
    if (error.outcomeUnknown && call.session !== null) call.session.isInDoubt = true;
    this.#settle(call);
    refuse(call.purpose, error);
  }

  #settle(call: Call): void {
    call.settled = true;
    call.member?.forget(call);
    call.member = null;
    this.#calls.delete(call);
    const lane = this.#laneOf(call);
    lane.release(call);
    if (!this.#closed) lane.admit();
  }

  /** One timer for everything, and only while somebody waits. */
  #arm(): void {
    if (this.#cancelTimer !== null || this.#closed || this.#calls.size + this.#queries.size === 0) return;
    const nowMs = this.#options.timers.nowMs();
    let nextMs = nowMs + POLL_MS;
    for (const { deadlineMs } of this.#queries) nextMs = Math.min(nextMs, deadlineMs);
    const [oldest] = this.#calls;
    if (oldest !== undefined) nextMs = Math.min(nextMs, oldest.deadlineMs);
    this.#cancelTimer = this.#options.timers.after(Math.max(0, Math.ceil(nextMs - nowMs)), () => {
      this.#cancelTimer = null;
      this.#sweep();
      this.#arm();
    });
  }

  #sweep(): void {
    const nowMs = this.#options.timers.nowMs();
    const late: Call[] = [];
    for (const call of this.#calls) {
      if (call.deadlineMs > nowMs) break;
      // Before any of them is failed: the place that one gives up must not go to another.
      call.settled = true;
      late.push(call);
    }
    for (const call of late) this.#giveUp(call);
    for (const query of this.#queries) if (query.deadlineMs <= nowMs) query.expire("timed out");
    this.#router.sweep(nowMs);
  }

  /** The time is up. */
  #giveUp(call: Call): void {
    const sent = call.member !== null || (!call.admitted && this.#router.leader !== null);
    const delays = call.delays + (call.admitted ? 0 : this.#writes.openingDelays);
    const code = delays > 0 ? "overloaded" : sent || call.isStale ? "timeout" : "no-leader";
    const { timeoutMs } = this.#options;
    this.#fail(call, gaveUp(this.topology, { code, timeoutMs, outcomeUnknown: maybeDone(call) }));
  }
}

/** Tells the caller, if there is one. */
function refuse(purpose: Purpose, error: ClerkError): void {
  if (purpose.kind === "write") purpose.done(error, 0);
  else if (purpose.kind !== "open") purpose.done(error, "");
}

/** Whether a write may have taken effect by now (PITFALLS 36). */
function maybeDone(call: Call): boolean {
  return call.mayHaveRun || (call.purpose.kind === "write" && call.member !== null);
}

function closedError(outcomeUnknown: boolean): ClerkError {
  return failed("closed", "the Clerk was closed", outcomeUnknown);
}
