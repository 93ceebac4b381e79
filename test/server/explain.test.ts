/** What a member tells of a key, whichever is asked and however it came to know. */
import test from "ava";
import type { KeyExplanation } from "../../src/kv/explanation.js";
import { explain, open, operate } from "./requests.js";
import { ELECTION_TIMEOUT_MS, VirtualCluster } from "./virtual-cluster.js";

/** The members' wall clocks at the beginning of virtual time. */
const WALL_MS = 1_700_000_000_000;

async function started(options: ConstructorParameters<typeof VirtualCluster>[0] = {}) {
  const cluster = await VirtualCluster.started(options);
  const leader = await cluster.awaitLeader();
  const opened = await cluster.request(leader, open());
  const session = opened.kind === "result" ? opened.result.index : 0;
  let sequence = 0;
  /** Answers the index at which it took effect. */
  const write = async (kind: "put" | "append", value: string, key = "k"): Promise<number> => {
    const by = await cluster.awaitLeader();
    const reply = await cluster.request(by, operate({ kind, key, value }, { session, sequence: ++sequence }));
    return reply.kind === "result" && reply.result.status === "done" ? reply.result.index : 0;
  };
  const told = async (by: string, key = "k"): Promise<KeyExplanation | null> => {
    const reply = await cluster.request(by, explain(key));
    if (reply.kind !== "explain") throw new Error(JSON.stringify(reply));
    return reply.explanation;
  };
  return { cluster, leader, write, told };
}

test("every member tells the same of a key, and nothing of one that is not there", async (t) => {
  const { cluster, leader, write, told } = await started();
  const created = await write("put", "value");
  const changed = await write("append", "s");
  const expected = {
    sizeBytes: 6,
    created: { index: created, term: cluster.replica(leader).status().term },
    changed: { index: changed },
    clientId: "client-1",
    sequence: 2,
    appends: 1,
  };
  for (const id of cluster.ids) {
    const explanation = await told(id);
    t.like(explanation, expected);
    t.is(await told(id, "other"), null);
  }
});

test("a member that has just been told that a write is done tells of it, whichever is asked", async (t) => {
  const { cluster, write, told } = await started();
  for (const id of cluster.ids) {
    const index = await write("put", `for ${id}`);
    t.is((await told(id))?.changed?.index, index);
  }
});

test("terms are those of the entries, and times those of the logged clock, which may be ten seconds behind", async (t) => {
  const { cluster, leader, write, told } = await started();
  const startedSeconds = Math.ceil((WALL_MS + cluster.nowMs) / 1000);
  await write("put", "v");
  await cluster.run(9000);
  cluster.crash(leader);
  await write("append", "w");
  const [other] = cluster.ids.filter((id) => id !== leader);
  const { created, changed } = (await told(other as string)) ?? {};
  t.true((changed?.term ?? 0) > (created?.term ?? 0));
  t.true(Math.abs((created?.seconds ?? 0) - startedSeconds) <= 10);
  t.true((changed?.seconds ?? 0) >= (created?.seconds ?? 0) + 9, "each leader begins with its own clock");
});

test("a member that was sent a snapshot, and one that starts from its own, tell what the others do", async (t) => {
  const { cluster, leader, write, told } = await started({ snapshotLogBytes: 4000 });
  await write("put", "v");
  await write("append", "w");
  const away = cluster.ids.find((id) => id !== leader) as string;
  cluster.crash(away);
  for (let at = 0; at < 60; at++) await write("put", "x".repeat(200), `other ${at % 7}`);
  await cluster.start(away);
  await cluster.run(5 * ELECTION_TIMEOUT_MS);
  t.true(cluster.replica(away).status().snapshotIndex > 0);
  const expected = await told(leader);
  t.like(expected, { sizeBytes: 2, appends: 1 });
  t.deepEqual(await told(away), expected);
  cluster.crash(away);
  await cluster.start(away);
  await cluster.run(ELECTION_TIMEOUT_MS);
  t.deepEqual(await told(away), expected);
});

test("an empty key is refused, and so is one that is too long", async (t) => {
  const { cluster, leader } = await started();
  t.like(await cluster.request(leader, explain("")), { kind: "error", code: "invalid" });
  t.like(await cluster.request(leader, explain("k".repeat(4097))), { kind: "error", code: "too-large" });
});
