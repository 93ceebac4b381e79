/** Part 2C: clients go on proposing while servers come and go. What a client saw committed stays committed. */

import type { PeerNetworkProfile } from "../../sim/peer-network.js";
import type { Scenario } from "../scenario.js";
import { ELECTION_MS, RELIABLE, UNRELIABLE } from "./conditions.js";
import { expect } from "./expect.js";
import { type RaftLab, raftScenario } from "./raft-lab.js";
import type { Proposal } from "./suite-client.js";

const CLIENTS = 3;
const ROUNDS = 20;
const ROUND_MS = 0.7 * ELECTION_MS;
/** A client looks for its command in between, and then tries its luck with another one. */
const WAITS_MS = [10, 20, 50, 100, 200];

export const CHURN: readonly Scenario[] = [
  churnScenario("ReliableChurn", RELIABLE),
  churnScenario("UnreliableChurn", UNRELIABLE),
];

function churnScenario(name: string, network: PeerNetworkProfile): Scenario {
  return raftScenario({ suite: "2C", name, servers: 5, network, snapshots: false, play: churn });
}

async function churn(lab: RaftLab): Promise<void> {
  const { cluster, servers, commands, sleep } = lab;
  await commands.openSession();
  let goesOn = true;
  const clients = Array.from({ length: CLIENTS }, (_, me) => client(lab, me, () => goesOn));
  await trouble(lab);
  cluster.peers.profile = RELIABLE;
  servers.start(...servers.all);
  servers.connect(...servers.all);
  goesOn = false;
  const observed = (await Promise.all(clients)).flat();

  await sleep(ELECTION_MS);
  const last = commands.indexOf(await commands.one({ by: 5, retry: true })) ?? 0;
  expect(observed.length > 0, "clients who saw some of their commands committed");
  for (const { proposal, index } of observed) {
    const found = commands.indexOf(proposal);
    expect(
      found === index && index < last,
      `${proposal.name} at ${index}, where it was seen, not at ${found}`,
    );
  }
}

async function trouble({ servers, dice, sleep }: RaftLab): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    if (dice.chance(20)) servers.cut(servers.any());
    if (dice.chance(50)) {
      const server = servers.any();
      servers.start(server);
      servers.connect(server);
    }
    if (dice.chance(20)) servers.crash(servers.any());
    await sleep(ROUND_MS);
  }
  await sleep(ELECTION_MS);
}

interface Observation {
  readonly proposal: Proposal;
  readonly index: number;
}

async function client(
  { servers, commands, sleep }: RaftLab,
  me: number,
  goesOn: () => boolean,
): Promise<Observation[]> {
  const observed: Observation[] = [];
  while (goesOn()) {
    // Perhaps one of them leads; perhaps two think so.
    if (!servers.all.some((server) => servers.leads(server))) {
      await sleep(79 + me * 17);
      continue;
    }
    const proposal = commands.make();
    for (const server of servers.all) commands.propose(server, proposal);
    for (const waitMs of WAITS_MS) {
      await sleep(waitMs);
      const index = commands.indexOf(proposal);
      if (index === undefined || commands.appliedBy(proposal) === 0) continue;
      observed.push({ proposal, index });
      break;
    }
    proposal.givenUp = true;
  }
  return observed;
}
