/**
 * One run: a whole cluster on one thread in virtual time, decided by a seed. First trouble, then a liveness
 * phase in which a majority is well and everything else stays as bad as it is, then all is well and everybody
 * has to agree.
 */
import { assert } from "../../src/base/assert.js";
import { checkLinearizable } from "../../src/lin/checker.js";
import { describeVerdict } from "../../src/lin/verdict.js";
import { Cluster } from "./cluster.js";
import { Dice, STREAM } from "./dice.js";
import type { Recorded } from "./history.js";
import { majority } from "./majority.js";
import type { Member } from "./member.js";
import { Nemesis } from "./nemesis.js";
import { makePlan, type Plan } from "./plan.js";
import { checkRest } from "./resting.js";
import { Workload } from "./workload.js";
import type { Counts } from "./world.js";

export interface SimulationReport extends Counts {
  readonly seed: number;
  /** Equal for two runs of one seed, whichever machine and version of Node ran them. */
  readonly hash: string;
  readonly members: number;
  readonly committed: number;
  readonly highestTerm: number;
  readonly steps: number;
  readonly virtualMs: number;
}

/** Throws what the first broken promise has to say. `print` is given one line for each event. */
export async function simulate(
  seed: number,
  print: ((line: string) => void) | null = null,
): Promise<SimulationReport> {
  const simulation = new Simulation(makePlan(seed), print);
  return simulation.cluster.loop.guard(() => simulation.run());
}

/** What lasts longer than the planned trouble lasts until so much has happened. */
const STEPS_MIN = 20_000;
/** A leader stands after so many election timeouts. */
const ELECTION_TIMEOUTS_MAX = 10;
/** What a change of leaders has stirred up comes to rest in so many election timeouts. */
const CALM_ELECTION_TIMEOUTS = 4;
/** Whoever waits is answered in the time that Clerks have at most, and some more to boot and to catch up. */
const SETTLE_US_MAX = 20_000_000;
/** Operations take about as long, or less. */
const HIDING_US_MAX = 20_000;
/** With fewer, nobody leads until whoever has stopped is back. */
const HANDOVER_MEMBERS_MIN = 3;
/** What still runs in the background, snapshots above all, comes to its end. */
const REST_US = 5_000_000;

class Simulation {
  readonly cluster: Cluster;
  readonly #plan: Plan;
  readonly #workload: Workload;
  readonly #nemesis: Nemesis;

  constructor(plan: Plan, print: ((line: string) => void) | null) {
    this.#plan = plan;
    this.cluster = new Cluster(plan, {
      print,
      onDown: (member) => this.#nemesis.onDown(member),
      onLeader: (member) => this.#nemesis.onLeader(member),
      onSnapshotSent: (member) => this.#nemesis.onSnapshotSent(member),
    });
    this.#workload = new Workload(plan, this.cluster);
    this.#nemesis = new Nemesis(plan, this.cluster, this.#workload);
  }

  async run(): Promise<SimulationReport> {
    await this.#trouble();
    await this.#live();
    await this.#converge();
    checkRest(this.cluster);
    await this.#hide();
    this.#checkHistory();
    const { loop, world } = this.cluster;
    return {
      ...world.counts,
      seed: this.#plan.seed,
      hash: world.trace.hash,
      members: this.#plan.ids.length,
      committed: world.consensus.committedIndex,
      highestTerm: world.consensus.highestTerm,
      steps: loop.steps,
      virtualMs: Math.round(loop.nowUs / 1000),
    };
  }

