/**
 * The arithmetic of majorities. Knows numbers, not members.
 */

/** The least number of `voters` that is more than half of them. */
export function quorumSize(voters: number): number {
  return Math.floor(voters / 2) + 1;
}

/** The greatest value that a majority has reached, given the value of every voter. Sorts `values`. */
export function reachedByQuorum(values: number[]): number {
  values.sort((a, b) => b - a);
  return values[quorumSize(values.length) - 1] ?? 0;
}

/** "open": the voters that have not answered could still turn it either way. */
export type VoteOutcome = "won" | "lost" | "open";

/** What a ballot has come to so far. */
export function voteOutcome(ballot: { voters: number; granted: number; refused: number }): VoteOutcome {
  const quorum = quorumSize(ballot.voters);
  if (ballot.granted >= quorum) return "won";
  return ballot.voters - ballot.refused < quorum ? "lost" : "open";
}
