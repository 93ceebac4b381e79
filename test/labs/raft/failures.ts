/** Part 2B while servers are cut off: progress with a majority, none without, and no stray entry survives. */

import type { Scenario } from "../scenario.js";
import type { Commands } from "./commands.js";
import { ELECTION_MS, RELIABLE } from "./conditions.js";
import { expect } from "./expect.js";
import { type RaftLab, raftScenario } from "./raft-lab.js";
import type { Proposal } from "./suite-client.js";

const SUITE = { suite: "2B", network: RELIABLE, snapshots: false } as const;
const WAVE = 50;

export const FAILURES: readonly Scenario[] = [
  raftScenario({
    ...SUITE,
    name: "FollowerFailure",
    servers: 3,
    play: async ({ servers, commands, sleep }) => {
      await commands.one({ by: 3, retry: false });
      const first = await servers.checkOneLeader();
      servers.cut(servers.after(first, 1));
      await commands.one({ by: 2, retry: false });
      await sleep(ELECTION_MS);
      await commands.one({ by: 2, retry: false });

      const second = await servers.checkOneLeader();
      servers.cut(servers.after(second, 1), servers.after(second, 2));
      const proposal = commands.proposeToLeader(second);
      await sleep(2 * ELECTION_MS);
      commands.checkNoAgreement(proposal);
    },
  }),

  raftScenario({
    ...SUITE,
    name: "LeaderFailure",
    servers: 3,
    play: async ({ servers, commands, sleep }) => {
      await commands.one({ by: 3, retry: false });
      servers.cut(await servers.checkOneLeader());
      await commands.one({ by: 2, retry: false });
      await sleep(ELECTION_MS);
      await commands.one({ by: 2, retry: false });

      servers.cut(await servers.checkOneLeader());
      // To each server, whether it leads or not.
      const proposal = commands.make();
      for (const server of servers.all) commands.propose(server, proposal);
      await sleep(2 * ELECTION_MS);
      commands.checkNoAgreement(proposal);
    },
  }),

  raftScenario({
    ...SUITE,
    name: "FailAgree",
    servers: 3,
    play: async ({ servers, commands, sleep }) => {
      await commands.one({ by: 3, retry: false });
      const follower = servers.after(await servers.checkOneLeader(), 1);
      servers.cut(follower);
      await commands.one({ by: 2, retry: false });
      await commands.one({ by: 2, retry: false });
      await sleep(ELECTION_MS);
      await commands.one({ by: 2, retry: false });
      await commands.one({ by: 2, retry: false });

      servers.connect(follower);
      await commands.one({ by: 3, retry: true });
      await sleep(ELECTION_MS);
      await commands.one({ by: 3, retry: true });
    },
  }),

  raftScenario({ ...SUITE, name: "FailNoAgree", servers: 5, play: failNoAgree }),
  raftScenario({ ...SUITE, name: "Rejoin", servers: 3, play: rejoin }),
  raftScenario({ ...SUITE, name: "Backup", servers: 5, play: backup }),
];

async function failNoAgree({ servers, commands, sleep }: RaftLab): Promise<void> {
  await commands.one({ by: 5, retry: false });
  const leader = await servers.checkOneLeader();
  const followers = [1, 2, 3].map((places) => servers.after(leader, places));
  servers.cut(...followers);
  const stray = commands.proposeToLeader(leader);
  await sleep(2 * ELECTION_MS);
  commands.checkNoAgreement(stray);

  // Those who were cut off may elect one of themselves, who knows nothing of it.
  servers.connect(...followers);
  const next = commands.proposeToLeader(await servers.checkOneLeader());
  await commands.one({ by: 5, retry: true });
  const place = commands.placeOf(next);
  expect(place === 2 || place === 3, `the command after healing at index 2 or 3, not ${place}`);
}

async function rejoin({ servers, commands }: RaftLab): Promise<void> {
  await commands.one({ by: 3, retry: true });
  const first = await servers.checkOneLeader();
  servers.cut(first);
  const strays = [1, 2, 3].map(() => commands.proposeToLeader(first));
  await commands.one({ by: 2, retry: true });

  const second = await servers.checkOneLeader();
  servers.cut(second);
  servers.connect(first);
  await commands.one({ by: 2, retry: true });

  servers.connect(second);
  await commands.one({ by: 3, retry: true });
  areGone(commands, strays);
}

async function backup({ servers, commands, sleep }: RaftLab): Promise<void> {
  await commands.one({ by: 5, retry: true });
  const first = await servers.checkOneLeader();
  const minority = [first, servers.after(first, 1)];
  const majority = [2, 3, 4].map((places) => servers.after(first, places));
  servers.cut(...majority);
  const strays = Array.from({ length: WAVE }, () => commands.proposeToLeader(first));
  await sleep(ELECTION_MS / 2);

  servers.cut(...minority);
  servers.connect(...majority);
  for (let i = 0; i < WAVE; i++) await commands.one({ by: 3, retry: true });

  // Two of the majority go their own way, and the third gets the minority to follow.
  const second = await servers.checkOneLeader();
  const third = servers.after(first, 2) === second ? servers.after(second, 1) : servers.after(first, 2);
  servers.cut(third);
  strays.push(...Array.from({ length: WAVE }, () => commands.proposeToLeader(second)));
  await sleep(ELECTION_MS / 2);

  servers.cut(...servers.all);
  servers.connect(...minority, third);
  for (let i = 0; i < WAVE; i++) await commands.one({ by: 3, retry: true });

  servers.connect(...servers.all);
  await commands.one({ by: 5, retry: true });
  expect(commands.count === 2 * WAVE + 2, `${2 * WAVE + 2} commands, and ${commands.count} took effect`);
  areGone(commands, strays);
}

function areGone(commands: Commands, strays: readonly Proposal[]): void {
  for (const stray of strays) {
    const index = commands.indexOf(stray);
    expect(
      index === undefined,
      `${stray.name} gone, which no majority ever had, and it is committed at ${index}`,
    );
  }
}
