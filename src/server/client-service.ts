/**
 * Serves clients on one member: commands go through the log and are answered when they are applied,
 * reads are answered when a leader is confirmed, and stale ones at once. Every request gets exactly one reply.
 * The replica's loop drives it; nothing here touches peers or disks.
 */
import { unreachable } from "../base/assert.js";
import type { StateMachine } from "../kv/state-machine.js";
import type { Entry, MemberId } from "../raft/entry.js";
import type { RawNode } from "../raft/raw-node.js";
import type { Ready } from "../raft/ready.js";
import type { ClientReply, ClientRequest, ErrorCode } from "../wire/client-message.js";
import { decodeCommand } from "../wire/command-codec.js";
import { SCAN_PAGE_BYTES } from "../wire/limits.js";
import { LoggedClock } from "./logged-clock.js";
import { type ReadRequest, Reads } from "./reads.js";
import { errorReply, type LeaderHint, type Reply } from "./replies.js";
import type { Statistics } from "./statistics.js";
import { refuse } from "./validation.js";
import { type Waiter, Waiters } from "./waiters.js";

export interface ClientServiceOptions {
  readonly id: MemberId;
  readonly raft: RawNode;
  /** Wall clock, milliseconds since 1970; goes into the log and nowhere else. */
  readonly wallClockMs: () => number;
  /** HOST:PORT for clients of a member; empty where unknown. */
  readonly clientAddress: (id: MemberId) => string;
  readonly requestBytesMax: number;
  readonly tickMs: number;
  /** A caller who has waited so long is told that the outcome is unknown. */
  readonly requestTimeoutTicks: number;
  /** See {@link Reads}. */
  readonly firstReadContext: number;
  readonly counts: Statistics["counts"];
}

type Served = Exclude<ClientRequest, { kind: "status" | "stats" }>;
type StaleRead = Extract<ReadRequest, { readonly consistency: unknown }>;

interface Held {
  readonly request: Exclude<Served, { kind: "transfer" }>;
  readonly reply: Reply;
}

/** Callers waiting for the log, and readers waiting for their index: beyond, "overloaded". */
const WAITERS_MAX = 64 * 1024;
const READERS_MAX = 64 * 1024;
/** Requests held back while leadership is handed on: beyond, they are sent away. */
const HELD_MAX = 64 * 1024;

export class ClientService {
  readonly #options: ClientServiceOptions;
  readonly #raft: RawNode;
  readonly #waiters = new Waiters();
  readonly #reads: Reads;
  readonly #clock: LoggedClock;
  #tick = 0;
  #stopping = false;
  /** What came while leadership is being handed on; null while it is not. */
  #held: Held[] | null = null;

  constructor(options: ClientServiceOptions) {
    this.#options = options;
    this.#raft = options.raft;
    this.#reads = new Reads(options.firstReadContext);
    this.#clock = new LoggedClock(options.raft);
  }

  /** Nobody waits for an answer. */
  get idle(): boolean {
    return this.waitingWrites === 0 && this.waitingReads === 0;
  }

  get waitingWrites(): number {
    return this.#waiters.size;
  }

  get waitingReads(): number {
    return this.#reads.size;
  }

