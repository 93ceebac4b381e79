import test from "ava";
import fc from "fast-check";
import { nextCommitIndex } from "../../src/raft/commit-rule.js";
import { quorumSize, reachedByQuorum, voteOutcome } from "../../src/raft/quorum.js";

test("a quorum is more than half: 3 of 4, not 2", (t) => {
  t.deepEqual([1, 2, 3, 4, 5, 6, 7].map(quorumSize), [1, 2, 2, 3, 3, 4, 4]);
});

const matchIndexes = fc.array(fc.nat(12), { minLength: 1, maxLength: 7 });

test("reachedByQuorum equals counting for every index", (t) => {
  fc.assert(
    fc.property(matchIndexes, (values) => {
      let reached = 0;
      for (let index = 1; index <= 12; index++) {
        if (2 * values.filter((value) => value >= index).length > values.length) reached = index;
      }
      return reachedByQuorum([...values]) === reached;
    }),
  );
  t.pass();
});

test("voteOutcome equals trying every way in which the rest could vote", (t) => {
  const ballots = fc
    .tuple(fc.integer({ min: 1, max: 7 }), fc.nat(7), fc.nat(7))
    .filter(([voters, granted, refused]) => granted + refused <= voters);
  fc.assert(
    fc.property(ballots, ([voters, granted, refused]) => {
      const outcomes = new Set<boolean>();
      for (let more = 0; more <= voters - granted - refused; more++)
        outcomes.add(2 * (granted + more) > voters);
      const outcome = voteOutcome({ voters, granted, refused });
      // "won" and "lost" are said as soon as nothing can change them.
      if (2 * granted > voters) return outcome === "won";
      return outcome === (outcomes.has(true) ? "open" : "lost");
    }),
  );
  t.pass();
});

test("PITFALLS 3: nextCommitIndex equals figure 2's rule tried for every N", (t) => {
  const logs = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 12, maxLength: 12 });
  fc.assert(
    fc.property(
      logs,
      matchIndexes,
      fc.nat(12),
      fc.integer({ min: 1, max: 4 }),
      (terms, match, commitIndex, term) => {
        const ascending = [...terms].sort((a, b) => a - b);
        const termAt = (index: number) => ascending[index - 1];
        let expected = commitIndex;
        for (let n = commitIndex + 1; n <= 12; n++) {
          const hasMajority = 2 * match.filter((value) => value >= n).length > match.length;
          if (hasMajority && termAt(n) === term) expected = n;
        }
        const log = { commitIndex, termAt };
        const actual = nextCommitIndex(log, { currentTerm: term, matchIndexes: [...match] });
        // With terms above the leader's own in the log, which never happens, the two may differ.
        return (ascending.at(-1) ?? 0) > term || actual === expected;
      },
    ),
    { numRuns: 1000 },
  );
  t.pass();
});
