/**
 * Election safety (§5.2): one leader a term, and one vote a term from each, durable before it counts; and that
 * nobody stands for election in vain (thesis §9.6).
 */
import { assert } from "../../src/base/assert.js";
import type { HardState, MemberId } from "../../src/raft/entry.js";
import { majority } from "./majority.js";

export interface Leader {
  readonly id: MemberId;
  /** How much of earlier terms was committed when it was first seen leading. */
  readonly committedBefore: number;
}

interface Candidacy {
  readonly term: number;
  readonly candidate: MemberId;
}

export class ElectionChecker {
  /** By term. */
  readonly #leaders = new Map<number, Leader>();
  /** By term and voter. */
  readonly #votes = new Map<string, MemberId>();
  /** By term and candidate: who would vote for it. */
  readonly #preVotes = new Map<string, Set<MemberId>>();
  readonly #members: number;

  constructor(members: number) {
    this.#members = members;
  }

  get highestTerm(): number {
    return Math.max(0, ...this.#leaders.keys());
  }

  leaderOf(term: number): Leader | undefined {
    return this.#leaders.get(term);
  }

  /** `id` acts as the leader of `term`, who is `leader` if nobody was before. */
  leads(term: number, id: MemberId, leader: Leader): void {
    const first = this.#leaders.get(term) ?? leader;
    assert(first.id === id, `${first.id} and ${id} both lead term ${term}`);
    this.#leaders.set(term, first);
  }

  /** `voter` would vote for `candidate` in `term`. */
  preVoted(voter: MemberId, { term, candidate }: Candidacy): void {
    const key = `${term}/${candidate}`;
    const voters = this.#preVotes.get(key) ?? new Set([candidate]);
    this.#preVotes.set(key, voters.add(voter));
  }

  /** `candidate` asks for votes in `term` of its own accord: most would give it theirs (thesis §9.6). */
  stands({ term, candidate }: Candidacy): void {
    const willing = this.#preVotes.get(`${term}/${candidate}`)?.size ?? 1;
    assert(
      willing >= majority(this.#members),
      `${candidate} stands for term ${term}, and only ${willing} would vote for it`,
    );
  }

  /** A vote leaves `voter`, whose disk holds `hardState`. */
  voted(voter: MemberId, { term, candidate }: Candidacy, { currentTerm, votedFor }: HardState): void {
    const key = `${term}/${voter}`;
    const known = this.#votes.get(key);
    assert(
      known === undefined || known === candidate,
      `${voter} votes for ${known} and ${candidate} in term ${term}`,
    );
    this.#votes.set(key, candidate);
    assert(
      currentTerm > term || (currentTerm === term && votedFor === candidate),
      `${voter} votes for ${candidate} in term ${term} before that is durable`,
    );
  }
}
