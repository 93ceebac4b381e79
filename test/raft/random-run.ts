/**
 * One random life of a cluster, decided by a seed: messages are lost, repeated and reordered, links are
 * cut, disks are slow, members crash between any two steps, snapshots are taken and sent, leadership is
 * handed on. Every step is checked; afterwards everything heals, and the cluster has to live again.
 */
import { assert } from "../../src/base/assert.js";
import { type Random, seededRandom } from "../../src/base/random.js";
import type { MemberId } from "../../src/raft/entry.js";
import type { Message } from "../../src/raft/message.js";
import { Cluster, type Member } from "./cluster.js";
import type { StoredSnapshot } from "./disk.js";

const SIZES = [5, 3, 5, 4, 5, 3, 5, 2, 5, 7, 1] as const;
const TIGHT_LIMITS = {
  appendBytesMax: 1,
  committedBytesMax: 100,
  inflightMessagesMax: 3,
  inflightBytesMax: 150,
  uncommittedBytesMax: 600,
};

/** What a run came to, to show that it was worth something. */
export interface RunReport {
  readonly committed: number;
  readonly readsAnswered: number;
  readonly snapshotsRestored: number;
  readonly crashes: number;
  readonly highestTerm: number;
}

export function runRandomly(seed: number, steps: number): RunReport {
  return new RandomRun(seed).run(steps);
}

type Action = () => void;

