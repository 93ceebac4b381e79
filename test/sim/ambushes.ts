/**
 * Troubles of several parts, each made to break one rule: what they need for it hardly ever comes together
 * by chance.
 */
import type { Message } from "../../src/raft/message.js";
import type { Cluster } from "./cluster.js";
import type { Dice } from "./dice.js";
import { PlannedFate } from "./disk-fate.js";
import type { Member } from "./member.js";
import { bothWays, type Cut, pairs } from "./partitions.js";

/** What trouble can be made with; all of it ends with the trouble itself. */
export interface Means {
  readonly dice: Dice;
  /** It starts again after a while. */
  crash(member: Member): void;
  pause(member: Member, durationMs: number): void;
  cutFor(durationMs: number, name: string, cuts: readonly Cut[]): void;
  later(delayMs: number, run: () => void): void;
  /** Clients ask for more than usual, at once. */
  hurry(): void;
}

const LOOK_MS = 5;
/** Nobody took over by then, or it went on too far. */
const ASTRAY_ELECTION_TIMEOUTS = 15;
/** What waits for longer is lost: no snapshot was needed. */
const OVERTAKING_MS_MAX = 2000;

export class Ambushes {
  readonly #cluster: Cluster;
  readonly #means: Means;

  constructor(cluster: Cluster, means: Means) {
    this.#cluster = cluster;
    this.#means = means;
  }

  /**
   * Nobody hears it any more, and it sleeps, or its clock is slow, until others have a new leader: its clients
   * are still there. What the others sent before may reach it only then (PITFALLS 27, 29, 31).
   */
  makeStale(member: Member): void {
    const { dice, pause, cutFor, later } = this.#means;
    const { links, loop, world } = this.#cluster;
    const { ids, heartbeatTicks, electionTimeoutTicks, tickMs } = world.plan;
    const timeoutMs = electionTimeoutTicks * tickMs;
    const others = ids.filter((id) => id !== member.id);
    const mute = pairs([member.id], others);
    const alone = bothWays([member.id], others);
    const beginsMs = dice.skewed(0, 50);
    switch (dice.below(3)) {
      case 0: {
        const durationMs = dice.between(2, 8) * timeoutMs;
        later(beginsMs, () => {
          cutFor(durationMs, `${member.id} asleep`, alone);
          pause(member, dice.between(1, durationMs));
        });
        break;
      }
      case 1:
        later(beginsMs, () => {
          cutFor(dice.between(timeoutMs, 4 * timeoutMs), `${member.id} alone`, alone);
          this.#slowDown(member, 4 * timeoutMs);
        });
        break;
      default: {
        const durationMs = dice.between(timeoutMs, 3 * timeoutMs);
        for (const id of others) links.clog(id, member.id, loop.nowUs + durationMs * 1000);
        this.#slowDown(member, durationMs);
        // A round of heartbeats has left by then.
        later(dice.between(1, 2 * heartbeatTicks * tickMs), () =>
          cutFor(durationMs, `${member.id} mute`, mute),
        );
      }
    }
  }

  /**
   * What it appends to a follower stays on its way until a snapshot for that follower has left as a whole, and then
   * gets there while it is installed. The leader sleeps by then: so it acknowledges entries that
   * follow the snapshot without hearing that any of them is committed (figure 13, rule 6).
   */
  overtakeSnapshot(leader: Member): void {
    const { dice, pause, later } = this.#means;
    const { peers, world } = this.#cluster;
    const { ids, electionTimeoutTicks, tickMs } = world.plan;
    const [follower] = dice.shuffled(ids.filter((id) => id !== leader.id));
    const kept: { readonly leaderCommit: number; readonly goOn: () => void }[] = [];
    const detain = (message: Message, goOn: () => void): boolean => {
      if (message.from !== leader.id || message.to !== follower) return false;
      if (message.type === "appendEntries" && message.entries.length > 0) {
        kept.push({ leaderCommit: message.leaderCommit, goOn });
        return true;
      }
      if (message.type !== "installSnapshot" || !message.done) return false;
      for (const { leaderCommit, goOn: arrive } of kept) {
        if (leaderCommit < message.lastIncludedIndex) arrive();
      }
      peers.detain = null;
      pause(leader, dice.between(1, 4 * electionTimeoutTicks * tickMs));
      return false;
    };
    peers.detain = detain;
    later(OVERTAKING_MS_MAX, () => {
      if (peers.detain === detain) peers.detain = null;
    });
  }

  /**
   * Cut off from the others, it takes entries that none of them will ever have, and comes back when its successor has a snapshot that
   * ends among them: it contradicts the log that it is installed over (figure 13, rule 7; PITFALLS 17). Then the power goes out.
   */
  leadAstray(leader: Member): void {
    const { dice, later, hurry } = this.#means;
    const { links, world } = this.#cluster;
    const { ids, electionTimeoutTicks, tickMs } = world.plan;
    const others = ids.filter((id) => id !== leader.id);
    const cuts = bothWays([leader.id], others);
    world.trace.event("net", ["astray", leader.id], () => `${leader.id} is led astray`);
    for (const [from, to] of cuts) links.cut(from, to);
    hurry();
    const look = (left: number): void => {
      const isAstray = this.#isContradicted(leader);
      if (!isAstray && left > 0) {
        later(LOOK_MS, () => look(left - 1));
        return;
      }
      for (const [from, to] of cuts) links.mend(from, to);
      if (!isAstray) return;
      leader.planFate(new PlannedFate("crash", { of: "after-deletion", after: dice.skewed(0, 3) }));
    };
    look((ASTRAY_ELECTION_TIMEOUTS * electionTimeoutTicks * tickMs) / LOOK_MS);
  }

  /** Whoever leads now has a snapshot that ends where `member` holds entries which were not committed. */
  #isContradicted({ status }: Member): boolean {
    const { leader } = this.#cluster;
    if (status === null || leader?.status == null || leader.id === status.id) return false;
    const { snapshotIndex } = leader.status;
    return snapshotIndex > status.commitIndex && snapshotIndex < status.lastIndex;
  }

  /** Messages to one life arrive in the next, which may have come just as far (PITFALLS 28). */
  crashAgainAndAgain(member: Member): void {
    const { dice, crash, later } = this.#means;
    const periodMs = dice.skewed(100, 1500);
    for (let times = dice.between(2, 8); times > 0; times--) {
      later(times * periodMs, () => crash(member));
    }
  }

  #slowDown(member: Member, durationMs: number): void {
    member.drift = 2;
    this.#means.later(durationMs, () => {
      member.drift = 1;
    });
  }
}
