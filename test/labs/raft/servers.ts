/**
 * The servers of one scenario, by number from 0: each is cut off and connected, crashed and started, and they
 * are asked who leads. What is proposed to them is for `commands.ts`.
 */

import { assert } from "../../../src/base/assert.js";
import type { MemberStatus } from "../../../src/wire/client-message.js";
import type { Cluster } from "../../sim/cluster.js";
import type { Dice } from "../../sim/dice.js";
import type { Member } from "../../sim/member.js";
import { expect } from "./expect.js";
import type { Sleep } from "./raft-lab.js";

/** A leader is looked for so often, about every half second: 5 s in all. */
const LEADER_LOOKS = 10;

export class Servers {
  /** All their numbers. */
  readonly all: readonly number[];
  readonly #cluster: Cluster;
  readonly #dice: Dice;
  readonly #sleep: Sleep;
  readonly #connected: boolean[];

  constructor(cluster: Cluster, dice: Dice, sleep: Sleep) {
    this.all = [...cluster.members.keys()];
    this.#cluster = cluster;
    this.#dice = dice;
    this.#sleep = sleep;
    this.#connected = this.all.map(() => true);
  }

  any(): number {
    return this.#dice.pick(this.all);
  }

  /** The one that comes so many places after `server`; the first comes after the last. */
  after(server: number, places: number): number {
    return (server + places) % this.all.length;
  }

  member(server: number): Member {
    const member = this.#cluster.members[server];
    assert(member !== undefined, `there is a server ${server}`);
    return member;
  }

  isUp(server: number): boolean {
    return this.member(server).up;
  }

  isConnected(server: number): boolean {
    return this.#connected[server] === true;
  }

  /** Nothing passes between them and any other, not even what is on its way. */
  cut(...servers: readonly number[]): void {
    for (const server of servers) this.#connected[server] = false;
    this.#wire();
  }

  connect(...servers: readonly number[]): void {
    for (const server of servers) this.#connected[server] = true;
    this.#wire();
  }

  /** The power goes out: of what was not durable, any part may be lost. */
  crash(...servers: readonly number[]): void {
    for (const server of servers) this.member(server).crash();
  }

  start(...servers: readonly number[]): void {
    for (const server of servers) this.member(server).start();
  }

  /** Null while it is down or boots. */
  status(server: number): MemberStatus | null {
    return this.member(server).status;
  }

  leads(server: number): boolean {
    return this.status(server)?.role === "leader";
  }

  /** Of those that are connected, the leader of the highest term. There has to be one within 5 s. */
  async checkOneLeader(): Promise<number> {
    for (let look = 0; look < LEADER_LOOKS; look++) {
      await this.#sleep(this.#dice.between(450, 549));
      const leaders = new Map<number, number>();
      for (const server of this.#leaders()) {
        const term = this.#termOf(server);
        const other = leaders.get(term);
        expect(other === undefined, `one leader a term, and ${other} and ${server} lead term ${term}`);
        leaders.set(term, server);
      }
      const leader = leaders.get(Math.max(...leaders.keys()));
      if (leader !== undefined) return leader;
    }
    expect(false, `a leader within 5 s; there are ${this.describe()}`);
  }

  checkNoLeader(): void {
    expect(this.#leaders().length === 0, `no leader without a majority; there are ${this.describe()}`);
  }

  /** The one term in which all are that are connected. */
  checkTerms(): number {
    const terms = new Set(
      this.all.filter((each) => this.isConnected(each)).map((each) => this.#termOf(each)),
    );
    const [term] = terms;
    expect(term !== undefined && terms.size === 1, `one term for all; there are ${this.describe()}`);
    return term;
  }

  describe(): string {
    const words = this.all.map((server) => {
      const status = this.status(server);
      const cut = this.isConnected(server) ? "" : " cut off";
      if (status === null) return `${server}${cut} down`;
      const { role, term, lastIndex, appliedIndex } = status;
      return `${server}${cut} ${role} of term ${term} with ${appliedIndex} applied of ${lastIndex}`;
    });
    return words.join(", ");
  }

  #leaders(): number[] {
    return this.all.filter((server) => this.isConnected(server) && this.leads(server));
  }

  #termOf(server: number): number {
    return this.status(server)?.term ?? 0;
  }

  #wire(): void {
    const { links, members } = this.#cluster;
    for (const [i, from] of members.entries()) {
      for (const [j, to] of members.entries()) {
        if (this.isConnected(i) && this.isConnected(j)) links.mend(from.id, to.id);
        else links.cut(from.id, to.id);
      }
    }
  }
}