  get #timeoutUs(): number {
    const { electionTimeoutTicks, tickMs } = this.#plan;
    return electionTimeoutTicks * tickMs * 1000;
  }

  async #trouble(): Promise<void> {
    const { loop, peers } = this.cluster;
    const chaosUs = this.#plan.chaosMs * 1000;
    this.cluster.start();
    await loop.runUntil(() => loop.nowUs >= chaosUs && loop.steps >= STEPS_MIN, Number.POSITIVE_INFINITY);
    this.#nemesis.stop();
    this.#workload.stop();
    peers.calmDown();
  }

  /** A majority is well. The others stay as they are: down, asleep, deaf, or shouting into the void. */
  async #live(): Promise<void> {
    const { loop, members } = this.cluster;
    const { seed, ids } = this.#plan;
    const dice = new Dice(seed, STREAM.liveness);
    // Whose disk may be the cause of its end at any moment is not well, whatever is done for it.
    const sound = members.filter(({ rotten }) => !rotten);
    const size = dice.between(majority(ids.length), sound.length);
    const { leader } = this.cluster;
    const isLast = (member: Member): number => (member === leader && lastOfAll ? 1 : 0);
    const lastOfAll = dice.chance(50);
    const order = dice.shuffled(sound).toSorted((a, b) => isLast(a) - isLast(b));
    const well = order.slice(0, size);
    this.cluster.heal(well);
    this.#workload.healLinks();
    const booted = await loop.runUntil(() => well.every(({ status }) => status !== null), SETTLE_US_MAX);
    assert(booted, "every member of the healed majority boots");
    // It may be one of those that were not healed, if it still reaches enough of the others.
    const led = await loop.runUntil(() => this.cluster.isFollowed, ELECTION_TIMEOUTS_MAX * this.#timeoutUs);
    const names = well.map(({ id }) => id).join(", ");
    assert(led, `no leader ${ELECTION_TIMEOUTS_MAX} election timeouts after ${names} were healed`);
    this.#workload.probe();
    const { history } = this.#workload;
    const isServed = (): boolean => this.#workload.unserved === 0 && history.unsettled === 0;
    const served = await loop.runUntil(isServed, SETTLE_US_MAX);
    const { unserved } = this.#workload;
    assert(served, `${unserved} clients are not served, ${history.unsettled} operations have no outcome`);
    await this.#stay(well);
  }

  /** Whoever leads goes on to lead: those who are not well disturb nobody (thesis §9.6). */
  async #stay(well: readonly Member[]): Promise<void> {
    const { loop, world } = this.cluster;
    await loop.runUntil(() => false, CALM_ELECTION_TIMEOUTS * this.#timeoutUs);
    const { leader } = this.cluster;
    if (leader === undefined || !well.includes(leader)) return;
    const { highestTerm } = world.consensus;
    await loop.runUntil(() => false, CALM_ELECTION_TIMEOUTS * this.#timeoutUs);
    assert(
      leader.status?.role === "leader" && world.consensus.highestTerm === highestTerm,
      `${leader.id} led term ${highestTerm} with a healthy majority, and leads no more`,
    );
    await this.#ignore(well, leader);
  }

  /** Somebody who does not hear the leader, and lacks nothing, wants to lead: those who hear it do not listen. */
  async #ignore(well: readonly Member[], leader: Member): Promise<void> {
    const { loop, world, links } = this.cluster;
    const rival = well.find((member) => member !== leader);
    if (rival === undefined || well.length <= majority(this.#plan.ids.length)) return;
    links.cut(leader.id, rival.id);
    rival.linkChanged(leader.id, false);
    world.trace.event("net", ["rival", rival.id], () => `rival: ${rival.id} does not hear ${leader.id}`);
    const { highestTerm } = world.consensus;
    await loop.runUntil(() => false, CALM_ELECTION_TIMEOUTS * this.#timeoutUs);
    assert(world.consensus.highestTerm === highestTerm, `${rival.id} unseats ${leader.id}, whom most hear`);
  }

  /** All is well. What Clerks are there to hide, nobody who uses them may notice. */
  async #hide(): Promise<void> {
    const { cluster } = this;
    const dice = new Dice(this.#plan.seed, STREAM.hiding);
    await this.#unnoticed("connections break", dice, () => cluster.clients.breakSome(100));
    if (cluster.sound.length < HANDOVER_MEMBERS_MIN) return;
    await this.#unnoticed("the leader hands over", dice, () => cluster.leader?.stop());
  }

  async #unnoticed(what: string, dice: Dice, happen: () => void): Promise<void> {
    const { loop } = this.cluster;
    const outcomes: Recorded[] = [];
    const count = this.#workload.ask(outcomes);
    loop.after(dice.skewed(1, HIDING_US_MAX), happen);
    const answered = await loop.runUntil(() => outcomes.length === count, SETTLE_US_MAX);
    assert(answered, `${what}: ${count - outcomes.length} operations have no outcome`);
    // A new leader whose clock is hours ahead ends sessions, of which clients are told.
    const failed = outcomes.find(({ error }) => error !== null && error.code !== "session-expired");
    assert(failed === undefined, `${what}, and ${failed?.op} fails: ${failed?.error?.message}`);
    const ageMsMax = (ELECTION_TIMEOUTS_MAX * this.#timeoutUs) / 1000;
    const old = outcomes.find(
      ({ op, error, behindMs }) => op === "stale" && error === null && (behindMs ?? ageMsMax) >= ageMsMax,
    );
    assert(old === undefined, `${what}, and a member says that it is ${old?.behindMs} ms behind`);
    const equal = await loop.runUntil(() => this.cluster.isEqual, SETTLE_US_MAX);
    assert(equal, `${what}, and the members do not come to hold the same`);
    await loop.runUntil(() => false, REST_US);
  }

  async #converge(): Promise<void> {
    const { cluster } = this;
    const { loop, members, world } = cluster;
    cluster.heal(cluster.sound);
    const isEqual = (): boolean => cluster.isEqual;
    const equal = await loop.runUntil(isEqual, SETTLE_US_MAX);
    const statuses = members.map(
      ({ id, status }) =>
        `${id} ${status?.role} term ${status?.term} ${status?.appliedIndex} of ${status?.lastIndex}`,
    );
    const { committedIndex } = world.consensus;
    assert(equal, `after everything was healed: ${statuses.join(", ")}; ${committedIndex} committed`);
    await loop.runUntil(() => false, REST_US);
    assert(isEqual(), "all members stay at the same index");
  }

  /** By Herlihy and Wing, from what clients saw and nothing else. What is undecided is not proven. */
  #checkHistory(): void {
    const { history } = this.#workload;
    history.checkWhole();
    const verdict = checkLinearizable(history.asOperations());
    assert(verdict.outcome === "legal", describeVerdict(verdict));
  }
}
