import test, { type ExecutionContext } from "ava";
import { Appender, faultsIn } from "./appender.js";
import { Cluster } from "./cluster.js";
import { eventually } from "./processes.js";

const ROUNDS = 5;
const CLIENTS = 4;
/** Words that each client gets acknowledged between two crashes. */
const WORDS_A_ROUND = 25;

function appenders(t: ExecutionContext, cluster: Cluster): readonly Appender[] {
  return Array.from({ length: CLIENTS }, (_, at) => {
    const appender = new Appender(`c${at}`, { clerk: cluster.clerk(t), key: "words" });
    appender.start();
    return appender;
  });
}

/** Each client gets so many more words acknowledged. */
async function progress(clients: readonly Appender[]): Promise<void> {
  const goals = clients.map((client) => client.acknowledged + WORDS_A_ROUND);
  await eventually("all clients get words acknowledged", async () =>
    clients.every((client, at) => client.acknowledged >= (goals[at] ?? 0)) ? true : null,
  );
}

async function words(t: ExecutionContext, cluster: Cluster): Promise<string> {
  return Buffer.from((await cluster.clerk(t).get("words")) ?? []).toString();
}

test("PITFALLS 32, 36, 38: five leaders killed under load; each append is there once and in order, and no client notices", async (t) => {
  const cluster = await Cluster.start(t);
  const clients = appenders(t, cluster);
  await progress(clients);
  for (let round = 0; round < ROUNDS; round++) {
    const leader = await cluster.leader();
    await leader.end("SIGKILL");
    await progress(clients);
    await leader.start();
  }
  await Promise.all(clients.map((client) => client.stop()));
  t.deepEqual(faultsIn(await words(t, cluster), clients), []);
});

test("PITFALLS 1, 14: the whole cluster killed at once keeps all that it acknowledged", async (t) => {
  const cluster = await Cluster.start(t);
  const clients = appenders(t, cluster);
  await progress(clients);
  await Promise.all(cluster.members.map((member) => member.end("SIGKILL")));
  await Promise.all(cluster.members.map((member) => member.start()));
  await progress(clients);
  await Promise.all(clients.map((client) => client.stop()));
  t.deepEqual(faultsIn(await words(t, cluster), clients), []);
});

test("PITFALLS 14: a cluster of one keeps what it acknowledged through kill -9", async (t) => {
  const cluster = await Cluster.start(t, { members: 1 });
  const [member] = cluster.members;
  const clients = appenders(t, cluster);
  for (let round = 0; round < 3; round++) {
    await progress(clients);
    await member?.end("SIGKILL");
    await member?.start();
  }
  await Promise.all(clients.map((client) => client.stop()));
  t.deepEqual(faultsIn(await words(t, cluster), clients), []);
});

test("PITFALLS 16: a follower that was away while the log was cut catches up by a snapshot", async (t) => {
  const flags = ["--heartbeat", "50ms", "--election-timeout", "500ms", "--snapshot-log-bytes", "64KiB"];
  const cluster = await Cluster.start(t, { flags });
  const clerk = cluster.clerk(t);
  const value = (at: number) => `${at}/`.padEnd(2000, "v");
  await clerk.put("key/0", value(0));
  const [away] = await cluster.followers();
  if (away === undefined) return t.fail("there is a follower");
  const { lastIndex } = await cluster.report(away);
  await away.end("SIGKILL");
  for (let at = 1; at <= 200; at++) await clerk.put(`key/${at}`, value(at));
  const { snapshotIndex, commitIndex } = await cluster.report(await cluster.leader());
  t.true(snapshotIndex > lastIndex, "what it lacks is in no log any more");
  await away.start();
  await eventually("it has caught up", async () =>
    (await cluster.report(away)).appliedIndex >= commitIndex ? true : null,
  );
  t.true((await cluster.report(away)).snapshotIndex > lastIndex);

  // Its data is whole, after a restart too: it and one more are a majority.
  await away.end("SIGKILL");
  await away.start();
  const [leader, others] = [await cluster.leader(), await cluster.followers()];
  await (leader === away ? others[0] : leader)?.end("SIGKILL");
  const reader = cluster.clerk(t, { endpoints: [away.client] });
  let found = 0;
  for await (const pair of reader.scan({ prefix: "key/" })) {
    const at = Number(Buffer.from(pair.key).toString().slice("key/".length));
    t.is(Buffer.from(pair.value).toString(), value(at));
    found++;
  }
  t.is(found, 201);
});

test("PITFALLS 31: a leader that was paused serves no stale read on waking", async (t) => {
  const cluster = await Cluster.start(t);
  const clerk = cluster.clerk(t);
  await clerk.put("k", "old");
  const paused = await cluster.leader();
  paused.signal("SIGSTOP");
  t.teardown(() => paused.signal("SIGCONT"));
  await clerk.put("k", "new");
  // Asked while it sleeps, so that the question is among the first that it finds on waking.
  const reader = cluster.clerk(t, { endpoints: [paused.client] });
  const reading = reader.get("k");
  paused.signal("SIGCONT");
  t.is(Buffer.from((await reading) ?? []).toString(), "new");
});

test("PITFALLS 48: members come from the data directory, whatever the flags say later", async (t) => {
  const cluster = await Cluster.start(t);
  const [member] = cluster.members;
  if (member === undefined) return t.fail("there is a member");
  const before = (await cluster.clerk(t).status()).map(({ id, peer }) => ({ id, peer }));
  await member.end("SIGTERM");
  const line = await member.start(["--cluster", `n1=${member.peer},n9=127.0.0.1:1`]);
  t.is(line, `kvraftd n1 ready client=${member.client} peer=${member.peer}`);
  const after = await cluster.clerk(t, { endpoints: [member.client] }).status();
  t.deepEqual(
    after.map(({ id, peer }) => ({ id, peer })),
    before,
  );
  t.regex(member.log, /cluster setting ignored/);
});
