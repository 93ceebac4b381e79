/** Election safety (§5.2): one leader a term, and one vote a term from each, durable before it counts. */
import { assert } from "../../src/base/assert.js";
import type { HardState, MemberId } from "../../src/raft/entry.js";

export interface Leader {
  readonly id: MemberId;
  /** How much was committed when it was first seen leading. */
  readonly committedBefore: number;
}

export class ElectionChecker {
  /** By term. */
  readonly #leaders = new Map<number, Leader>();
  /** By term and voter. */
  readonly #votes = new Map<string, MemberId>();

  get highestTerm(): number {
    return Math.max(0, ...this.#leaders.keys());
  }

  leaderOf(term: number): Leader | undefined {
    return this.#leaders.get(term);
  }

  /** `id` acts as the leader of `term`. */
  leads(term: number, { id, committedBefore }: Leader): void {
    const known = this.#leaders.get(term);
    assert(known === undefined || known.id === id, `${known?.id} and ${id} both lead term ${term}`);
    if (known === undefined) this.#leaders.set(term, { id, committedBefore });
  }

  /** A vote leaves `voter`, whose disk holds `hardState`. */
  voted(
    voter: MemberId,
    { term, candidate }: { readonly term: number; readonly candidate: MemberId },
    { currentTerm, votedFor }: HardState,
  ): void {
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
