/**
 * Brings calls to the leader, and reads that may go anywhere to one member after the other: finds out who leads, follows
 * hints, and sends again what an attempt that failed left undone. It does not judge results, sessions or deadlines.
 */
import { unreachable } from "../base/assert.js";
import type { ClientReply, ErrorReply, MemberStatus } from "../wire/client-message.js";
import type { Call } from "./call.js";
import type { MemberConnection } from "./member-connection.js";
import { Members, POLL_MS } from "./members.js";
import { attemptMs, delayMs, isOverdue, isSilent } from "./patience.js";
import type { Dialer, Timers } from "./ports.js";
import { ON_ERROR } from "./retry-table.js";
import type { Topology } from "./topology.js";

/** Hints followed in a row; with more they lead in a circle. */
const HOPS_MAX = 5;

export interface RouterOptions {
  readonly endpoints: readonly string[];
  readonly timeoutMs: number;
  readonly dialer: Dialer;
  readonly timers: Timers;
  /** The state machine's or a reader's answer, or an error that no further attempt will mend. */
  onAnswer(call: Call, reply: ClientReply, member: MemberConnection): void;
  onStatus(address: string, status: MemberStatus): void;
  onDown(address: string, reason: string): void;
}

export class Router {
  readonly #options: RouterOptions;
  readonly #attemptMs: number;
  readonly #members: Members;
  /** Calls while nobody is connected who could answer them, and calls that were told to come later. */
  #waiting: Call[] = [];
  /** Calls have gone to any member: all are to be connected. */
  #spreads = false;

  constructor(options: RouterOptions) {
    this.#options = options;
    this.#attemptMs = attemptMs(options.timeoutMs);
    const { endpoints, dialer, timers } = options;
    const events = {
      onReady: (member: MemberConnection) => this.#dispatch(member.heardMs, member),
      onStatus: (member: MemberConnection, status: MemberStatus) => {
        this.#dispatch(member.heardMs);
        options.onStatus(member.address, status);
      },
      onReply: (member: MemberConnection, call: Call, reply: ClientReply) =>
        this.#onReply(member, call, reply),
      onDown: (member: MemberConnection, reason: string, refusal: ErrorReply | null) =>
        this.#onDown(member, reason, refusal),
    };
    this.#members = new Members({ endpoints, dialer, timers, events });
  }

  get topology(): Topology {
    return this.#members.topology;
  }

  /** The connection to the leader, if there is one that calls can be sent on. */
  get leader(): MemberConnection | null {
    return this.#members.leader;
  }

  /** Sends the call to whom it is for, now or when there is one. */
  route(call: Call): void {
    const nowMs = this.#options.timers.nowMs();
    const member = this.#memberFor(call, nowMs);
    if (member !== null && call.notBeforeMs <= nowMs) {
      member.send(call, nowMs);
      return;
    }
    this.#waiting.push(call);
    if (member !== null) return;
    this.#members.search(nowMs);
    this.#dispatch(nowMs);
  }

  /** The call is sent again, a little later than the last time. */
  postpone(call: Call): void {
    call.notBeforeMs = this.#options.timers.nowMs() + delayMs(call);
    call.delays++;
    call.member = null;
    this.route(call);
  }

  /** Asks one member for its status, whether it leads or rests or not. */
  ask(address: string): void {
    this.#members.connectionTo(address).askStatus(this.#options.timers.nowMs());
  }

