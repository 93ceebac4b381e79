/**
 * Brings calls to the leader: keeps the connections, finds out who leads, follows hints, and sends again
 * what an attempt that failed left undone. It owns what is believed about the cluster; it does not
 * judge results, sessions or deadlines.
 */
import { assert, unreachable } from "../base/assert.js";
import type { ClientReply, ErrorReply, MemberStatus } from "../wire/client-message.js";
import type { Call } from "./call.js";
import { MemberConnection, type MemberEvents } from "./member-connection.js";
import type { Dialer, Timers } from "./ports.js";
import { ON_ERROR } from "./retry-table.js";
import {
  type Finding,
  initialTopology,
  serverAt,
  type Topology,
  withFailure,
  withFinding,
  withGreeting,
  withHint,
  withoutLeader,
  withStatus,
} from "./topology.js";

/** Between two questions to all members who leads, and between two sweeps. */
export const POLL_MS = 50;
const HOPS_MAX = 5;
/** An overloaded member is asked again after one poll, then two, up to so many. */
const DELAY_POLLS_MAX = 8;
/** A silent member is given so long for one attempt, or a third of the whole time if that is less. */
const ATTEMPT_MS = 1500;
const ATTEMPT_MIN_MS = 250;

export interface RouterOptions {
  readonly endpoints: readonly string[];
  readonly timeoutMs: number;
  readonly dialer: Dialer;
  readonly timers: Timers;
  /** The state machine's or a reader's answer, or an error that no further attempt will mend. */
  onAnswer(call: Call, reply: ClientReply): void;
  onStatus(address: string, status: MemberStatus): void;
  onDown(address: string, reason: string): void;
}

