/**
 * The commands of one scenario: proposed to a server, or agreed on by whoever leads, and looked for afterwards.
 *
 * The suite's log has nothing but commands in it. Here there are also the no-ops of new leaders, the logged clock, the
 * opening of the client's session, and what was proposed twice. So the suite's index of a command is its place among
 * the commands that took effect.
 */

import type { Cluster } from "../../sim/cluster.js";
import { expect } from "./expect.js";
import type { Sleep } from "./raft-lab.js";
import type { Servers } from "./servers.js";
import { type Proposal, SuiteClient } from "./suite-client.js";

export interface Agreement {
  /** So many servers have to apply it. */
  readonly by: number;
  /** Proposed again as long as nobody has heard of it. Otherwise the first attempt has to do. */
  readonly retry: boolean;
  /** Of its value, at least. */
  readonly valueBytes?: number;
}

const AGREEMENT_MS = 10_000;
/** Then the command is proposed again. */
const ATTEMPT_MS = 2000;
const POLL_MS = 20;
const NO_LEADER_POLL_MS = 50;
const SESSION_POLL_MS = 100;

export class Commands {
  readonly #cluster: Cluster;
  readonly #servers: Servers;
  readonly #sleep: Sleep;
  readonly #client: SuiteClient;
  /** Who is asked first whether it leads. */
  #first = 0;

  constructor(cluster: Cluster, servers: Servers, sleep: Sleep) {
    this.#cluster = cluster;
    this.#servers = servers;
    this.#sleep = sleep;
    this.#client = new SuiteClient(cluster);
  }

  /** Before the first command; `one` sees to it by itself. */
  async openSession(): Promise<void> {
    const endUs = this.#endUs(AGREEMENT_MS);
    while (!this.#client.isOpen) {
      this.#before(endUs, "a session");
      const leader = this.#leader();
      if (leader !== undefined) this.#client.open(this.#servers.member(leader).id);
      await this.#sleep(SESSION_POLL_MS);
    }
  }

  make(valueBytes = 0): Proposal {
    return this.#client.make(valueBytes);
  }

  /**
   * Proposes a new command, or `again` that one, to a server. Null where it does not lead. Otherwise the command
   * arrives in a moment, and nothing more is promised.
   */
  propose(server: number, again?: Proposal): Proposal | null {
    if (!this.#servers.leads(server)) return null;
    const proposal = again ?? this.make();
    this.#client.propose(this.#servers.member(server).id, proposal);
    return proposal;
  }

  /** As `propose`, to a server that has to lead. */
  proposeToLeader(server: number): Proposal {
    const proposal = this.propose(server);
    expect(proposal !== null, `${server} to lead still; there are ${this.#servers.describe()}`);
    return proposal;
  }

  /** Gets one new command agreed on within 10 s, whoever leads of those that are connected. */
  async one({ by, retry, valueBytes = 0 }: Agreement): Promise<Proposal> {
    const endUs = this.#endUs(AGREEMENT_MS);
    await this.openSession();
    const proposal = this.make(valueBytes);
    for (;;) {
      this.#before(endUs, `${by} servers to apply ${proposal.name}`);
      const leader = this.#leader();
      if (leader === undefined) {
        await this.#sleep(NO_LEADER_POLL_MS);
        continue;
      }
      this.propose(leader, proposal);
      const attemptEndUs = Math.min(endUs, this.#endUs(ATTEMPT_MS));
      while (this.#cluster.loop.nowUs < attemptEndUs) {
        await this.#sleep(POLL_MS);
        if (this.appliedBy(proposal) >= by) return proposal;
      }
      if (!retry) this.#before(0, `${by} servers to apply ${proposal.name} at the first attempt`);
    }
  }

  /** Waits for a command that was proposed before. */
  async wait(proposal: Proposal, by: number): Promise<void> {
    const endUs = this.#endUs(AGREEMENT_MS);
    while (this.appliedBy(proposal) < by) {
      this.#before(endUs, `${by} servers to apply ${proposal.name}`);
      await this.#sleep(POLL_MS);
    }
  }

  checkNoAgreement(proposal: Proposal): void {
    const applied = this.appliedBy(proposal);
    expect(
      applied === 0,
      `nothing committed without a majority, and ${applied} have applied ${proposal.name}`,
    );
  }

  /** In the log as it is; undefined while it is not committed. */
  indexOf({ name }: Proposal): number | undefined {
    return this.#cluster.world.service.effectOf(name);
  }

  /** The suite's index. */
  placeOf(proposal: Proposal): number | undefined {
    const index = this.indexOf(proposal);
    return index === undefined ? undefined : this.#effects.filter((effect) => effect <= index).length;
  }

  /** How many have taken effect: the suite's highest index. */
  get count(): number {
    return this.#effects.length;
  }

  /** How many servers have applied it. */
  appliedBy(proposal: Proposal): number {
    const index = this.indexOf(proposal);
    if (index === undefined) return 0;
    return this.#servers.all.filter((server) => (this.#servers.status(server)?.appliedIndex ?? 0) >= index)
      .length;
  }

  get #effects(): number[] {
    return this.#client.proposals.flatMap((proposal) => this.indexOf(proposal) ?? []);
  }

  /** Each time another one is asked first. */
  #leader(): number | undefined {
    const { all } = this.#servers;
    this.#first = (this.#first + 1) % all.length;
    return [...all.slice(this.#first), ...all.slice(0, this.#first)].find(
      (server) => this.#servers.isConnected(server) && this.#servers.leads(server),
    );
  }

  #endUs(ms: number): number {
    return this.#cluster.loop.nowUs + ms * 1000;
  }

  #before(endUs: number, expected: string): void {
    const { nowUs } = this.#cluster.loop;
    expect(nowUs < endUs, `${expected} in time; there are ${this.#servers.describe()}`);
  }
}
