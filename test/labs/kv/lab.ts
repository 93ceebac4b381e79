/**
 * A cluster under test, as the courses' harnesses offer it: servers that are partitioned, crashed and restarted
 * on command, and clients that ask for one thing after the other. A scenario is a coroutine in virtual time. All of
 * the simulator's checkers look on, and at the end the history must be linearizable and all servers equal.
 */
import { assert } from "../../../src/base/assert.js";
import { checkLinearizable } from "../../../src/lin/checker.js";
import { describeVerdict } from "../../../src/lin/verdict.js";
import type { MemberId } from "../../../src/raft/entry.js";
import { Cluster } from "../../sim/cluster.js";
import type { ClusterPlan } from "../../sim/cluster-plan.js";
import { Dice, STREAM } from "../../sim/dice.js";
import { History } from "../../sim/history.js";
import type { Member } from "../../sim/member.js";
import { LabClient } from "./lab-client.js";

/** Here a partition or a crash lasts so long: longer than any election takes. */
export const ELECTION_MS = 1000;
/** Somebody leads after so long, if a majority is well. */
const LEADER_MS_MAX = 5000;
/** All servers are equal after so long, once all is well and nothing is asked. */
const SETTLE_MS_MAX = 10_000;
const POLL_MS = 5;
/** A client waits as long as any scenario may take. */
const PATIENCE_MS = 120_000;
/**
 * What clients see of an unreliable network: so often some connections break, about one for ten operations, and those
 * to the leader stand still for a moment.
 */
const DISTURB_MS = { least: 20, most: 100 };
const BREAK_PERCENT = 10;
const STALL_MS_MAX = 26;

export class Lab {
  readonly cluster: Cluster;
  readonly history: History;
  /** Decides what happens to servers and links. */
  readonly dice: Dice;
  readonly ids: readonly MemberId[];
  readonly #seed: number;
  #clientsMade = 0;
  /** By name: those that were not closed. */
  readonly #clients = new Map<string, LabClient>();
  #over = false;

  constructor(plan: ClusterPlan, options: { print: ((line: string) => void) | null; unreliable: boolean }) {
    this.#seed = plan.seed;
    this.ids = plan.ids;
    this.cluster = new Cluster(plan, { print: options.print, onDown: () => {} });
    this.history = new History(this.cluster.world);
    this.dice = new Dice(plan.seed, STREAM.nemesis);
    this.cluster.start();
    if (options.unreliable) void this.#disturbClients();
  }

  get nowMs(): number {
    return this.cluster.loop.nowUs / 1000;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.cluster.loop.after(ms * 1000, resolve));
  }

  /** Throws if `reached` does not come true in time; `what` says what was expected. */
  async until(reached: () => boolean, limitMs: number, what: string): Promise<void> {
    const deadlineMs = this.nowMs + limitMs;
    while (!reached()) {
      assert(this.nowMs < deadlineMs, `within ${limitMs} ms: ${what}`);
      await this.sleep(POLL_MS);
    }
  }

  /** Whoever leads, once somebody does that most follow. */
  async leader(): Promise<Member> {
    const { cluster } = this;
    await this.until(() => cluster.isLed, LEADER_MS_MAX, "somebody leads");
    const { leader } = cluster;
    assert(leader !== undefined, "who is followed leads");
    return leader;
  }

  /** A new client that reaches these servers only, and knows all. */
  client(reaches: readonly MemberId[] = this.ids, timeoutMs = PATIENCE_MS): LabClient {
    this.#clientsMade++;
    const name = `c${this.#clientsMade}`;
    const dice = new Dice(this.#seed, STREAM.client + this.#clientsMade);
    const onClosed = (): void => void this.#clients.delete(name);
    const client = new LabClient({ lab: this, name, timeoutMs, dice, onClosed });
    this.#clients.set(name, client);
    client.reach(reaches);
    return client;
  }

  /** Servers reach each other within a side only. Clients are not concerned. */
  partition(...sides: readonly (readonly MemberId[])[]): void {
    const { links, world } = this.cluster;
    const words = sides.map((side) => side.join(" ")).join(" | ");
    world.trace.event("lab", ["partition", words], () => `partition: ${words}`);
    const sideOf = (id: MemberId): number => sides.findIndex((side) => side.includes(id));
    for (const from of this.ids) {
      for (const to of this.ids) {
        if (sideOf(from) === sideOf(to)) links.mend(from, to);
        else links.cut(from, to);
      }
    }
  }

  /** Servers reach each other again. */
  connectAll(): void {
    this.partition(this.ids);
  }

  /** A majority, and the others, of whom the leader is one. */
  async partitionAwayFromLeader(): Promise<{ majority: MemberId[]; minority: MemberId[]; leader: Member }> {
    const leader = await this.leader();
    const others = this.ids.filter((id) => id !== leader.id);
    const majority = others.slice(0, Math.floor(this.ids.length / 2) + 1);
    const minority = [...others.slice(majority.length), leader.id];
    this.partition(majority, minority);
    return { majority, minority, leader };
  }

  /** The power goes out everywhere, and comes back. */
  async crashAll(): Promise<void> {
    for (const member of this.cluster.members) member.crash();
    await this.sleep(ELECTION_MS);
    this.cluster.start();
  }

  /** What stands at the end of every scenario. */
  async finish(): Promise<void> {
    const { cluster, history } = this;
    this.connectAll();
    await this.until(() => cluster.isEqual, SETTLE_MS_MAX, "all servers have everything that is committed");
    this.#over = true;
    for (const member of cluster.members) member.checkState();
    assert(history.unsettled === 0, `${history.unsettled} operations have no outcome`);
    history.checkWhole();
    const verdict = checkLinearizable(history.asOperations());
    assert(verdict.outcome === "legal", describeVerdict(verdict));
  }

  /** As TCP shows a bad network to a client: broken connections, and bytes that come late. */
  async #disturbClients(): Promise<void> {
    const { cluster, dice, ids } = this;
    const { clients, links, loop } = cluster;
    for (;;) {
      await this.sleep(dice.between(DISTURB_MS.least, DISTURB_MS.most));
      if (this.#over) return;
      clients.breakSome(BREAK_PERCENT);
      const { id } = cluster.leader ?? { id: dice.pick(ids) };
      for (const name of this.#clients.keys()) {
        const untilUs = loop.nowUs + dice.below(STALL_MS_MAX * 1000);
        links.clog(name, id, untilUs);
        links.clog(id, name, untilUs);
      }
    }
  }
}
