/** Brings trouble of the planned kinds, at drawn moments, and takes most of it back after a while. */
import { unreachable } from "../../src/base/assert.js";
import { Ambushes } from "./ambushes.js";
import type { Cluster } from "./cluster.js";
import { Coups } from "./coups.js";
import { Dice, STREAM } from "./dice.js";
import { PlannedFate } from "./disk-fate.js";
import { majority } from "./majority.js";
import type { Member } from "./member.js";
import { bothWays, type Cut, drawPartition, pairs } from "./partitions.js";
import type { Plan, Trouble } from "./plan.js";
import type { Workload } from "./workload.js";

const HOUR_MS = 3_600_000;

export class Nemesis {
  readonly #plan: Plan;
  readonly #cluster: Cluster;
  readonly #workload: Workload;
  readonly #dice: Dice;
  readonly #coups: Coups;
  readonly #ambushes: Ambushes;
  #active = true;

  constructor(plan: Plan, cluster: Cluster, workload: Workload) {
    this.#plan = plan;
    this.#cluster = cluster;
    this.#workload = workload;
    this.#dice = new Dice(plan.seed, STREAM.nemesis);
    const means = {
      dice: this.#dice,
      crash: (member: Member) => this.#crash(member),
      pause: (member: Member, durationMs: number) => this.#pause(member, durationMs),
      cutFor: (durationMs: number, name: string, cuts: readonly Cut[]) =>
        this.#cutFor(durationMs, name, cuts),
      later: (delayMs: number, run: () => void) => this.#later(delayMs, run),
      hurry: () => workload.hurry(),
    };
    this.#coups = new Coups(cluster, means);
    this.#ambushes = new Ambushes(cluster, means);
    if (plan.troubles.length > 0) this.#strikeLater();
  }

  /** Everything stays as it is: no more trouble, and none is taken back. */
  stop(): void {
    this.#active = false;
    const { troubles } = this.#plan;
    if (troubles.includes("partition") && this.#dice.chance(50)) this.#partition(this.#target());
    if (troubles.includes("cut-link") && this.#dice.chance(50)) this.#deafen(this.#target());
  }

  /** A member has ended in a way that it had coming: it is started again, if things go on. */
  onDown(member: Member): void {
    const delayMs = this.#dice.chance(30) ? 1 : this.#dice.skewed(5, 4000);
    this.#later(delayMs, () => member.start());
  }

  /** It leads a new term. */
  onLeader(member: Member): void {
    this.#coups.onLeader(member);
  }

  /** It is about to be installed, which takes several changes of the disk. */
  onSnapshotSent(member: Member): void {
    if (!this.#active || !this.#plan.troubles.includes("crash-at-name") || this.#dice.chance(70)) return;
    member.planFate(new PlannedFate("crash", { of: "after-snapshot", after: this.#dice.skewed(0, 12) }));
  }

  #strikeLater(): void {
    this.#later(this.#dice.between(1, 2 * this.#plan.troubleMs), () => {
      this.#strike(this.#dice.pick(this.#plan.troubles));
      this.#strikeLater();
    });
  }

  #strike(trouble: Trouble): void {
    const dice = this.#dice;
    const { clients, members } = this.#cluster;
    const member = this.#target();
    switch (trouble) {
      case "partition":
        this.#partition(member);
        break;
      case "coup":
        this.#coups.begin();
        break;
      case "stale-leader":
        this.#ambushes.makeStale(this.#cluster.leader ?? member);
        break;
      case "crash-loop":
        this.#ambushes.crashAgainAndAgain(member);
        break;
      case "late-entries":
        this.#ambushes.overtakeSnapshot(this.#cluster.leader ?? member);
        break;
      case "lead-astray":
        this.#ambushes.leadAstray(this.#cluster.leader ?? member);
        break;
      case "cut-link":
        this.#cutLink();
        break;
      case "clog-link":
        this.#clogLink();
        break;
      case "break-link":
        this.#breakLink();
        break;
      case "crash":
        this.#crash(member);
        break;
      case "crash-all":
        for (const each of members) if (dice.chance(80)) this.#crash(each);
        break;
      case "crash-at-write":
        member.planFate(new PlannedFate("crash", { of: "all", after: dice.skewed(0, 60) }));
        break;
      case "torn-write":
        member.planFate(new PlannedFate("crash", { of: "long-writes", after: dice.skewed(0, 5) }));
        break;
      case "crash-at-name":
        if (dice.chance(50))
          member.planFate(new PlannedFate("crash", { of: "names", after: dice.skewed(0, 10) }));
        else member.planFate(new PlannedFate("crash", { of: "after-snapshot", after: dice.skewed(0, 20) }));
        break;
      case "disk-fault":
        member.planFate(
          new PlannedFate(dice.pick(["EIO", "ENOSPC"]), { of: "all", after: dice.skewed(0, 60) }),
        );
        break;
      case "bit-rot":
        this.#rot(member);
        break;
      case "stop":
        member.stop();
        break;
      case "pause":
        this.#pause(member, dice.skewed(20, 4000));
        break;
      case "slow-disk":
        this.#slowDisk(member);
        break;
      case "drift":
        member.drift = dice.between(50, 200) / 100;
        break;
      case "wall-clock":
        member.wallOffsetMs = dice.between(-2 * HOUR_MS, 2 * HOUR_MS);
        break;
      case "break-clients":
        clients.breakSome(dice.pick([10, 50, 100]));
        break;
      case "cut-client":
        this.#cutClient(member);
        break;
      case "close-clerk":
        this.#workload.replaceOne(dice);
        break;
      default:
        unreachable(trouble);
    }
  }

  /** Often the leader: there it hurts most. */
  #target(): Member {
    const { leader, members } = this.#cluster;
    return leader !== undefined && this.#dice.chance(50) ? leader : this.#dice.pick(members);
  }

  #partition(first: Member): void {
    const { name, cuts } = drawPartition(this.#dice, this.#plan.ids, first.id);
    this.#cutFor(this.#dice.skewed(100, 6000), name, cuts);
  }

  /** Its heartbeats keep the others from electing, and it learns of nothing (CheckQuorum, thesis §6.2). */
  #deafen(member: Member): void {
    const others = this.#plan.ids.filter((id) => id !== member.id);
    this.#cutFor(this.#dice.skewed(100, 6000), `all to ${member.id}`, pairs(others, [member.id]));
  }

