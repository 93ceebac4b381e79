/**
 * One member's state, and how it changes its role (figure 4). The transitions are here and nowhere
 * else; what is done in a role with a message or a tick stands in the files beside this one:
 *
 * - `step.ts`: terms, then `step-follower.ts`, `step-candidate.ts` or `step-leader.ts`
 * - `election.ts`: standing and voting; `tick.ts`: time
 * - `append-entries.ts`: the follower's side of replication; `replication.ts`: the leader's
 * - `snapshot-receiving.ts`, `snapshot-sending.ts`; `read-index.ts`; `transfer.ts`
 */
import { assert } from "../base/assert.js";
import type { Random } from "../base/random.js";
import { type ElectionReason, ElectionRecords } from "./election-records.js";
import type { Configuration, MemberId } from "./entry.js";
import { Freshness } from "./freshness.js";
import { Leadership } from "./leadership.js";
import type { RaftLimits } from "./limits.js";
import type { Message } from "./message.js";
import { Outbox } from "./outbox.js";
import { PersistentState, type RestoredState } from "./persistent-state.js";
import type { RaftLog } from "./raft-log.js";
import { failForwardedReads, failHeldReads } from "./read-index.js";
import { ForwardedReads } from "./read-rounds.js";

export type Role = "leader" | "follower" | "candidate" | "pre-candidate";

export interface RaftOptions {
  readonly id: MemberId;
  /** The election timeout is drawn from [t, 2t) ticks. */
  readonly electionTimeoutTicks: number;
  readonly heartbeatTicks: number;
  readonly random: Random;
  readonly restored: RestoredState;
  readonly limits: RaftLimits;
}

/** The snapshot that is coming in from the leader, chunk by chunk. */
export interface SnapshotReception {
  readonly lastIncludedIndex: number;
  readonly lastIncludedTerm: number;
  /** The next byte wanted. */
  offset: number;
}

export class Raft {
  readonly id: MemberId;
  readonly electionTimeoutTicks: number;
  readonly heartbeatTicks: number;
  readonly limits: RaftLimits;
  readonly persistent: PersistentState;
  readonly outbox = new Outbox();
  readonly forwardedReads = new ForwardedReads();
  readonly freshness = new Freshness();
  readonly elections = new ElectionRecords();
  /** Since a leader was heard from, a vote given, or the role changed. */
  electionElapsedTicks = 0;
  /** Until this member stands because the connection to its leader broke; null where none did. */
  lostLeaderTicks: number | null = null;
  /** Who has granted or refused in the election that this member stands in. */
  readonly votes = new Map<MemberId, boolean>();
  /** From the present leader; discarded when another leads (PITFALLS 22). */
  reception: SnapshotReception | null = null;
  /** The owner has been handed a chunk, of this reception or of one discarded since, and has not answered. */
  isChunkOut = false;
  readonly #random: Random;
  #role: Role = "follower";
  #leaderId: MemberId | null = null;
  #leadership: Leadership | null = null;
  #timeoutTicks = 0;
  /** The leader was lost, and nobody has led since, nor has this member stood. */
  #isRetrySoon = false;

  constructor(options: RaftOptions) {
    assert(
      options.electionTimeoutTicks > options.heartbeatTicks,
      "heartbeats come before the election timeout",
    );
    this.id = options.id;
    this.electionTimeoutTicks = options.electionTimeoutTicks;
    this.heartbeatTicks = options.heartbeatTicks;
    this.limits = options.limits;
    this.persistent = new PersistentState(options.restored);
    this.#random = options.random;
    this.resetElectionTimer();
  }

  get log(): RaftLog {
    return this.persistent.log;
  }

  get currentTerm(): number {
    return this.persistent.currentTerm;
  }

  get configuration(): Configuration {
    return this.persistent.log.configuration;
  }

  get role(): Role {
    return this.#role;
  }

  /** Who leads `currentTerm`, where it is known and was heard from lately enough to be believed in. */
  get leaderId(): MemberId | null {
    return this.#leaderId;
  }

