/** Progress in the majority and none in the minority, even where the leader of before is on that side. */
import { judge } from "./judge.js";
import { type Lab, sleep } from "./lab.js";
import type { RecordedClient } from "./recorded-client.js";
import { bothWays } from "./ways.js";

const MEMBERS = 5;
/** In the minority nothing may finish within this time. */
const STANDSTILL_MS = 1000;

export async function onePartition(lab: Lab): Promise<void> {
  const cluster = await lab.cluster({ members: MEMBERS, separateClients: true });
  await cluster.start();
  const first = await lab.client(cluster, { number: 1 });
  await first.must({ op: "put", key: "1", value: "13" });
  const leader = (await cluster.leader()).id;
  const [companion = ""] = cluster.ids.filter((id) => id !== leader);
  const minority = [leader, companion];
  const majority = cluster.ids.filter((id) => !minority.includes(id));
  const putter = await lab.client(cluster, { number: 2 });
  const getter = await lab.client(cluster, { number: 3 });
  cluster.partition(
    [
      ...bothWays(minority, majority),
      ...bothWays([first.name], minority),
      ...bothWays([putter.name, getter.name], majority),
    ],
    "cut",
  );

  await first.must({ op: "put", key: "1", value: "14" });
  await expectValue(first, "14");
  let finished = "";
  const put = putter.must({ op: "put", key: "1", value: "15" }).then(() => {
    finished += "put ";
  });
  const get = getter.must({ op: "get", key: "1" }).then(() => {
    finished += "get ";
  });
  const both = Promise.all([put, get]);
  both.catch(() => {}); // Told below.
  await sleep(STANDSTILL_MS);
  if (finished !== "") throw new Error(`in the minority these finished: ${finished}`);
  await expectValue(first, "14");
  await first.must({ op: "put", key: "1", value: "16" });
  await expectValue(first, "16");
  if (finished !== "") throw new Error(`in the minority these finished: ${finished}`);

  cluster.heal();
  await both;
  await expectValue(first, "15");
  cluster.assertAlive();
  judge(lab.recorder.history());
}

async function expectValue(client: RecordedClient, expected: string): Promise<void> {
  const found = await client.must({ op: "get", key: "1" });
  if (found !== expected) throw new Error(`read ${found} where ${expected} was written`);
}
