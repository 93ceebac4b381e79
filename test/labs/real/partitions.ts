/** Networks that fall apart in one shape after the other: halves, an isolated leader, one-way cuts, a bridge, a ring. */
import { drawPartition } from "../../sim/partitions.js";
import type { Disturbance } from "./campaign.js";
import { sleep } from "./lab.js";
import { bothWays, isMutual } from "./ways.js";

/** Of the ways between clients and members, while the network has fallen apart. */
const CLIENT_CUT_PERCENT = 25;

export const PARTITIONS: Disturbance = {
  name: "partitions",
  separateClients: true,
  disturb: async (cluster, { dice, clients }) => {
    const delayMsMax = dice.chance(30) ? 20 : 0;
    cluster.network.between(cluster.ids, cluster.ids, { delayMsMax });
    await cluster.leader();
    await sleep(dice.between(100, 400));
    for (let changes = dice.between(2, 3); changes > 0; changes--) {
      const leader = await cluster.leaderNow();
      const { cuts } = drawPartition(dice, cluster.ids, leader?.id ?? dice.pick(cluster.ids));
      const clientCuts = clients.flatMap((client) =>
        bothWays(
          [client],
          cluster.ids.filter(() => dice.chance(CLIENT_CUT_PERCENT)),
        ),
      );
      // A connection that breaks does so for both sides: one direction alone can only fall silent.
      const path = isMutual(cuts) && dice.chance(50) ? "cut" : "swallow";
      cluster.partition([...cuts, ...clientCuts], path);
      await sleep(dice.between(400, 900));
    }
  },
};
