/**
 * A whole cluster on one thread in virtual time: members, the networks between them and to their clients, and
 * the checkers that hold every step against Raft's properties. Nothing happens to it by itself.
 */
import { assert } from "../../src/base/assert.js";
import type { MemberId } from "../../src/raft/entry.js";
import type { MemberStatus } from "../../src/wire/client-message.js";
import { ClientNetwork } from "./client-network.js";
import type { ClusterPlan } from "./cluster-plan.js";
import { ConsensusChecker } from "./consensus-checker.js";
import { Dice, STREAM } from "./dice.js";
import { EventLoop } from "./event-loop.js";
import { Links } from "./links.js";
import { majority } from "./majority.js";
import { Member } from "./member.js";
import { PeerNetwork } from "./peer-network.js";
import { ReadChecker } from "./read-checker.js";
import { ServiceModel } from "./service-model.js";
import { Trace } from "./trace.js";
import { noCounts, type World } from "./world.js";

export interface ClusterOptions {
  /** Given one line for each event. */
  readonly print: ((line: string) => void) | null;
  /** A member has ended by itself, or by what was planned for its disk. */
  readonly onDown: (member: Member) => void;
  /** It leads a new term. */
  readonly onLeader?: (member: Member) => void;
  /** The last part of a snapshot is sent to it. */
  readonly onSnapshotSent?: (member: Member) => void;
}

export class Cluster {
  readonly world: World;
  readonly loop = new EventLoop();
  readonly links = new Links();
  readonly peers: PeerNetwork;
  readonly clients: ClientNetwork;
  /** In the order of the plan's ids. */
  readonly members: readonly Member[];

  constructor(plan: ClusterPlan, { print, onDown, onLeader, onSnapshotSent }: ClusterOptions) {
    const { loop, links } = this;
    const service = new ServiceModel(plan.stateLimits);
    const trace = new Trace(loop, print);
    this.peers = new PeerNetwork({
      loop,
      links,
      dice: new Dice(plan.seed, STREAM.network),
      profile: plan.network,
      deliver: (from, to, frame) => this.member(to).receive(from, frame),
      linkChanged: (at, peer, up) => this.member(at).linkChanged(peer, up),
      ids: plan.ids,
    });
    this.clients = new ClientNetwork({
      loop,
      links,
      dice: new Dice(plan.seed, STREAM.clientNetwork),
      accept: (member, end) => this.member(member).accept(end),
    });
    this.world = {
      plan,
      loop,
      trace,
      service,
      reads: new ReadChecker(plan.ids.length),
      consensus: new ConsensusChecker(plan, {
        committed: (entry) => {
          const facts = ["commit", entry.index, entry.term];
          trace.event("all", facts, () => `committed ${entry.index}@${entry.term}`);
          service.commit(entry);
        },
        elected: (id) => onLeader?.(this.member(id)),
      }),
      counts: noCounts(),
      processChanged: (id, up) => this.peers.processChanged(id, up),
      sendToPeer: (message, frame) => {
        if (message.type === "installSnapshot" && message.done) onSnapshotSent?.(this.member(message.to));
        this.peers.send(message, frame);
      },
    };
    trace.event("plan", [JSON.stringify(plan)], () => JSON.stringify(plan, null, 1));
    this.members = plan.ids.map((_, at) => new Member(this.world, at, onDown));
  }

  /** Boots all of them. */
  start(): void {
    for (const member of this.members) member.start();
  }

  member(id: MemberId): Member {
    const member = this.members.find((candidate) => candidate.id === id);
    assert(member !== undefined, `${id} is a member`);
    return member;
  }

  /** Of the members that run; in the order of the plan's ids. */
  get statuses(): readonly MemberStatus[] {
    return this.members.flatMap(({ status, paused }) => (status === null || paused ? [] : [status]));
  }

  /** Whoever leads the highest term that anybody leads in, whether others know it or not. */
  get leader(): Member | undefined {
    const leaders = this.statuses.filter(({ role }) => role === "leader");
    const newest = leaders.toSorted((a, b) => b.term - a.term)[0];
    return newest === undefined ? undefined : this.member(newest.id);
  }

  /** There is a leader that most members follow. */
  get isFollowed(): boolean {
    return this.#followed.length > 0;
  }

  /** One that most members follow has committed something of its term. */
  get isLed(): boolean {
    const { consensus } = this.world;
    return this.#followed.some(({ term, commitIndex }) => consensus.termAt(commitIndex) === term);
  }

  get #followed(): readonly MemberStatus[] {
    const { world, statuses } = this;
    return statuses.filter(
      ({ id, role, term }) =>
        role === "leader" &&
        statuses.filter((status) => status.leader === id && status.term === term).length >=
          majority(world.plan.ids.length),
    );
  }

  /** Those that can still be well: their disks hold what was written there, as far as they know. */
  get sound(): readonly Member[] {
    return this.members.filter(({ lost }) => !lost);
  }

  /** All that are sound are up, have everything that was ever committed, and nothing else. */
  get isEqual(): boolean {
    const { committedIndex } = this.world.consensus;
    return this.sound.every(
      ({ status }) => status?.appliedIndex === committedIndex && status.lastIndex === committedIndex,
    );
  }

  /** These are well from now on, and so is every link between two of them. */
  heal(members: readonly Member[]): void {
    const healed = members.map(({ id }) => id);
    const names = healed.join(", ");
    this.world.trace.event("all", ["heal", names], () => `well from now on: ${names}`);
    this.links.heal(healed);
    for (const member of members) member.heal();
  }
}
