import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import test from "ava";
import { parseExposition } from "../daemon/exposition-text.js";
import { Cluster, type Daemon } from "./cluster.js";
import { eventually, freePorts, kvraftd, temporaryDirectory } from "./processes.js";

const FLAGS = ["--heartbeat", "50ms", "--election-timeout", "500ms", "--listen-metrics", "127.0.0.1:0"];

/** Where the member said that its metrics are. */
function metricsUrl({ log }: Daemon, path = "/metrics"): string {
  const ready = log.split("\n").find((line) => line.includes('"msg":"ready"')) ?? "{}";
  const { metrics } = JSON.parse(ready) as { readonly metrics?: string };
  return `http://${metrics}${path}`;
}

/** All samples of a member. */
async function scrape(member: Daemon): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(metricsUrl(member));
  const families = parseExposition(await response.text());
  return new Map([...families.values()].flatMap(({ samples }) => [...samples]));
}

test("members count what they do, and a leader knows its followers", async (t) => {
  const cluster = await Cluster.start(t, { flags: FLAGS });
  const leader = await cluster.leader();
  const [follower] = await cluster.followers();
  if (follower === undefined) return t.fail("there are followers");
  const clerk = cluster.clerk(t);
  await clerk.put("k", "v");
  const before = await scrape(leader);
  for (let put = 0; put < 10; put++) await clerk.put(`key-${put}`, "v");
  await clerk.get("k");
  const after = await eventually("the followers have everything", async () => {
    const now = await scrape(leader);
    const lags = cluster.members.map(({ id }) => now.get(`kvraft_peer_lag_entries{peer="${id}"}`) ?? 0);
    return lags.every((lag) => lag === 0) ? now : null;
  });
  const grown = (sample: string) => (after.get(sample) ?? 0) - (before.get(sample) ?? 0);
  t.is(grown("kvraft_proposals_total"), 10);
  t.is(grown("kvraft_keys"), 10);
  t.is(grown('kvraft_reads_total{consistency="linearizable"}'), 1);
  t.true(grown("kvraft_commit_index") >= 10);
  t.true(grown("kvraft_commit_duration_seconds_count") >= 10);
  for (const name of ["commit_duration", "apply_duration", "log_write_duration"]) {
    t.true(grown(`kvraft_${name}_seconds_count`) > 0, name);
    t.true(grown(`kvraft_${name}_seconds_sum`) > 0, name);
  }
  t.is(after.get("kvraft_is_leader"), 1);
  t.is(after.get("kvraft_elections_won_total"), 1);
  t.is(after.get("kvraft_members"), 3);
  t.true((after.get("kvraft_client_connections") ?? 0) >= 1);
  t.is(after.get(`kvraft_peer_connected{peer="${follower.id}"}`), 1);
  const there = await scrape(follower);
  t.is(there.get("kvraft_is_leader"), 0);
  t.is(there.get("kvraft_has_leader"), 1);
  t.is(there.get(`kvraft_peer_lag_entries{peer="${leader.id}"}`), undefined);
  t.is(there.get(`kvraft_peer_connected{peer="${leader.id}"}`), 1);
});

test("whoever is alone is live and not ready, and says what is missing", async (t) => {
  const cluster = await Cluster.prepare(t, { flags: FLAGS });
  const [member] = cluster.members;
  if (member === undefined) return t.fail("there is a member");
  t.is(await member.start(), `kvraftd n1 ready client=${member.client} peer=${member.peer}`);
  t.is((await fetch(metricsUrl(member, "/livez"))).status, 200);
  t.is((await fetch(metricsUrl(member, "/readyz"))).status, 503);
  const samples = await scrape(member);
  t.is(samples.get("kvraft_has_leader"), 0);
  t.is(samples.get('kvraft_peer_connected{peer="n2"}'), 0);
  // Connections that are kept alive do not hold up the end.
  t.is(await member.end("SIGTERM"), 0);
});

test("a metrics port that is taken ends the daemon as any other", async (t) => {
  const [port = 0, client, peer] = await freePorts(3);
  const taken = createServer().listen(port, "127.0.0.1");
  t.teardown(() => taken.close());
  const flags = ["--listen-client", `127.0.0.1:${client}`, "--listen-peer", `127.0.0.1:${peer}`];
  const { status, stdout, stderr } = await kvraftd([
    ...["--data-dir", await temporaryDirectory(t), ...flags],
    ...["--listen-metrics", `127.0.0.1:${port}`],
  ]);
  t.is(status, 69);
  t.is(stdout.length, 0);
  t.regex(stderr, /^kvraftd: cannot listen for metrics on 127\.0\.0\.1:\d+: another process listens there/m);
});

test("the daemon's bundle does without what only a metrics port needs", async (t) => {
  const bundle = await readFile(new URL("../../src/daemon/bundle.cjs", import.meta.url), "utf8");
  t.true(bundle.includes("metrics/server.js"));
  t.false(bundle.includes("node:http"));
  t.false(bundle.includes("kvraft_build_info"));
});
