import test, { type ExecutionContext } from "ava";
import { RELIABLE } from "./conditions.js";
import { expectFigure } from "./expect.js";
import { type RaftLab, type RaftScenario, raftScenario } from "./raft-lab.js";

const SEED = 7;

async function failure(t: ExecutionContext, play: RaftScenario["play"]): Promise<string> {
  const scenario = raftScenario({
    suite: "2A",
    name: "Broken",
    servers: 3,
    network: RELIABLE,
    snapshots: false,
    play,
  });
  const error = await t.throwsAsync(scenario.run(SEED, null));
  return error.message;
}

test("a figure that is exceeded fails the scenario, which names itself, its seed and the figure", async (t) => {
  const message = await failure(t, async (lab) => {
    await lab.servers.checkOneLeader();
    expectFigure("RPCs to elect a leader", lab.requests, { atLeast: 1, atMost: 3 });
  });
  t.regex(message, /^2A Broken with seed 7: expected 1 to 3 RPCs to elect a leader, and counted \d+$/);
});

test("a figure that is not reached fails it too", async (t) => {
  const message = await failure(t, async (lab) => {
    expectFigure("RPCs to elect a leader", lab.requests, { atLeast: 1, atMost: 30 });
  });
  t.regex(message, /expected 1 to 30 RPCs to elect a leader, and counted 0/);
});

test("no leader within 5 s fails it", async (t) => {
  let virtualMs = 0;
  const message = await failure(t, async (lab) => {
    lab.servers.cut(...lab.servers.all);
    await lab.servers.checkOneLeader().finally(() => {
      virtualMs = lab.cluster.loop.nowUs / 1000;
    });
  });
  t.regex(message, /a leader within 5 s; there are 0 cut off /);
  t.true(virtualMs > 4500 && virtualMs < 5500);
});

test("a leader where there should be none fails it", async (t) => {
  const message = await failure(t, async ({ servers }) => {
    await servers.checkOneLeader();
    servers.checkNoLeader();
  });
  t.regex(message, /no leader without a majority; there are .* leader of term 1/);
});

test("two terms where there should be one fail it", async (t) => {
  const message = await failure(t, async ({ servers, sleep }) => {
    const leader = await servers.checkOneLeader();
    servers.cut(leader);
    await servers.checkOneLeader();
    servers.connect(leader);
    // Before the old leader has heard of the new one.
    await sleep(0);
    servers.checkTerms();
  });
  t.regex(message, /one term for all; there are .* of term 1 .* of term 2/);
});

test("a command that no majority can agree on within 10 s fails it", async (t) => {
  let virtualMs = 0;
  const message = await failure(t, async ({ servers, commands, cluster }) => {
    await commands.one({ by: 3, retry: false });
    const leader = await servers.checkOneLeader();
    servers.cut(servers.after(leader, 1), servers.after(leader, 2));
    const before = cluster.loop.nowUs;
    await commands.one({ by: 2, retry: true }).finally(() => {
      virtualMs = (cluster.loop.nowUs - before) / 1000;
    });
  });
  t.regex(message, /2 servers to apply <2> in time/);
  t.true(virtualMs >= 10_000 && virtualMs < 10_100);
});

test("a commit where there should be none fails it", async (t) => {
  const message = await failure(t, async ({ commands }) => {
    commands.checkNoAgreement(await commands.one({ by: 3, retry: false }));
  });
  t.regex(message, /nothing committed without a majority, and 3 have applied <1>/);
});

test("what is proposed to a leader without a majority has no place, and what comes after it may have its own", async (t) => {
  const places = async ({ servers, commands }: RaftLab): Promise<(number | undefined)[]> => {
    const first = await commands.one({ by: 3, retry: false });
    const leader = await servers.checkOneLeader();
    servers.cut(leader);
    const stray = commands.proposeToLeader(leader);
    const second = await commands.one({ by: 2, retry: true });
    servers.connect(leader);
    const third = await commands.one({ by: 3, retry: true });
    return [first, stray, second, third].map((proposal) => commands.placeOf(proposal));
  };
  let found: (number | undefined)[] = [];
  const scenario = raftScenario({
    suite: "2B",
    name: "Places",
    servers: 3,
    network: RELIABLE,
    snapshots: false,
    play: async (lab) => {
      found = await places(lab);
    },
  });
  await scenario.run(SEED, null);
  t.deepEqual(found, [1, undefined, 2, 3]);
});

test("a seed decides what happens", async (t) => {
  const scenario = raftScenario({
    suite: "2B",
    name: "Once",
    servers: 3,
    network: RELIABLE,
    snapshots: false,
    play: async ({ commands }) => {
      await commands.one({ by: 3, retry: false });
    },
  });
  const linesOf = async (seed: number): Promise<string> => {
    const lines: string[] = [];
    await scenario.run(seed, (line) => lines.push(line));
    return lines.join("\n");
  };
  const lines = await linesOf(SEED);
  t.true(lines.length > 1000);
  t.is(await linesOf(SEED), lines);
  t.not(await linesOf(SEED + 1), lines);
});