  /** Not null in the role of leader, and only then. */
  get leadership(): Leadership | null {
    return this.#leadership;
  }

  /** The election timeout in force: redrawn for each attempt (§5.2). */
  get timeoutTicks(): number {
    return this.#timeoutTicks;
  }

  resetElectionTimer(): void {
    this.electionElapsedTicks = 0;
    this.lostLeaderTicks = null;
    this.#timeoutTicks = this.electionTimeoutTicks + this.#random.below(this.electionTimeoutTicks);
  }

  /** The leader's process seems to have ended: a short random wait, so that not all of its followers stand at once. */
  loseLeader(): void {
    this.lostLeaderTicks = 1 + this.#random.below(this.configuration.voters.length);
    this.#isRetrySoon = true;
  }

  /** It lives after all, or its process does. */
  regainLeader(): void {
    this.lostLeaderTicks = null;
    this.#isRetrySoon = false;
  }

  /** Follows `leaderId`, or nobody yet, in `term`: the present one or a later one. */
  becomeFollower(term: number, leaderId: MemberId | null): void {
    if (term !== this.currentTerm) this.persistent.adoptTerm(term);
    if (this.#role !== "follower") this.resetElectionTimer();
    this.#enter("follower", leaderId);
  }

  /** Asks around before it disturbs anybody (thesis §9.6): term and vote stay (PITFALLS 6). */
  becomePreCandidate(reason: ElectionReason): void {
    assert(this.#role !== "leader", "a leader does not stand for election");
    this.elections.asked(this.currentTerm + 1, reason);
    this.resetElectionTimer();
    this.#enter("pre-candidate", null);
  }

  /** §5.2: increment currentTerm, vote for self, reset election timer. */
  becomeCandidate({ isTransfer }: { readonly isTransfer: boolean }): void {
    assert(this.#role !== "leader", "a leader does not stand for election");
    this.persistent.adoptTerm(this.currentTerm + 1);
    this.elections.stood(this.currentTerm, isTransfer);
    this.persistent.voteFor(this.id);
    this.resetElectionTimer();
    if (this.#isRetrySoon) {
      // All followers of a lost leader stand at about the same time: whoever splits the vote tries again soon, but once.
      this.#isRetrySoon = false;
      this.#timeoutTicks = 2 * this.heartbeatTicks + this.#random.below(2 * this.heartbeatTicks);
    }
    this.#enter("candidate", null);
  }

  /** §8: a leader begins its term with a no-op, which lets it commit what it inherited. */
  becomeLeader(): void {
    assert(this.#role === "candidate", "only a candidate becomes leader");
    this.#enter("leader", this.id);
    this.#leadership = new Leadership(this.id, this.log, this.limits);
    this.log.append({ kind: "noop", index: this.log.lastIndex + 1, term: this.currentTerm });
  }

  /** Rests on nothing that a crash could take back, or promises nothing. */
  send(message: Message): void {
    this.outbox.messages.push(message);
  }

  /** Leaves when everything that this member knows now is durable: votes, acknowledgements, candidacies. */
  sendWhenDurable(message: Message): void {
    if (this.persistent.isDurable) this.outbox.messages.push(message);
    else this.persistent.sendAfterNextWrite(message);
  }

  #enter(role: Role, leaderId: MemberId | null): void {
    const deposed = this.#leadership;
    const stood = this.#role === "pre-candidate" || this.#role === "candidate";
    if (stood && role === "leader") this.elections.ended("won");
    if (stood && role === "follower") this.elections.ended("lost");
    this.#role = role;
    this.#leadership = null;
    this.votes.clear();
    if (deposed !== null) failHeldReads(this, deposed);
    if (leaderId !== null) this.regainLeader();
    if (leaderId === this.#leaderId) return;
    this.#leaderId = leaderId;
    this.reception = null;
    failForwardedReads(this);
  }
}
