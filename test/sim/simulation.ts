/**
 * One run: a whole cluster on one thread in virtual time, decided by a seed. First trouble, then a liveness
 * phase in which a majority is well and everything else stays as bad as it is, then all is well and everybody
 * has to agree.
 */
import { assert } from "../../src/base/assert.js";
import type { MemberId } from "../../src/raft/entry.js";
import { quorumSize } from "../../src/raft/quorum.js";
import { checkLinearizable } from "../lin/checker.js";
import { describeVerdict } from "../lin/verdict.js";
import { ClientNetwork } from "./client-network.js";
import { ConsensusChecker } from "./consensus-checker.js";
import { Dice } from "./dice.js";
import { EventLoop } from "./event-loop.js";
import { Links } from "./links.js";
import { Member } from "./member.js";
import { Nemesis } from "./nemesis.js";
import { PeerNetwork } from "./peer-network.js";
import { makePlan, STREAM } from "./plan.js";
import { ServiceModel } from "./service-model.js";
import { Trace } from "./trace.js";
import { Workload } from "./workload.js";
import { type Counts, noCounts, type World } from "./world.js";

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
  const simulation = new Simulation(seed, print);
  const onRejection = (error: unknown): void => simulation.fail(error);
  process.on("unhandledRejection", onRejection);
  try {
    return await simulation.run();
  } finally {
    process.off("unhandledRejection", onRejection);
  }
}

/** A leader stands after so many election timeouts. */
const ELECTION_TIMEOUTS_MAX = 10;
/** Whoever waits is answered in the time that Clerks have at most, and some more to boot and to catch up. */
const SETTLE_US_MAX = 20_000_000;

/** What may come after the last snapshot at rest. */
const LOG_BYTES_SPARE = 4000;
const SEGMENTS_MAX = 6;
/** Enough for almost every history; what stays undecided has been checked against the committed log all the same. */
const LINEARIZABILITY_STEPS_MAX = 300_000;

class Simulation {
  readonly #world: World;
  readonly #loop = new EventLoop();
  readonly #links = new Links();
  readonly #peers: PeerNetwork;
  readonly #members: Member[];
  readonly #workload: Workload;
  readonly #nemesis: Nemesis;