  #pause(member: Member, durationMs: number): void {
    member.pause();
    this.#later(durationMs, () => member.resume());
  }

  #cutLink(): void {
    const [from, to] = this.#pair();
    this.#cutFor(this.#dice.skewed(100, 6000), `${from} to ${to}`, [[from, to]]);
  }

  #clogLink(): void {
    const [from, to] = this.#pair();
    const forUs = this.#dice.skewed(20, 3000) * 1000;
    this.#tell("clogged", `${from} to ${to} for ${forUs / 1000} ms`);
    this.#cluster.links.clog(from, to, this.#cluster.loop.nowUs + forUs);
  }

  /** A connection breaks though both processes live on; it stands again soon, or one of them only believes so. */
  #breakLink(): void {
    const dice = this.#dice;
    const { peers } = this.#cluster;
    const [at, peer] = this.#pair();
    let beginsMs = 0;
    for (let times = dice.skewed(1, 20); times > 0; times--) {
      this.#later(beginsMs, () => peers.changeLink(at, peer, false));
      beginsMs += dice.skewed(1, 1000);
      if (dice.chance(80)) this.#later(beginsMs, () => peers.changeLink(at, peer, true));
    }
  }

  #crash(member: Member): void {
    if (!member.up) return;
    member.crash();
    this.onDown(member);
  }

  /** So many good copies stay that a majority has them. It notices at once, or in a later life. */
  #rot(member: Member): void {
    const { members } = this.#cluster;
    const good = members.filter(({ rotten }) => !rotten).length;
    if (member.rotten || good <= majority(members.length)) return;
    if (this.#dice.chance(70)) this.#crash(member);
    member.rot();
  }

  #slowDisk(member: Member): void {
    member.diskSlowness = this.#dice.between(5, 50);
    this.#later(this.#dice.skewed(100, 4000), () => {
      member.diskSlowness = 1;
    });
  }

  #cutClient(member: Member): void {
    const { name } = this.#dice.pick(this.#plan.clerks);
    const ways = bothWays([name], [member.id]);
    const cuts = this.#dice.chance(50) ? ways : [this.#dice.pick(ways)];
    this.#cutFor(this.#dice.skewed(100, 6000), `${name} and ${member.id}`, cuts);
  }

  #cutFor(durationMs: number, name: string, cuts: readonly Cut[]): void {
    const { links } = this.#cluster;
    this.#tell("cut", name);
    for (const [from, to] of cuts) links.cut(from, to);
    this.#later(durationMs, () => {
      this.#tell("mended", name);
      for (const [from, to] of cuts) links.mend(from, to);
    });
  }

  /** In a cluster of one, a link of it to itself: harmless. */
  #pair(): [string, string] {
    const [from = "", to = from] = this.#dice.shuffled(this.#plan.ids);
    return [from, to];
  }

  #later(delayMs: number, run: () => void): void {
    this.#cluster.loop.after(delayMs * 1000, () => {
      if (this.#active) run();
    });
  }

  #tell(what: string, words: string): void {
    this.#cluster.world.trace.event("net", [what, words], () => `${what}: ${words}`);
  }
}
