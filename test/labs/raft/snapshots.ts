/** Part 2D: the log stays short, and whoever has missed what is gone from it gets a snapshot instead. */

import type { Scenario } from "../scenario.js";
import { RELIABLE, SNAPSHOT_INTERVAL, UNRELIABLE } from "./conditions.js";
import { expect, expectFigure } from "./expect.js";
import { type RaftLab, raftScenario } from "./raft-lab.js";

const SUITE = { suite: "2D", snapshots: true, servers: 3 } as const;
const ITERATIONS = 30;
const ALL_CRASH_ROUNDS = 5;
const LOG_BYTES_BELOW = 2000;

/** What happens to one server while the others go on. */
type Absence = "none" | "cut" | "crash";

export const SNAPSHOTS: readonly Scenario[] = [
  raftScenario({ ...SUITE, name: "SnapshotBasic", network: RELIABLE, play: absent("none") }),
  raftScenario({ ...SUITE, name: "SnapshotInstall", network: RELIABLE, play: absent("cut") }),
  raftScenario({ ...SUITE, name: "SnapshotInstallUnreliable", network: UNRELIABLE, play: absent("cut") }),
  raftScenario({ ...SUITE, name: "SnapshotInstallCrash", network: RELIABLE, play: absent("crash") }),
  raftScenario({
    ...SUITE,
    name: "SnapshotInstallUnreliableCrash",
    network: UNRELIABLE,
    play: absent("crash"),
  }),

  raftScenario({
    ...SUITE,
    name: "SnapshotAllCrash",
    network: UNRELIABLE,
    play: async ({ servers, commands, dice }) => {
      await commands.one({ by: 3, retry: true });
      for (let round = 0; round < ALL_CRASH_ROUNDS; round++) {
        const count = someCommands(dice);
        for (let i = 0; i < count; i++) await commands.one({ by: 3, retry: true });
        const before = commands.indexOf(await commands.one({ by: 3, retry: true })) ?? 0;
        servers.crash(...servers.all);
        servers.start(...servers.all);
        const after = commands.indexOf(await commands.one({ by: 3, retry: true })) ?? 0;
        expect(after > before, `an index above ${before}, which was reached before the crash, not ${after}`);
      }
    },
  }),

  raftScenario({
    ...SUITE,
    name: "SnapshotInit",
    network: UNRELIABLE,
    play: async ({ servers, commands, cluster }) => {
      // Enough for a snapshot.
      for (let i = 0; i < SNAPSHOT_INTERVAL + 2; i++) await commands.one({ by: 3, retry: true });
      const taken = servers.all.filter((server) => (servers.status(server)?.snapshotIndex ?? 0) > 0);
      expect(
        taken.length === 3,
        `a snapshot on each server after ${cluster.world.consensus.committedIndex} entries`,
      );
      // What is written after a restart must not make the state forget what was in the snapshot.
      for (let i = 0; i < 2; i++) {
        servers.crash(...servers.all);
        servers.start(...servers.all);
        await commands.one({ by: 3, retry: true });
      }
    },
  }),
];

function someCommands(dice: RaftLab["dice"]): number {
  return SNAPSHOT_INTERVAL / 2 + dice.below(SNAPSHOT_INTERVAL);
}

function absent(absence: Absence): (lab: RaftLab) => Promise<void> {
  return async (lab) => {
    const { servers, commands, cluster } = lab;
    await commands.one({ by: 3, retry: true });
    let leader = await servers.checkOneLeader();
    for (let iteration = 0; iteration < ITERATIONS; iteration++) {
      // Each third time it is the leader who is away.
      const next = servers.after(leader, 1);
      const [victim, sender] = iteration % 3 === 1 ? [leader, next] : [next, leader];
      if (absence === "cut") servers.cut(victim);
      if (absence === "crash") servers.crash(victim);
      if (absence !== "none") await commands.one({ by: 2, retry: true });

      for (let count = someCommands(lab.dice); count > 0; count--) commands.propose(sender);
      await commands.one({ by: absence === "none" ? 3 : 2, retry: true });
      checkLogBytes(lab);

      if (absence === "none") continue;
      servers.connect(victim);
      servers.start(victim);
      await commands.one({ by: 3, retry: true });
      leader = await servers.checkOneLeader();
    }
    const { snapshotsTaken, snapshotsInstalled } = cluster.world.counts;
    const intervals = (servers.all.length * cluster.world.consensus.committedIndex) / SNAPSHOT_INTERVAL;
    expectFigure("snapshots taken", snapshotsTaken, { atLeast: intervals / 2, atMost: 2 * intervals });
    if (absence !== "none") expect(snapshotsInstalled > 0, "snapshots sent to those who were away");
  };
}

function checkLogBytes(lab: RaftLab): void {
  for (const server of lab.servers.all) {
    const bytes = lab.servers.status(server)?.logBytes ?? 0;
    expectFigure(`bytes of log on ${server}`, bytes, { atMost: LOG_BYTES_BELOW - 1 });
  }
}