  /** Takes a command or a read of `state`; `reply` is called exactly once, in this turn or a later one. */
  handle(request: Served, reply: Reply, state: StateMachine): void {
    const { requestId } = request;
    const refusal = refuse(request, this.#options.requestBytesMax);
    if (refusal !== null) reply(this.#refuse(requestId, refusal.code, refusal.message));
    else if (request.kind === "transfer") this.#transfer(request, reply);
    else if (isStale(request)) reply(this.#readStale(request, state));
    else if (this.#stopping) this.#turnAway(request, reply);
    else if (request.kind === "command") this.#propose(request, reply);
    else this.#read(request, reply);
  }

  /** Asks for this turn's readers, all at once. */
  startReads(): void {
    const context = this.#reads.startBatch(this.#tick + this.#options.requestTimeoutTicks);
    if (context !== null) this.#raft.readIndex(context);
  }

  /** Applies one committed entry and answers its caller, if that is the one who proposed it. */
  apply(entry: Entry, state: StateMachine): void {
    const waiter = this.#waiters.take(entry.index);
    const mine = waiter !== undefined && waiter.term === entry.term;
    if (entry.kind === "command") {
      const result = state.apply(entry, mine ? waiter.command : decodeCommand(entry.data));
      if (mine) waiter.reply({ kind: "result", requestId: waiter.requestId, result });
    }
    // Another leader's entry took the place of this caller's: that one never happened.
    if (waiter !== undefined && !mine) waiter.reply(this.#notLeader(waiter.requestId));
  }

  /** Serves the readers whose index is applied, and sends away those whose leader was not confirmed. */
  answerReads(ready: Ready, state: StateMachine): void {
    for (const read of ready.reads) this.#reads.confirm(read);
    for (const { request, reply } of this.#reads.takeServable(this.#raft.lastApplied))
      reply(this.#answer(request, state, null));
    for (const context of ready.failedReads) {
      for (const { request, reply } of this.#reads.takeFailed(context))
        reply(this.#notLeader(request.requestId));
    }
  }

  /** Releases the callers of every term but `leadingTerm` (PITFALLS 40): their commands may yet take effect. */
  release(leadingTerm: number): void {
    if (this.#waiters.term === leadingTerm) return;
    for (const waiter of this.#waiters.releaseAll()) this.#unknown(waiter, "leadership was lost");
  }

  /** One tick has passed: answers those whose time is up. */
  tick(): void {
    this.#tick++;
    const { requestTimeoutTicks } = this.#options;
    for (const waiter of this.#waiters.expire(this.#tick)) {
      this.#unknown(waiter, `not committed within ${requestTimeoutTicks} ticks`);
    }
    for (const { request, reply } of this.#reads.takeExpired(this.#tick)) {
      reply(this.#refuse(request.requestId, "unavailable", "no leader could be confirmed in time"));
    }
  }

  /**
   * From now on nothing new is begun; what waits goes on. A leader holds new requests back until {@link sendOn}: who takes over
   * is known in a moment, and no caller has to look for it.
   */
  beginStopping(): void {
    this.#stopping = true;
    if (this.#raft.role === "leader") this.#held = [];
  }

  /** Somebody is being held back. */
  get holds(): boolean {
    return this.#held !== null && this.#held.length > 0;
  }

  /** Sends everybody who is held back to the new leader, or away where none is known. */
  sendOn(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const { request, reply } of held) this.#turnAway(request, reply);
  }

  /** Answers everybody who still waits: nothing will be applied any more. */
  stop(): void {
    for (const waiter of this.#waiters.releaseAll()) this.#unknown(waiter, "the member stopped");
    for (const { request, reply } of this.#reads.takeAll()) reply(this.#shuttingDown(request.requestId));
    this.sendOn();
  }

  #turnAway(request: Held["request"], reply: Reply): void {
    const { requestId } = request;
    const { role, leaderId } = this.#raft;
    if (this.#held !== null && this.#held.length < HELD_MAX) this.#held.push({ request, reply });
    else if (role !== "leader" && leaderId !== null) reply(this.#notLeader(requestId));
    else reply(this.#shuttingDown(requestId));
  }

  #propose(request: Extract<ClientRequest, { kind: "command" }>, reply: Reply): void {
    const { requestId, bytes, command } = request;
    if (this.#raft.role !== "leader") {
      reply(this.#notLeader(requestId));
      return;
    }
    if (this.#waiters.size >= WAITERS_MAX) {
      reply(this.#refuse(requestId, "overloaded", `${WAITERS_MAX} commands are waiting`));
      return;
    }
    this.#clock.propose(this.#options.wallClockMs());
    const result = this.#raft.propose(bytes);
    switch (result.kind) {
      case "proposed": {
        const { index, term } = result;
        const deadlineTick = this.#tick + this.#options.requestTimeoutTicks;
        this.#waiters.add({ index, term, requestId, reply, command, deadlineTick });
        this.#options.counts.proposals++;
        break;
      }
      case "not-leader":
        reply(this.#notLeader(requestId));
        break;
      case "overloaded":
        reply(this.#refuse(requestId, "overloaded", "too many bytes wait to be committed"));
        break;
      case "transferring":
        reply(this.#refuse(requestId, "unavailable", "leadership is being handed on"));
        break;
      default:
        unreachable(result);
    }
  }

  #transfer({ requestId, to }: Extract<ClientRequest, { kind: "transfer" }>, reply: Reply): void {
    if (this.#raft.role !== "leader") {
      reply(this.#notLeader(requestId));
      return;
    }
    const fault = this.#transferFault(to);
    reply(fault === null ? { kind: "transfer", requestId } : this.#refuse(requestId, "invalid", fault));
  }

  /** Begins to hand leadership on; why it cannot, or null. */
  #transferFault(to: MemberId | ""): string | null {
    const peer = this.#raft.progress().find(({ id }) => id === to);
    if (peer?.isRecentlyActive === false) return `${to} has not been heard from for a while`;
    if (to === this.#options.id || this.#raft.transferLeadership(to || undefined)) return null;
    return to === "" ? "no other member answers" : `there is no other member ${to}`;
  }

  #read(request: ReadRequest, reply: Reply): void {
    this.#options.counts.reads++;
    if (this.#reads.size < READERS_MAX) this.#reads.add({ request, reply });
    else reply(this.#refuse(request.requestId, "overloaded", `${READERS_MAX} reads are waiting`));
  }

  /** From what is applied here, whoever leads. */
  #readStale(request: StaleRead, state: StateMachine): ClientReply {
    this.#options.counts.staleReads++;
    const { behindTicks } = this.#raft;
    // A tick that has begun counts as a whole one.
    return this.#answer(
      request,
      state,
      behindTicks === null ? null : (behindTicks + 1) * this.#options.tickMs,
    );
  }

  #answer(request: ReadRequest, state: StateMachine, behindMs: number | null): ClientReply {
    const { requestId } = request;
    const index = this.#raft.lastApplied;
    switch (request.kind) {
      case "get":
        return { kind: "get", requestId, value: state.get(request.key) ?? null, index, behindMs };
      case "scan":
        return { kind: "scan", requestId, ...state.scan(request, SCAN_PAGE_BYTES), index, behindMs };
      case "explain":
        return { kind: "explain", requestId, explanation: state.explain(request.key) ?? null, index };
      default:
        return unreachable(request);
    }
  }

  #notLeader(requestId: number): ClientReply {
    const leaderId = this.#raft.leaderId ?? "";
    const leaderAddress = leaderId === "" ? "" : this.#options.clientAddress(leaderId);
    const who = leaderId === "" ? "no leader is known" : `the leader is ${leaderId}`;
    const message = `${this.#options.id} is not the leader; ${who}`;
    return this.#refuse(requestId, "not-leader", message, { leaderId, leaderAddress });
  }

  #shuttingDown(requestId: number): ClientReply {
    return this.#refuse(requestId, "unavailable", `${this.#options.id} is shutting down`);
  }

  #unknown({ reply, requestId }: Waiter, message: string): void {
    reply(this.#refuse(requestId, "outcome-unknown", message));
  }

  #refuse(requestId: number, code: ErrorCode, message: string, hint?: LeaderHint): ClientReply {
    this.#options.counts.refusals[code]++;
    return errorReply(requestId, code, message, hint);
  }
}

/** It is answered at once, from what is applied here. */
function isStale(request: Served): request is StaleRead {
  return "consistency" in request && request.consistency === "stale";
}
