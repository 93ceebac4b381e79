/** Part 2C over a network that loses, delays and reorders. */
import type { Scenario } from "../scenario.js";
import { ELECTION_MS, LONG_REORDERING, RELIABLE, UNRELIABLE } from "./conditions.js";
import { type RaftLab, raftScenario } from "./raft-lab.js";

const SUITE = { suite: "2C", network: UNRELIABLE, snapshots: false, servers: 5 } as const;
const ROUNDS = 49;
/** Beside the one that each round waits for. */
const CONCURRENT = 4;
const FIGURE_8_ITERATIONS = 1000;
const REORDERING_FROM = 200;

export const UNRELIABLE_NETWORK: readonly Scenario[] = [
  raftScenario({
    ...SUITE,
    name: "UnreliableAgree",
    play: async ({ cluster, commands }) => {
      await commands.openSession();
      const others: Promise<unknown>[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        for (let i = 0; i < CONCURRENT; i++) others.push(commands.one({ by: 1, retry: true }));
        await commands.one({ by: 1, retry: true });
      }
      cluster.peers.profile = RELIABLE;
      await Promise.all(others);
      await commands.one({ by: 5, retry: true });
    },
  }),
  raftScenario({
    ...SUITE,
    name: "Figure8Unreliable",
    // The product's own: most votes come so late that shorter elections are hardly ever won.
    electionTimeoutTicks: 50,
    play: figure8Unreliable,
  }),
];

/** As figure 8, but leaders are cut off instead of crashed, and go on believing that they lead. */
async function figure8Unreliable({ cluster, servers, commands, dice, sleep }: RaftLab): Promise<void> {
  await commands.one({ by: 1, retry: true });
  for (let iteration = 0; iteration < FIGURE_8_ITERATIONS; iteration++) {
    if (iteration === REORDERING_FROM) cluster.peers.profile = LONG_REORDERING;
    const leaders = servers.all.filter((server) => commands.propose(server) !== null);
    await sleep(dice.chance(10) ? dice.below(ELECTION_MS / 2) : dice.below(13));
    const leader = leaders.findLast((server) => servers.isConnected(server));
    if (leader !== undefined && dice.chance(50)) servers.cut(leader);
    const connected = servers.all.filter((server) => servers.isConnected(server)).length;
    if (connected < 3) servers.connect(servers.any());
  }
  servers.connect(...servers.all);
  await commands.one({ by: 5, retry: true });
}
