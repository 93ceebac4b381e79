/**
 * What a member is as long as it leads, and not a moment longer (figure 2: volatile state on
 * leaders, "reinitialized after election").
 */
import { isVoter } from "./configuration.js";
import type { MemberId } from "./entry.js";
import type { RaftLimits } from "./limits.js";
import { Progress } from "./progress.js";
import { quorumSize } from "./quorum.js";
import type { RaftLog } from "./raft-log.js";
import { ReadRounds } from "./read-rounds.js";

export class Leadership {
  /** The other voters. Nobody proposes configurations, so they stay the same for the term. */
  readonly peers: readonly Progress[];
  /** Where the term's own entries begin, with the no-op. */
  readonly termStartIndex: number;
  readonly reads = new ReadRounds();
  heartbeatElapsedTicks = 0;
  /** Leadership is being handed on (thesis §3.10); proposals are refused meanwhile. */
  transfer: { readonly to: MemberId; elapsedTicks: number } | null = null;
  readonly #votersCount: number;
  /** 1 when the leader is a voter itself. */
  readonly #ownVote: number;

  constructor(id: MemberId, log: RaftLog, limits: RaftLimits) {
    const { configuration } = log;
    this.termStartIndex = log.lastIndex + 1;
    this.peers = configuration.voters
      .filter((voter) => voter.id !== id)
      .map((voter) => new Progress(voter.id, this.termStartIndex, limits));
    this.#votersCount = configuration.voters.length;
    this.#ownVote = isVoter(configuration, id) ? 1 : 0;
  }

  peer(id: MemberId): Progress | undefined {
    return this.peers.find((progress) => progress.id === id);
  }

  /** One value of each voter: `own` for the leader, and what `of` says for the others. */
  perVoter(own: number, of: (peer: Progress) => number): number[] {
    const values = this.peers.map(of);
    if (this.#ownVote > 0) values.push(own);
    return values;
  }

  /** Since a majority, the leader among it, was last heard from. */
  get ticksWithoutQuorum(): number {
    const silent = this.perVoter(0, (peer) => peer.ticksSilent).sort((a, b) => a - b);
    return silent[quorumSize(this.#votersCount) - 1] ?? Number.POSITIVE_INFINITY;
  }

  /**
   * Whatever was committed anywhere by now, in any term up to this one, lies at or before it: while `commitIndex` still lags
   * behind our predecessors', before our no-op.
   */
  completeIndex(commitIndex: number): number {
    return Math.max(commitIndex, this.termStartIndex);
  }
}
