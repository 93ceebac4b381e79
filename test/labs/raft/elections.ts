/** Part 2A: leaders are elected, and elected again. */

import type { Scenario } from "../scenario.js";
import { ELECTION_MS, RELIABLE } from "./conditions.js";
import { expect } from "./expect.js";
import { raftScenario } from "./raft-lab.js";

const SUITE = { suite: "2A", network: RELIABLE, snapshots: false } as const;
const MANY_ELECTIONS_ROUNDS = 9;

export const ELECTIONS: readonly Scenario[] = [
  raftScenario({
    ...SUITE,
    name: "InitialElection",
    servers: 3,
    play: async ({ servers, sleep }) => {
      const leader = await servers.checkOneLeader();
      // The others learn of it.
      await sleep(50);
      const term = servers.checkTerms();
      expect(term >= 1, `a term of at least 1, not ${term}`);
      await sleep(2 * ELECTION_MS);
      const termLater = servers.checkTerms();
      expect(termLater === term, `the same term while nothing happens, and ${term} became ${termLater}`);
      const leaderLater = await servers.checkOneLeader();
      expect(leaderLater === leader, `the same leader, and ${leaderLater} followed ${leader}`);
    },
  }),

  raftScenario({
    ...SUITE,
    name: "ReElection",
    servers: 3,
    play: async ({ servers, sleep }) => {
      const first = await servers.checkOneLeader();
      servers.cut(first);
      const second = await servers.checkOneLeader();
      // The return of the old one disturbs nobody.
      servers.connect(first);
      const third = await servers.checkOneLeader();
      expect(third === second, `${second} to go on when ${first} returns, and ${third} leads`);

      const other = servers.after(third, 1);
      servers.cut(third, other);
      await sleep(2 * ELECTION_MS);
      servers.checkNoLeader();

      servers.connect(other);
      await servers.checkOneLeader();
      servers.connect(third);
      await servers.checkOneLeader();
    },
  }),

  raftScenario({
    ...SUITE,
    name: "ManyElections",
    servers: 7,
    play: async ({ servers }) => {
      await servers.checkOneLeader();
      for (let round = 0; round < MANY_ELECTIONS_ROUNDS; round++) {
        // One may be drawn twice.
        const chosen = [servers.any(), servers.any(), servers.any()];
        servers.cut(...chosen);
        await servers.checkOneLeader();
        servers.connect(...chosen);
      }
      await servers.checkOneLeader();
    },
  }),
];
