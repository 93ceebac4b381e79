import test, { type ExecutionContext } from "ava";
import { ClerkError } from "../../../src/clerk/clerk.js";
import { eventually } from "../../e2e/processes.js";
import { Dice } from "../../sim/dice.js";
import { LabCluster } from "./lab-cluster.js";
import { type RealOptions, runReal } from "./run.js";
import { bothWays } from "./ways.js";

/** Runs and passes; what is said on the way is shown if not. */
async function passes(t: ExecutionContext, options: RealOptions): Promise<void> {
  const lines: string[] = [];
  const rows = await runReal({ ...options, say: (line) => void lines.push(line) });
  t.is(rows.length, 1);
  for (const { rounds, passed } of rows) t.is(passed, rounds, lines.join("\n"));
}

test.serial("a cut really cuts: members apart elect nobody, and clients cut off get nowhere", async (t) => {
  const cluster = await LabCluster.make(t, { members: 3, dice: new Dice(1, 0), separateClients: true });
  await cluster.start();
  const impatient = await cluster.clerk({ name: "c1", timeoutMs: 1000 });
  const clerk = await cluster.clerk({ name: "c2", timeoutMs: 60_000 });
  await Promise.all([
    clerk.put("k", "before"),
    eventually("all have heard of each other", () => knowing(cluster)),
  ]);
  await eventually("the other has found the leader", () =>
    impatient.get("k").catch((error: unknown) => nullIfClerkError(error)),
  );

  // It knows every address that members tell, and they lead nowhere.
  cluster.partition(bothWays(["c1"], cluster.ids), "cut");
  await t.throwsAsync(impatient.get("k"), { instanceOf: ClerkError, code: "unreachable" });
  await clerk.put("k", "without it");

  cluster.partition(bothWays(cluster.ids, cluster.ids), "cut");
  await eventually("nobody leads", async () => ((await cluster.leaderNow()) === null ? true : null));
  const error = await t.throwsAsync<ClerkError>(impatient.put("k", "lost"), { instanceOf: ClerkError });
  t.false(error?.outcomeUnknown, "where nobody leads nothing is done");
  cluster.heal();
  await clerk.put("k", "after");
  t.is(Buffer.from((await clerk.get("k")) ?? []).toString(), "after");
  cluster.assertAlive();
});

/** Every member can tell where every other one serves clients. */
async function knowing(cluster: LabCluster): Promise<true | null> {
  const reports = await cluster.reports();
  const addresses = reports.flatMap(({ members }) => members.map(({ client }) => client));
  return addresses.length === 9 && !addresses.includes("") ? true : null;
}

function nullIfClerkError(error: unknown): null {
  if (error instanceof ClerkError) return null;
  throw error;
}

test.serial("OnePartition", (t) => passes(t, { only: "OnePartition" }));

test.serial("two rounds of kill -9, of three members and of five: linearizable, and nothing is lost", (t) =>
  passes(t, { kills: 2 }),
);

test.serial("two rounds of partitions, of three members and of five: linearizable", (t) =>
  passes(t, { partitions: 2 }),
);
