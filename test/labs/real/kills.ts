/** kill -9 of the leader, of one member, of a majority or of all, again and again. */
import type { Daemon } from "../../e2e/cluster.js";
import type { Dice } from "../../sim/dice.js";
import type { Disturbance } from "./campaign.js";
import { sleep } from "./lab.js";
import type { LabCluster } from "./lab-cluster.js";

export const KILLS: Disturbance = {
  name: "kills",
  separateClients: false,
  disturb: async (cluster, { dice }) => {
    await cluster.leader();
    await sleep(dice.between(100, 500));
    for (let strikes = dice.between(1, 2); strikes > 0; strikes--) {
      const victims = await drawVictims(cluster, dice);
      await cluster.kill(victims);
      await sleep(dice.between(0, 300));
      await cluster.start(victims);
      // Now and then the next strike hits them before they have found a leader.
      if (dice.chance(75)) await cluster.leader();
      await sleep(dice.between(100, 400));
    }
  },
};

async function drawVictims(cluster: LabCluster, dice: Dice): Promise<readonly Daemon[]> {
  const order = dice.shuffled(cluster.members);
  switch (dice.pick(["leader", "one", "majority", "all"])) {
    case "leader": {
      const leader = await cluster.leaderNow();
      return leader === null ? order.slice(0, 1) : [leader];
    }
    case "one":
      return order.slice(0, 1);
    case "majority":
      return order.slice(0, Math.floor(order.length / 2) + 1);
    default:
      return order;
  }
}