  /** What time alone brings about. To be called every POLL_MS while anybody waits. */
  sweep(nowMs: number): void {
    for (const member of this.#members.connections) this.#sweepMember(member, nowMs);
    if (this.#spreads) this.#members.connect(nowMs);
    this.#waiting = this.#waiting.filter((call) => !call.settled);
    if (this.#waiting.some((call) => this.#memberFor(call, nowMs) === null)) this.#members.search(nowMs);
    this.#dispatch(nowMs);
  }

  close(): void {
    this.#members.close();
    this.#waiting = [];
  }

  /** Whom the call can be sent to; null: there is nobody at present. */
  #memberFor(call: Call, nowMs: number): MemberConnection | null {
    if (!call.anywhere) return this.#members.leader;
    if (!this.#spreads) this.#members.connect(nowMs);
    this.#spreads = true;
    const preferred = call.purpose.kind === "scan" ? call.purpose.preferred : "";
    return this.#members.next({ nowMs, preferred });
  }

  /**
   * Sends what waits, where there is somebody to send it to; connects to the leader if there is no connection. While it is not known
   * who leads, reads go to `greeter`, who has just greeted, instead of waiting for it: every member answers them, just as current.
   */
  #dispatch(nowMs: number, greeter: MemberConnection | null = null): void {
    if (this.#waiting.length === 0) return;
    const { leader } = this.#members.topology;
    if (leader !== null) this.#members.connectionTo(leader.address);
    const reader = leader === null ? greeter : null;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const call of waiting) {
      if (call.settled) continue;
      const known = call.isRead ? reader : null;
      const member = call.notBeforeMs <= nowMs ? (known ?? this.#memberFor(call, nowMs)) : null;
      if (member === null) this.#waiting.push(call);
      else member.send(call, nowMs);
    }
  }

  #onReply(member: MemberConnection, call: Call, reply: ClientReply): void {
    if (reply.kind !== "error") {
      this.#options.onAnswer(call, reply, member);
      return;
    }
    // An error speaks for its own attempt alone. One that was given up counts as lost already.
    if (call.member === member) this.#onError(member, call, reply);
  }

  #onError(member: MemberConnection, call: Call, reply: ErrorReply): void {
    const rule = ON_ERROR[reply.code];
    // Whoever was not asked to lead, and knows no leader, has lost touch with whoever does.
    const next = rule.next === "follow-hint" && call.anywhere ? "elsewhere" : rule.next;
    call.endAttempt();
    if (rule.mayHaveRun) call.lose();
    switch (next) {
      case "fail":
        this.#options.onAnswer(call, reply, member);
        return;
      case "later":
        this.#members.find(member.address, { kind: "answered", text: "is overloaded" });
        this.postpone(call);
        return;
      case "elsewhere": {
        const text = `answered: ${reply.message || reply.code}`;
        this.#members.rest(member.address, { kind: "answered", text });
        this.route(call);
        return;
      }
      case "follow-hint":
        this.#members.followHint(member.address, reply);
        if (++call.hops >= HOPS_MAX) {
          // Ask everybody again, and not at once.
          this.#members.doubtLeader();
          call.hops = 0;
          call.notBeforeMs = member.heardMs + POLL_MS;
        }
        this.route(call);
        return;
      default:
        unreachable(next);
    }
  }

  /** Everything in flight there goes to whoever leads now, or to another member. */
  #onDown(member: MemberConnection, reason: string, refusal: ErrorReply | null): void {
    const lost = [...member.pending.values()].filter((call) => !call.settled && call.member === member);
    // The member could not tell which request it was. If any was too large then the largest, and that one
    // was not even read: it has definitely not run on this connection.
    const oversize = refusal?.code === "too-large" ? largest(lost) : null;
    if (oversize !== null && refusal !== null) {
      oversize.member = null;
      this.#options.onAnswer(oversize, refusal, member);
    }
    for (const call of lost) {
      if (call.settled) continue;
      call.lose();
      this.route(call);
    }
    this.#options.onDown(member.address, reason);
  }

  #sweepMember(member: MemberConnection, nowMs: number): void {
    const times = { nowMs, attemptMs: this.#attemptMs };
    if (isSilent(member, times)) {
      member.fail("timed out");
      return;
    }
    for (const call of member.pending.values()) {
      if (call.settled || call.member !== member || !isOverdue(call, member, times)) continue;
      call.timeouts++;
      if (member.heardMs <= call.sentMs) {
        member.fail("timed out");
        return;
      }
      // Alive, and silent about this one. Asking again is safe: it bears the same sequence.
      call.lose();
      this.#members.rest(member.address, { kind: "answered", text: "did not answer in time" });
      this.route(call);
    }
    this.#members.releaseIfStranger(member);
  }
}

/** Null when none carries a value. */
function largest(calls: readonly Call[]): Call | null {
  let most: Call | null = null;
  for (const call of calls) if (call.bytes > (most?.bytes ?? 0)) most = call;
  return most;
}
