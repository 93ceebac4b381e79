/** Part 2B while nothing fails: commands are agreed on, in order, at once, and with few and small messages. */

import type { Scenario } from "../scenario.js";
import { ELECTION_MS, RELIABLE } from "./conditions.js";
import { expect, expectFigure } from "./expect.js";
import { type RaftLab, raftScenario } from "./raft-lab.js";

const SUITE = { suite: "2B", network: RELIABLE, snapshots: false, servers: 3 } as const;

const BYTES_COMMANDS = 10;
const BYTES_OF_COMMAND = 5000;
const BYTES_SPARE = 50_000;
const CONCURRENT_STARTS = 5;
const ELECTION_RPCS_MAX = 30;
const COUNTED_ENTRIES = 10;
const COUNTED_RPCS_MAX = (COUNTED_ENTRIES + 1 + 3) * 3;
const IDLE_RPCS_MAX = 60;

export const AGREEMENT: readonly Scenario[] = [
  raftScenario({
    ...SUITE,
    name: "BasicAgree",
    play: async ({ commands }) => {
      for (let place = 1; place <= 3; place++) {
        expect(commands.count === place - 1, `nothing committed at ${place} before it is proposed`);
        const found = commands.placeOf(await commands.one({ by: 3, retry: false }));
        expect(found === place, `the command at index ${place}, not ${found}`);
      }
    },
  }),

  raftScenario({
    ...SUITE,
    name: "RPCBytes",
    play: async (lab) => {
      const { commands, cluster } = lab;
      await commands.one({ by: 3, retry: false });
      const before = cluster.peers.bytes;
      for (let place = 2; place < 2 + BYTES_COMMANDS; place++) {
        const proposal = await commands.one({ by: 3, retry: false, valueBytes: BYTES_OF_COMMAND });
        const found = commands.placeOf(proposal);
        expect(found === place, `the command at index ${place}, not ${found}`);
      }
      const sent = BYTES_COMMANDS * BYTES_OF_COMMAND;
      expectFigure("bytes between servers", cluster.peers.bytes - before, {
        atLeast: 2 * sent,
        atMost: 3 * sent + BYTES_SPARE,
      });
    },
  }),

  raftScenario({
    ...SUITE,
    name: "ConcurrentStarts",
    play: async ({ servers, commands, cluster }) => {
      await commands.openSession();
      const leader = await servers.checkOneLeader();
      const term = servers.checkTerms();
      const proposals = Array.from({ length: 1 + CONCURRENT_STARTS }, () => commands.proposeToLeader(leader));
      for (const proposal of proposals) {
        await commands.wait(proposal, 3);
        const committedTerm = cluster.world.consensus.termAt(commands.indexOf(proposal) ?? 0);
        expect(committedTerm === term, `${proposal.name} committed in term ${term}, not ${committedTerm}`);
      }
    },
  }),

  raftScenario({ ...SUITE, name: "Count", play: count }),
];

async function count(lab: RaftLab): Promise<void> {
  const { servers, commands, sleep } = lab;
  await servers.checkOneLeader();
  expectFigure("RPCs to elect a leader", lab.requests, { atLeast: 1, atMost: ELECTION_RPCS_MAX });

  await commands.openSession();
  const leader = await servers.checkOneLeader();
  const term = servers.checkTerms();
  let before = lab.requests;
  // As in the suite: one before those that are counted, and one after.
  const proposals = Array.from({ length: COUNTED_ENTRIES + 2 }, () => commands.proposeToLeader(leader));
  for (const proposal of proposals) await commands.wait(proposal, 3);
  const places = proposals.map((proposal) => commands.placeOf(proposal));
  expect(
    places.every((place, at) => place === at + 1),
    `the commands in their order, not at ${places}`,
  );
  expectFigure("RPCs to agree on 10 entries", lab.requests - before, { atMost: COUNTED_RPCS_MAX });

  before = lab.requests;
  await sleep(ELECTION_MS);
  expectFigure("RPCs in an idle second", lab.requests - before, { atMost: IDLE_RPCS_MAX });
  const termLater = servers.checkTerms();
  expect(termLater === term, `one term all the time, and ${term} became ${termLater}`);
}
