/**
 * The members as this client knows them: what is believed of each, and the connections to them. It asks who
 * leads when told to; what calls do with the answer is the router's.
 */
import { assert } from "../base/assert.js";
import type { MemberStatus } from "../wire/client-message.js";
import { MemberConnection, type MemberEvents } from "./member-connection.js";
import type { Dialer, Timers } from "./ports.js";
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

/** Between two rounds of asking all members who leads. */
export const POLL_MS = 50;

export interface MembersOptions {
  readonly endpoints: readonly string[];
  readonly dialer: Dialer;
  readonly timers: Timers;
  /** Called after what is believed has taken the news in. */
  readonly events: MemberEvents;
}

export class Members {
  readonly #options: MembersOptions;
  readonly #events: MemberEvents;
  readonly #connections = new Map<string, MemberConnection>();
  #topology: Topology;
  #lastRoundMs = Number.NEGATIVE_INFINITY;
  /** Where in the list of members {@link next} looks first. */
  #turn = 0;
  /** Where the one member is that was asked before all others, until it has answered or failed. */
  #scouted: string | null = null;

  constructor(options: MembersOptions) {
    this.#options = options;
    this.#topology = initialTopology(options.endpoints);
    const { events } = options;
    this.#events = {
      onReady: (member, greeting) => {
        this.#topology = withGreeting(this.#topology, member.address, greeting);
        events.onReady(member, greeting);
      },
      onStatus: (member, status) => this.#onStatus(member, status),
      onReply: (member, call, reply) => events.onReply(member, call, reply),
      onDown: (member, reason, refusal) => {
        assert(this.#connections.get(member.address) === member, "a connection ended twice");
        this.#connections.delete(member.address);
        this.rest(member.address, { kind: "unreachable", text: reason });
        this.#returned(member.address);
        events.onDown(member, reason, refusal);
      },
    };
  }

  get topology(): Topology {
    return this.#topology;
  }

  get connections(): Iterable<MemberConnection> {
    return this.#connections.values();
  }

  /** The connection to the leader, if there is one that calls can be sent on. */
  get leader(): MemberConnection | null {
    const { leader } = this.#topology;
    if (leader === null) return null;
    const member = this.#connections.get(leader.address);
    return member?.ready ? member : null;
  }

  /**
   * Another member each time, of those that calls can be sent to and that do not rest; null: there is none. The one with the id
   * `preferred`, if it is one of them.
   */
  next({
    nowMs,
    preferred,
  }: {
    readonly nowMs: number;
    readonly preferred: string;
  }): MemberConnection | null {
    const { servers } = this.#topology;
    const first = ++this.#turn;
    let next: MemberConnection | null = null;
    for (let at = first; at < first + servers.length; at++) {
      const { address = "", restingUntilMs = 0 } = servers[at % servers.length] ?? {};
      const member = this.#connections.get(address);
      if (member?.ready !== true || restingUntilMs > nowMs) continue;
      next ??= member;
      if (preferred === "") break;
      if (member.id === preferred) return member;
    }
    return next;
  }

  /** Dials every member that there is no connection to, except those that rest. */
  connect(nowMs: number): void {
    for (const { address, id, restingUntilMs } of this.#topology.servers) {
      if (restingUntilMs <= nowMs && !this.#isConnected(id)) this.connectionTo(address);
    }
  }

  /** Dials where there is no connection yet. */
  connectionTo(address: string): MemberConnection {
    const existing = this.#connections.get(address);
    if (existing !== undefined) return existing;
    const { dialer, timers } = this.#options;
    const clusterId = () => this.#topology.clusterId;
    const member = new MemberConnection({ address, clusterId, dialer, timers, events: this.#events });
    this.#connections.set(address, member);
    return member;
  }

  /**
   * Asks who leads: the first time one member, which is enough where nothing is wrong, and from then on all at once. More calls than
   * one in a poll change nothing.
   */
  search(nowMs: number): void {
    // Half a poll of grace: a timer may fire a little early, and must not wait for the next one then.
    if (nowMs - this.#lastRoundMs < POLL_MS / 2) return;
    const isFirst = this.#lastRoundMs === Number.NEGATIVE_INFINITY;
    this.#lastRoundMs = nowMs;
    const [first] = this.#topology.servers;
    if (!isFirst || first === undefined) {
      this.#askAll(nowMs);
      return;
    }
    this.#scouted = first.address;
    this.connectionTo(first.address).askStatus(nowMs);
  }

  /** The member failed us: it is left alone for a moment, and not followed. */
  rest(address: string, finding: Finding): void {
    const nowMs = this.#options.timers.nowMs();
    this.#topology = withFailure(this.#topology, address, { finding, nowMs });
  }

  find(address: string, finding: Finding): void {
    if (serverAt(this.#topology, address)?.finding.text === finding.text) return;
    this.#topology = withFinding(this.#topology, address, finding);
  }

  /** The member does not lead, and perhaps knows who does. Once it is not believed to lead, its word changes nothing. */
  followHint(address: string, hint: { readonly leaderId: string; readonly leaderAddress: string }): void {
    if (this.#topology.leader?.address !== address) return;
    const nowMs = this.#options.timers.nowMs();
    this.#topology = withHint(this.#topology, address, { ...hint, nowMs });
  }

  /** Nobody is believed to lead from now on. */
  doubtLeader(): void {
    const { leader } = this.#topology;
    if (leader !== null) this.#topology = withoutLeader(this.#topology, leader.address);
  }

  /** Ends a connection that nobody needs, to what is no member any more. */
  releaseIfStranger(member: MemberConnection): void {
    const idle = member.ready && member.pending.size === 0 && member.statusAskedMs === null;
    if (!idle || serverAt(this.#topology, member.address) !== undefined) return;
    this.#connections.delete(member.address);
    member.close();
  }

  close(): void {
    for (const member of this.#connections.values()) member.close();
    this.#connections.clear();
  }

  /** A member may be known by several addresses. */
  #isConnected(id: string): boolean {
    if (id === "") return false;
    for (const member of this.#connections.values()) if (member.ready && member.id === id) return true;
    return false;
  }

  /** All that do not rest. */
  #askAll(nowMs: number): void {
    for (const { address, restingUntilMs } of this.#topology.servers) {
      if (restingUntilMs <= nowMs) this.connectionTo(address).askStatus(nowMs);
    }
  }

  /** The member at `address` has answered or failed. If it was asked by itself and told of no leader, nobody waits for the next round. */
  #returned(address: string): void {
    if (this.#scouted !== address) return;
    this.#scouted = null;
    if (this.#topology.leader === null) this.#askAll(this.#options.timers.nowMs());
  }

  #onStatus(member: MemberConnection, status: MemberStatus): void {
    this.#topology = withStatus(this.#topology, member.address, status, member.heardMs);
    this.#returned(member.address);
    this.#options.events.onStatus(member, status);
  }
}