  constructor(seed: number, print: ((line: string) => void) | null) {
    const plan = makePlan(seed);
    const loop = this.#loop;
    const links = this.#links;
    const service = new ServiceModel(plan.stateLimits);
    const trace = new Trace(loop, print);
    this.#peers = new PeerNetwork({
      loop,
      links,
      dice: new Dice(seed, STREAM.network),
      profile: plan.network,
      deliver: (from, to, frame) => this.#member(to).receive(from, frame),
    });
    this.#world = {
      plan,
      loop,
      trace,
      service,
      consensus: new ConsensusChecker(plan, (entry) => {
        trace.event(
          "all",
          ["commit", entry.index, entry.term],
          () => `committed ${entry.index}@${entry.term}`,
        );
        service.commit(entry);
      }),
      counts: noCounts(),
      sendToPeer: (from, to, frame) => this.#peers.send(from, to, frame),
    };
    trace.event("plan", [JSON.stringify(plan)], () => JSON.stringify(plan, null, 1));
    this.#members = plan.ids.map(
      (_, at) => new Member(this.#world, at, (member) => this.#nemesis.onDown(member)),
    );
    const clients = new ClientNetwork({
      loop,
      links,
      dice: new Dice(seed, STREAM.clientNetwork),
      accept: (member, end) => this.#member(member).accept(end),
    });
    this.#workload = new Workload(this.#world, clients);
    this.#nemesis = new Nemesis(this.#world, {
      members: this.#members,
      links,
      clients,
      workload: this.#workload,
    });
  }

  fail(error: unknown): void {
    this.#loop.fail(error);
  }

  async run(): Promise<SimulationReport> {
    const { plan, trace, counts, consensus } = this.#world;
    for (const member of this.#members) member.start();
    await this.#loop.runUntil(() => false, plan.chaosMs * 1000);
    this.#nemesis.stop();
    this.#workload.stop();
    this.#peers.calmDown();
    await this.#live();
    await this.#converge();
    this.#checkRest();
    this.#checkHistory();
    return {
      ...counts,
      seed: plan.seed,
      hash: trace.hash,
      members: plan.ids.length,
      committed: consensus.committedIndex,
      highestTerm: consensus.highestTerm,
      steps: this.#loop.steps,
      virtualMs: Math.round(this.#loop.nowUs / 1000),
    };
  }

  /** A majority is well. The others stay as they are: down, asleep, deaf, or shouting into the void. */
  async #live(): Promise<void> {
    const { plan } = this.#world;
    const dice = new Dice(plan.seed, STREAM.liveness);
    const size = dice.between(quorumSize(plan.ids.length), plan.ids.length);
    const well = dice.shuffled(this.#members).slice(0, size);
    this.#heal(well);
    const booted = await this.#loop.runUntil(
      () => well.every(({ status }) => status !== null),
      SETTLE_US_MAX,
    );
    assert(booted, "every member of the healed majority boots");
    const timeoutUs = plan.electionTimeoutTicks * plan.tickMs * 1000;
    const led = await this.#loop.runUntil(() => this.#isLed(), ELECTION_TIMEOUTS_MAX * timeoutUs);
    assert(led, `no leader ${ELECTION_TIMEOUTS_MAX} election timeouts after ${ids(well)} were healed`);
    this.#workload.probe();
    const { history } = this.#workload;
    const settled = await this.#loop.runUntil(() => history.unsettled === 0, SETTLE_US_MAX);
    assert(settled, `${history.unsettled} operations have no outcome`);
  }

  async #converge(): Promise<void> {
    const { consensus } = this.#world;
    this.#heal(this.#members);
    const isSame = (): boolean =>
      this.#members.every(
        ({ status }) =>
          status?.appliedIndex === consensus.committedIndex && status.lastIndex === status.appliedIndex,
      );
    const same = await this.#loop.runUntil(isSame, SETTLE_US_MAX);
    const statuses = this.#members.map(
      ({ id, status }) =>
        `${id} ${status?.role} term ${status?.term} ${status?.appliedIndex} of ${status?.lastIndex}`,
    );
    assert(
      same,
      `after everything was healed: ${statuses.join(", ")}; ${consensus.committedIndex} committed`,
    );
    // What still runs in the background, snapshots above all, comes to its end.
    await this.#loop.runUntil(() => false, 5_000_000);
    assert(isSame(), "all members stay at the same index");
  }

  /** These are well, and so is every link between two of them; and all clients reach everybody. */
  #heal(members: readonly Member[]): void {
    const { plan, trace } = this.#world;
    trace.event("all", ["heal", ids(members)], () => `well from now on: ${ids(members)}`);
    this.#links.heal(members.map(({ id }) => id));
    for (const { name } of plan.clerks) for (const id of plan.ids) this.#links.heal([name, id]);
    for (const member of members) member.heal();
  }

  /**
   * A leader that most members follow has committed something of its term. It may be one of those that were
   * not healed, if it still reaches enough of the others.
   */
  #isLed(): boolean {
    const { consensus, plan } = this.#world;
    const statuses = this.#members.flatMap(({ status, paused }) =>
      status === null || paused ? [] : [status],
    );
    return statuses.some(
      ({ id, role, term, commitIndex }) =>
        role === "leader" &&
        consensus.termAt(commitIndex) === term &&
        statuses.filter((status) => status.leader === id && status.term === term).length >=
          quorumSize(plan.ids.length),
    );
  }

  /** By Herlihy and Wing, from what clients saw and nothing else. */
  #checkHistory(): void {
    const { history } = this.#workload;
    history.checkWhole();
    const options = { stepsMax: LINEARIZABILITY_STEPS_MAX };
    const verdict = checkLinearizable(history.asOperations(), options);
    assert(verdict.outcome !== "illegal", describeVerdict(verdict));
  }

  /** With nothing to do nothing is held: no waiting clients, no forgotten files. */
  #checkRest(): void {
    for (const member of this.#members) {
      const { id, files, openFiles, unanswered, status } = member;
      member.checkState();
      assert(unanswered === 0, `${id} owes ${unanswered} replies`);
      const snapshots = files.filter((file) => file.endsWith(".snap"));
      assert(snapshots.length <= 1, `${id} keeps ${snapshots}`);
      const drafts = files.filter((file) => file.endsWith(".part"));
      assert(drafts.length <= 1, `${id} keeps ${drafts}`);
      const { plan } = this.#world;
      // The segment written to and the next one, a draft, and what a leader reads for its followers.
      assert(openFiles <= 2 + plan.ids.length, `${id} keeps ${openFiles} files open`);
      assert(
        (status?.logBytes ?? 0) <= plan.snapshotLogBytes + LOG_BYTES_SPARE,
        `${id} keeps ${status?.logBytes} bytes of log`,
      );
      if (plan.snapshotLogBytes === Number.POSITIVE_INFINITY) continue;
      const segments = files.filter((file) => file.endsWith(".wal"));
      assert(segments.length <= SEGMENTS_MAX, `${id} keeps ${segments}`);
    }
  }

  #member(id: MemberId): Member {
    const member = this.#members.find((candidate) => candidate.id === id);
    assert(member !== undefined, `${id} is a member`);
    return member;
  }
}

function ids(members: readonly Member[]): string {
  return members.map(({ id }) => id).join(", ");
}