class RandomRun {
  readonly #random: Random;
  readonly #cluster: Cluster;
  /** Links that lose everything, as "from>to". */
  readonly #cuts = new Set<string>();
  readonly #slowDisks = new Set<MemberId>();
  /** Neither time nor messages reach them, but nothing is lost: they were stopped, and will wake. */
  readonly #paused = new Set<MemberId>();
  readonly #captured = new Map<MemberId, StoredSnapshot>();
  readonly #actions: readonly { readonly weight: number; readonly act: Action }[];
  readonly #totalWeight: number;
  #contexts = 0;
  #proposals = 0;
  #crashes = 0;
  #restored = 0;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
    const ids = ["a", "b", "c", "d", "e", "f", "g"].slice(0, SIZES[seed % SIZES.length]);
    const pace = this.#chance(50) ? { electionTimeoutTicks: 4, heartbeatTicks: 1 } : {};
    this.#cluster = new Cluster({ ids, seed, ...pace, limits: this.#chance(50) ? TIGHT_LIMITS : {} });
    // Some runs are calm, so that long logs and snapshots come about; others hardly ever get a leader.
    const trouble = [0, 1, 3][seed % 3] ?? 1;
    this.#actions = [
      { weight: 1500, act: () => this.#deliver() },
      { weight: 400, act: () => this.#withMember((member) => this.#cluster.ready(member.id)) },
      { weight: 250, act: () => this.#withMember((member) => this.#write(member)) },
      { weight: 300, act: () => this.#withMember((member) => this.#cluster.tick(member.id)) },
      { weight: 200, act: () => this.#withMember((member) => this.#propose(member)) },
      { weight: 60, act: () => this.#withMember((member) => this.#read(member)) },
      { weight: 250, act: () => this.#withMember((member) => this.#serveChunk(member)) },
      { weight: 250, act: () => this.#withMember((member) => this.#writeChunk(member)) },
      { weight: 60, act: () => this.#withMember((member) => this.#capture(member)) },
      { weight: 90, act: () => this.#withMember((member) => this.#compact(member)) },
      { weight: 4, act: () => this.#withMember((member) => member.node.transferLeadership()) },
      { weight: 10 * trouble, act: () => this.#lose() },
      { weight: 20 * trouble, act: () => this.#repeat() },
      { weight: 3 * trouble, act: () => this.#withMember((member) => this.#crash(member)) },
      { weight: 6, act: () => this.#restart() },
      { weight: 4 * trouble, act: () => this.#partition() },
      { weight: 3, act: () => this.#cuts.clear() },
      { weight: 3, act: () => this.#slowDown() },
      { weight: 3 * trouble, act: () => this.#pause() },
      { weight: 25, act: () => this.#wake() },
      { weight: 25 * trouble, act: () => this.#withMember((member) => this.#depose(member)) },
    ];
    this.#totalWeight = this.#actions.reduce((sum, action) => sum + action.weight, 0);
  }

  run(steps: number): RunReport {
    for (let step = 0; step < steps; step++) this.#act();
    this.#heal();
    const { members, checker } = this.#cluster;
    return {
      committed: checker.committedIndex,
      readsAnswered: checker.answeredReads,
      snapshotsRestored: this.#restored,
      crashes: this.#crashes,
      highestTerm: Math.max(...members.map((member) => member.node.currentTerm)),
    };
  }

  #act(): void {
    let at = this.#random.below(this.#totalWeight);
    for (const { weight, act } of this.#actions) {
      at -= weight;
      if (at >= 0) continue;
      act();
      return;
    }
  }

  #chance(percent: number): boolean {
    return this.#random.below(100) < percent;
  }

  #pick<T>(values: readonly T[]): T | undefined {
    return values.length === 0 ? undefined : values[this.#random.below(values.length)];
  }

  #withMember(act: (member: Member) => void): void {
    const member = this.#pick(this.#cluster.up);
    if (member !== undefined && !this.#paused.has(member.id)) act(member);
  }

  /** Mostly in order, so that pipelines form. */
  #takeMessage(): Message | undefined {
    const { network } = this.#cluster;
    if (network.length > 200) network.splice(0, 100);
    const at = this.#chance(75) ? 0 : this.#random.below(Math.max(network.length, 1));
    const [message] = network.splice(at, 1);
    if (message === undefined || !this.#paused.has(message.to)) return message;
    network.push(message);
    return undefined;
  }

  #isCut(message: Message): boolean {
    return this.#cuts.has(`${message.from}>${message.to}`);
  }

  #deliver(): void {
    const message = this.#takeMessage();
    if (message !== undefined && !this.#isCut(message)) this.#cluster.deliver(message);
  }

  #lose(): void {
    this.#takeMessage();
  }

  #repeat(): void {
    const message = this.#pick(this.#cluster.network);
    if (message === undefined || this.#isCut(message) || this.#paused.has(message.to)) return;
    this.#cluster.deliver(message);
  }

  #write(member: Member): void {
    if (member.up.persist !== null && !this.#slowDisks.has(member.id)) this.#cluster.written(member.id);
  }

  #propose(member: Member): void {
    if (member.node.role !== "leader" && this.#chance(90)) return;
    for (let count = this.#random.below(4); count >= 0; count--) {
      this.#cluster.propose(member.id, `v${this.#proposals++}`);
    }
  }

  #read(member: Member): void {
    this.#cluster.readIndex(member.id, this.#contexts++);
  }

  /** An owner that is busy may let a request go. */
  #serveChunk(member: Member): void {
    if (this.#chance(5)) member.up.chunkRequests.shift();
    else this.#cluster.serveChunk(member.id);
  }

  #writeChunk(member: Member): void {
    const before = member.node.snapshotMetadata.lastIncludedIndex;
    this.#cluster.writeChunk(member.id, { isDamaged: this.#chance(5) });
    if (member.node.snapshotMetadata.lastIncludedIndex > before) this.#restored++;
  }

  #capture(member: Member): void {
    if (member.up.applied > 0) this.#captured.set(member.id, this.#cluster.capture(member.id));
  }

  #compact(member: Member): void {
    const snapshot = this.#captured.get(member.id);
    this.#captured.delete(member.id);
    if (snapshot === undefined) return;
    const kept = this.#chance(70) ? this.#random.below(4) : 20;
    this.#cluster.compact(member.id, snapshot, Math.max(1, snapshot.metadata.lastIncludedIndex + 1 - kept));
  }

  #crash(member: Member): void {
    this.#crashes++;
    this.#captured.delete(member.id);
    this.#cluster.crash(member.id, { isWritten: this.#chance(50) });
  }

  #restart(): void {
    const down = this.#pick(this.#cluster.members.filter((member) => member.running === null));
    if (down !== undefined) this.#cluster.start(down.id);
  }

  #pause(): void {
    const member = this.#pick(this.#cluster.members);
    if (member !== undefined) this.#paused.add(member.id);
  }

  /** Whoever wakes goes on where it was, before it hears of anything that has happened since (PITFALLS 31). */
  #wake(): void {
    const id = this.#pick([...this.#paused]);
    if (id === undefined) return;
    const member = this.#cluster.member(id);
    const isLeader = member.running?.node.role === "leader";
    // Leaders mostly sleep until there is another.
    if (isLeader && this.#cluster.leaders().length === 1 && this.#chance(90)) return;
    this.#paused.delete(id);
    if (!isLeader) return;
    this.#read(member);
    this.#propose(member);
    if (this.#chance(50)) this.#cluster.ready(id);
  }

  /** Leaders meet with accidents more often than others. */
  #depose(member: Member): void {
    if (member.node.role !== "leader") return;
    if (this.#chance(30)) this.#crash(member);
    else this.#paused.add(member.id);
  }

  #slowDown(): void {
    this.#slowDisks.clear();
    const member = this.#pick(this.#cluster.members);
    if (member !== undefined && this.#chance(50)) this.#slowDisks.add(member.id);
  }

  #partition(): void {
    this.#cuts.clear();
    const ids = this.#cluster.members.map((member) => member.id);
    const shape = this.#pick(["split", "bridge", "isolated", "isolated", "one-way", "mess"] as const);
    const side = new Set(ids.filter(() => this.#chance(50)));
    const alone = this.#pick(ids);
    for (const from of ids) {
      for (const to of ids) {
        const isApart = side.has(from) !== side.has(to);
        const isCut =
          (shape === "split" && isApart) ||
          (shape === "bridge" && isApart && from !== alone && to !== alone) ||
          (shape === "isolated" && (from === alone || to === alone)) ||
          (shape === "one-way" && to === alone) ||
          (shape === "mess" && this.#chance(40));
        if (isCut) this.#cuts.add(`${from}>${to}`);
      }
    }
  }

  /** Whatever has happened: with everything in order again there is a leader, and it gets things done everywhere. */
  #heal(): void {
    const cluster = this.#cluster;
    for (const { id, running } of cluster.members) if (running === null) cluster.start(id);
    const { electionTimeoutTicks } = cluster.options;
    for (let tick = 0; tick < 10 * electionTimeoutTicks; tick++) this.#tickAll();
    const [leader, ...others] = cluster.leaders();
    assert(leader !== undefined && others.length === 0, `${cluster.leaders().length} leaders after healing`);
    const result = cluster.propose(leader, "healed");
    assert(result.kind === "proposed", `after healing a proposal is ${result.kind}`);
    for (const { id } of cluster.members) this.#read(cluster.member(id));
    for (let tick = 0; tick < 2 * electionTimeoutTicks; tick++) this.#tickAll();
    for (const { id, up } of cluster.members) {
      assert(up.applied === cluster.checker.committedIndex, `${id} has applied ${up.applied}`);
      assert(up.applied >= result.index, `${id} has not applied what was proposed after healing`);
      assert(up.node.leaderId === leader, `${id} does not follow ${leader}`);
      assert(up.node.durableIndex === up.node.lastIndex, `${id} has not written everything`);
    }
    assert(cluster.checker.openReads === 0, `${cluster.checker.openReads} reads are never answered`);
  }

  #tickAll(): void {
    for (const { id } of this.#cluster.members) this.#cluster.tick(id);
    this.#cluster.settle();
  }
}