export class Router {
  readonly #options: RouterOptions;
  readonly #attemptMs: number;
  readonly #connections = new Map<string, MemberConnection>();
  readonly #events: MemberEvents = {
    onReady: (member, greeting) => {
      this.#topology = withGreeting(this.#topology, member.address, greeting);
      this.#dispatch(member.heardMs);
    },
    onStatus: (member, status) => this.#onStatus(member, status),
    onReply: (member, call, reply) => this.#onReply(member, call, reply),
    onDown: (member, reason, refusal) => this.#onDown(member, reason, refusal),
  };
  #topology: Topology;
  /** Calls for the leader while none is connected, and calls that were told to come later. */
  #waiting: Call[] = [];
  #lastRoundMs = Number.NEGATIVE_INFINITY;

  constructor(options: RouterOptions) {
    this.#options = options;
    this.#topology = initialTopology(options.endpoints);
    this.#attemptMs = Math.max(ATTEMPT_MIN_MS, Math.min(ATTEMPT_MS, options.timeoutMs * 0.3));
  }

  get topology(): Topology {
    return this.#topology;
  }

  /** The connection to the leader, if there is one that calls can be sent on. */
  get leader(): MemberConnection | null {
    const leader = this.#topology.leader;
    if (leader === null) return null;
    const member = this.#connections.get(leader.address);
    return member?.ready ? member : null;
  }

  /** Sends the call to the leader, now or when there is one. */
  route(call: Call): void {
    const leader = this.leader;
    const nowMs = this.#options.timers.nowMs();
    if (leader !== null && call.notBeforeMs <= nowMs) {
      leader.send(call, nowMs);
      return;
    }
    this.#waiting.push(call);
    if (leader !== null) return;
    this.#search(nowMs);
    this.#dispatch(nowMs);
  }

  /** The call goes to the leader again, a little later than the last time. */
  postpone(call: Call): void {
    const polls = Math.min(2 ** call.delays, DELAY_POLLS_MAX);
    call.delays++;
    call.notBeforeMs = this.#options.timers.nowMs() + polls * POLL_MS;
    this.route(call);
  }

  /** Asks one member for its status, whether it leads or rests or not. */
  ask(address: string): void {
    this.#connectionTo(address).askStatus(this.#options.timers.nowMs());
  }

  /** What time alone brings about. To be called every POLL_MS while anybody waits. */
  sweep(nowMs: number): void {
    for (const member of this.#connections.values()) this.#sweepMember(member, nowMs);
    this.#waiting = this.#waiting.filter((call) => !call.settled);
    if (this.#waiting.length === 0) return;
    if (this.leader === null) this.#search(nowMs);
    this.#dispatch(nowMs);
  }

  close(): void {
    for (const member of this.#connections.values()) member.close();
    this.#connections.clear();
    this.#waiting = [];
  }

  /** Asks all members at once who leads, except those that rest. */
  #search(nowMs: number): void {
    // Half a poll of grace: a timer may fire a little early, and must not wait for the next one then.
    if (nowMs - this.#lastRoundMs < POLL_MS / 2) return;
    this.#lastRoundMs = nowMs;
    for (const { address, restingUntilMs } of this.#topology.servers) {
      if (restingUntilMs <= nowMs) this.#connectionTo(address).askStatus(nowMs);
    }
  }

  /** Sends what waits, if the leader is known and connected; connects to it if not. */
  #dispatch(nowMs: number): void {
    const leader = this.#topology.leader;
    if (leader === null || this.#waiting.length === 0) return;
    const member = this.#connectionTo(leader.address);
    if (!member.ready) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const call of waiting) {
      if (call.settled) continue;
      if (call.notBeforeMs > nowMs) this.#waiting.push(call);
      else member.send(call, nowMs);
    }
  }

  #connectionTo(address: string): MemberConnection {
    const existing = this.#connections.get(address);
    if (existing !== undefined) return existing;
    const { dialer, timers } = this.#options;
    const { clusterId } = this.#topology;
    const member = new MemberConnection({ address, clusterId, dialer, timers, events: this.#events });
    this.#connections.set(address, member);
    return member;
  }

  #onStatus(member: MemberConnection, status: MemberStatus): void {
    this.#topology = withStatus(this.#topology, member.address, status, member.heardMs);
    this.#dispatch(member.heardMs);
    this.#options.onStatus(member.address, status);
  }

  #onReply(member: MemberConnection, call: Call, reply: ClientReply): void {
    if (reply.kind !== "error") {
      if (reply.kind !== "status") this.#options.onAnswer(call, reply);
      return;
    }
    // An error speaks for its own attempt alone, and that one was counted as lost already.
    if (call.member !== member) return;
    call.member = null;
    const rule = ON_ERROR[reply.code];
    if (rule.mayHaveRun) call.lose();
    switch (rule.next) {
      case "fail":
        this.#options.onAnswer(call, reply);
        return;
      case "later":
        this.#find(member, { kind: "answered", text: "is overloaded" });
        this.postpone(call);
        return;
      case "elsewhere":
        this.#rest(member, { kind: "answered", text: `answered: ${reply.message || reply.code}` });
        this.route(call);
        return;
      case "follow-hint":
        this.#followHint(member, call, reply);
        return;
      default:
        unreachable(rule.next);
    }
  }

  #followHint(member: MemberConnection, call: Call, reply: ErrorReply): void {
    const nowMs = member.heardMs;
    if (this.#topology.leader?.address === member.address) {
      const { leaderId, leaderAddress } = reply;
      this.#topology = withHint(this.#topology, member.address, { leaderId, leaderAddress, nowMs });
    }
    call.hops++;
    if (call.hops >= HOPS_MAX) {
      // Hints that lead in a circle: ask everybody, and not at once.
      call.hops = 0;
      call.notBeforeMs = nowMs + POLL_MS;
      const leader = this.#topology.leader;
      if (leader !== null) this.#topology = withoutLeader(this.#topology, leader.address);
    }
    this.route(call);
  }

  #onDown(member: MemberConnection, reason: string, refusal: ErrorReply | null): void {
    assert(this.#connections.get(member.address) === member, "a connection ended twice");
    this.#connections.delete(member.address);
    this.#rest(member, { kind: "unreachable", text: reason });
    const lost = [...member.pending.values()].filter((call) => !call.settled && call.member === member);
    // The member could not tell which request it was. If any was too large then the largest, and that one
    // was not even read: it has definitely not run on this connection.
    const oversize = refusal?.code === "too-large" ? largest(lost) : null;
    if (oversize !== null && refusal !== null) {
      oversize.member = null;
      this.#options.onAnswer(oversize, refusal);
    }
    for (const call of lost) {
      if (call.settled) continue;
      call.lose();
      this.route(call);
    }
    this.#options.onDown(member.address, reason);
  }

  #sweepMember(member: MemberConnection, nowMs: number): void {
    if (!member.ready) {
      if (nowMs - member.dialledMs > this.#attemptMs) member.fail("timed out");
      return;
    }
    const asked = member.statusAskedMs;
    if (asked !== null && nowMs - Math.max(asked, member.progressMs) > this.#attemptMs) {
      member.fail("timed out");
      return;
    }
    for (const call of member.pending.values()) {
      if (call.settled || call.member !== member || !this.#isOverdue(call, member, nowMs)) continue;
      call.timeouts++;
      if (member.heardMs <= call.sentMs) {
        member.fail("timed out");
        return;
      }
      // Alive and silent about this one. Asking again is safe: it bears the same sequence.
      call.lose();
      this.#rest(member, { kind: "answered", text: "did not answer in time" });
      this.route(call);
    }
    const idle = member.pending.size === 0 && member.statusAskedMs === null;
    if (idle && serverAt(this.#topology, member.address) === undefined) {
      this.#connections.delete(member.address);
      member.close();
    }
  }

  /**
   * While answers to other calls come in, the member is at work and this one is in its queue; but not
   * for ever. Each timeout doubles the patience, and large requests get a millisecond for each KiB.
   */
  #isOverdue(call: Call, member: MemberConnection, nowMs: number): boolean {
    const patienceMs = this.#attemptMs * 2 ** Math.min(call.timeouts, 4) + call.bytes / 1024;
    if (nowMs - call.sentMs > 4 * patienceMs) return true;
    return nowMs - Math.max(call.sentMs, member.progressMs) > patienceMs;
  }

  #find(member: MemberConnection, finding: Finding): void {
    if (serverAt(this.#topology, member.address)?.finding.text === finding.text) return;
    this.#topology = withFinding(this.#topology, member.address, finding);
  }

  #rest(member: MemberConnection, finding: Finding): void {
    const nowMs = this.#options.timers.nowMs();
    this.#topology = withFailure(this.#topology, member.address, { finding, nowMs });
  }
}

/** Null when none carries a value. */
function largest(calls: readonly Call[]): Call | null {
  let most: Call | null = null;
  for (const call of calls) if (call.bytes > (most?.bytes ?? 0)) most = call;
  return most;
}
