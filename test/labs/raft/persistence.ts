/** Part 2C: what servers promised holds when they crash, wherever in the protocol that is. */
import type { Scenario } from "../scenario.js";
import { ELECTION_MS, RELIABLE } from "./conditions.js";
import { type RaftLab, raftScenario } from "./raft-lab.js";

const SUITE = { suite: "2C", network: RELIABLE, snapshots: false } as const;
const PERSIST_2_ROUNDS = 5;
const FIGURE_8_ITERATIONS = 1000;

export const PERSISTENCE: readonly Scenario[] = [
  raftScenario({ ...SUITE, name: "Persist1", servers: 3, play: persist1 }),
  raftScenario({ ...SUITE, name: "Persist2", servers: 5, play: persist2 }),
  raftScenario({
    ...SUITE,
    name: "Persist3",
    servers: 3,
    play: async ({ servers, commands }) => {
      await commands.one({ by: 3, retry: true });
      const leader = await servers.checkOneLeader();
      const follower = servers.after(leader, 1);
      const cut = servers.after(leader, 2);
      servers.cut(cut);
      await commands.one({ by: 2, retry: true });

      servers.crash(leader, follower);
      servers.connect(cut);
      servers.start(leader);
      await commands.one({ by: 2, retry: true });
      servers.start(follower);
      await commands.one({ by: 3, retry: true });
    },
  }),
  raftScenario({ ...SUITE, name: "Figure8", servers: 5, play: figure8 }),
];

async function persist1({ servers, commands }: RaftLab): Promise<void> {
  await commands.one({ by: 3, retry: true });
  servers.crash(...servers.all);
  servers.start(...servers.all);
  await commands.one({ by: 3, retry: true });

  const first = await servers.checkOneLeader();
  servers.crash(first);
  servers.start(first);
  await commands.one({ by: 3, retry: true });

  const second = await servers.checkOneLeader();
  servers.crash(second);
  const missed = await commands.one({ by: 2, retry: true });
  servers.start(second);
  await commands.wait(missed, 3);

  const follower = servers.after(await servers.checkOneLeader(), 1);
  servers.crash(follower);
  await commands.one({ by: 2, retry: true });
  servers.start(follower);
  await commands.one({ by: 3, retry: true });
}

async function persist2({ servers, commands, sleep }: RaftLab): Promise<void> {
  for (let round = 0; round < PERSIST_2_ROUNDS; round++) {
    await commands.one({ by: 5, retry: true });
    const leader = await servers.checkOneLeader();
    const [next, second, third, fourth] = [1, 2, 3, 4].map((places) => servers.after(leader, places)) as [
      number,
      number,
      number,
      number,
    ];
    servers.crash(next, second);
    await commands.one({ by: 3, retry: true });

    servers.crash(leader, third, fourth);
    servers.start(next, second);
    await sleep(ELECTION_MS);
    servers.start(third);
    await commands.one({ by: 3, retry: true });
    servers.start(fourth, leader);
  }
  await commands.one({ by: 5, retry: true });
}

/**
 * Leaders mostly crash before they have committed what they were given. The next one may find entries of earlier
 * terms on a majority, which do not make them committed (§5.4.2).
 */
async function figure8({ servers, commands, dice, sleep }: RaftLab): Promise<void> {
  await commands.one({ by: 1, retry: true });
  for (let iteration = 0; iteration < FIGURE_8_ITERATIONS; iteration++) {
    const leaders = servers.all.filter((server) => commands.propose(server) !== null);
    await sleep(dice.chance(10) ? dice.below(ELECTION_MS / 2) : dice.below(13));
    servers.crash(...leaders.slice(-1));
    const up = servers.all.filter((server) => servers.isUp(server)).length;
    if (up < 3) servers.start(servers.any());
  }
  servers.start(...servers.all);
  await commands.one({ by: 5, retry: true });
}
