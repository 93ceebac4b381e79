/** Brings trouble of the planned kinds, at drawn moments, and takes most of it back after a while. */
import { unreachable } from "../../src/base/assert.js";
import type { Cluster } from "./cluster.js";
import { Dice, STREAM } from "./dice.js";
import type { Member } from "./member.js";
import { drawPartition } from "./partitions.js";
import type { Plan, Trouble } from "./plan.js";
import type { Workload } from "./workload.js";

const HOUR_MS = 3_600_000;

export class Nemesis {
  readonly #plan: Plan;
  readonly #cluster: Cluster;
  readonly #workload: Workload;
  readonly #dice: Dice;
  #active = true;

  constructor(plan: Plan, cluster: Cluster, workload: Workload) {
    this.#plan = plan;
    this.#cluster = cluster;
    this.#workload = workload;
    this.#dice = new Dice(plan.seed, STREAM.nemesis);
    if (plan.troubles.length > 0) this.#strikeLater();
  }

  /** Everything stays as it is: no more trouble, and none is taken back. */
  stop(): void {
    this.#active = false;
  }

  /** A member has ended in a way that it had coming: it is started again, if things go on. */
  onDown(member: Member): void {
    this.#later(this.#dice.skewed(5, 4000), () => member.start());
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
      case "churn":
        this.#churn(dice.between(2, 8));
        break;
      case "cut-link":
        this.#cutLink();
        break;
      case "clog-link":
        this.#clogLink();
        break;
      case "crash":
        this.#crash(member);
        break;
      case "crash-all":
        for (const each of members) if (dice.chance(80)) this.#crash(each);
        break;
      case "crash-at-write":
        member.planFate("crash", dice.skewed(0, 60));
        break;
      case "disk-fault":
        member.planFate(dice.pick(["EIO", "ENOSPC"]), dice.skewed(0, 60));
        break;
      case "stop":
        member.stop();
        break;
      case "pause":
        member.pause();
        this.#later(dice.skewed(20, 4000), () => member.resume());
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
    const { members } = this.#cluster;
    const leader = members.find(({ status }) => status?.role === "leader");
    return leader !== undefined && this.#dice.chance(50) ? leader : this.#dice.pick(members);
  }

  #partition(first: Member): void {
    const { links } = this.#cluster;
    const { name, cuts } = drawPartition(this.#dice, this.#plan.ids, first.id);
    this.#tell("partition", name);
    for (const [from, to] of cuts) links.cut(from, to);
    this.#later(this.#dice.skewed(100, 6000), () => {
      this.#tell("mended", name);
      for (const [from, to] of cuts) links.mend(from, to);
    });
  }

  /** Strikes whoever leads, again and again, each time about when the next leader has come up (figure 8). */
  #churn(times: number): void {
    const { members } = this.#cluster;
    const { electionTimeoutTicks, tickMs } = this.#plan;
    const leader = members.find(({ status }) => status?.role === "leader");
    if (leader !== undefined) this.#depose(leader);
    if (times > 1)
      this.#later(this.#dice.between(1, 2 * electionTimeoutTicks * tickMs), () => this.#churn(times - 1));
  }

  #depose(leader: Member): void {
    const { links } = this.#cluster;
    if (this.#dice.chance(50)) {
      this.#crash(leader);
      return;
    }
    this.#tell("deposed", leader.id);
    // It still reaches some, so that what it has appended is on a few disks.
    const others = this.#plan.ids.filter((id) => id !== leader.id && this.#dice.chance(70));
    for (const id of others) links.cut(leader.id, id);
    this.#later(this.#dice.skewed(50, 3000), () => {
      for (const id of others) links.mend(leader.id, id);
    });
  }

  #cutLink(): void {
    const { links } = this.#cluster;
    const [from, to] = this.#pair();
    this.#tell("cut", `${from} to ${to}`);
    links.cut(from, to);
    this.#later(this.#dice.skewed(100, 6000), () => links.mend(from, to));
  }

  #clogLink(): void {
    const [from, to] = this.#pair();
    const forUs = this.#dice.skewed(20, 3000) * 1000;
    this.#tell("clogged", `${from} to ${to} for ${forUs / 1000} ms`);
    this.#cluster.links.clog(from, to, this.#cluster.loop.nowUs + forUs);
  }

  #crash(member: Member): void {
    if (!member.up) return;
    member.crash();
    this.onDown(member);
  }

  #slowDisk(member: Member): void {
    member.diskSlowness = this.#dice.between(5, 50);
    this.#later(this.#dice.skewed(100, 4000), () => {
      member.diskSlowness = 1;
    });
  }

  #cutClient(member: Member): void {
    const { links } = this.#cluster;
    const { name } = this.#dice.pick(this.#plan.clerks);
    const ways: [string, string][] = [
      [name, member.id],
      [member.id, name],
    ];
    const cut = this.#dice.chance(50) ? ways : [this.#dice.pick(ways)];
    for (const [from, to] of cut) links.cut(from, to);
    this.#later(this.#dice.skewed(100, 6000), () => {
      for (const [from, to] of cut) links.mend(from, to);
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
