import { once } from "node:events";
import { type IncomingHttpHeaders, request } from "node:http";
import { type AddressInfo, connect } from "node:net";
import test, { type ExecutionContext } from "ava";
import { Histogram } from "../../src/base/histogram.js";
import { Exposition } from "../../src/daemon/metrics/exposition.js";
import { FAMILIES } from "../../src/daemon/metrics/families.js";
import type { Reading } from "../../src/daemon/metrics/family.js";
import { type MetricsServerOptions, metricsServer } from "../../src/daemon/metrics/server.js";
import type { MemberStatus } from "../../src/wire/client-message.js";
import type { PeerStats } from "../../src/wire/member-stats.js";
import { blankStats } from "../clerk/blank-stats.js";
import { parseExposition } from "./exposition-text.js";

const STATUS: MemberStatus = {
  id: "n1",
  role: "leader",
  term: 7,
  leader: "n1",
  lastIndex: 100,
  commitIndex: 90,
  appliedIndex: 80,
  snapshotIndex: 50,
  logBytes: 4096,
  members: ["n1", "n2", "n3"].map((id) => ({ id, client: `${id}:1`, peer: `${id}:2` })),
  clusterId: new Uint8Array([0xc0, 1, 2, 3, 4, 5, 6, 7]),
  version: "1.2.3",
};

const SILENT: PeerStats = { id: "n3", isConnected: false, heardMs: null, roundTripUs: null, progress: null };

function reading(news: Partial<Reading["stats"]> = {}): Reading {
  return {
    stats: { ...blankStats(STATUS), ...news },
    connections: { open: 3, accepted: 5, refused: 2 },
  };
}

/** The value of a sample of a family. */
async function scrape(read: () => Reading) {
  const families = parseExposition(await new Exposition(read).text());
  return (sample: string): number | undefined =>
    families.get(sample.replace(/\{.*/, "").replace(/_(bucket|sum|count)$/, ""))?.samples.get(sample);
}

test("a histogram's buckets are cumulative, exact at their edges, and in seconds", async (t) => {
  const logWrite = new Histogram();
  // Microseconds around the edges of 16, 1024 and 2^23, and one beyond all of them.
  for (const us of [15, 16, 1023, 1024, 1025, 2 ** 23 - 1, 2 ** 23]) logWrite.record(us);
  const latencies = { ...blankStats(STATUS).latencies, logWrite };
  const value = await scrape(() => reading({ latencies }));
  const name = "kvraft_log_write_duration_seconds";
  t.is(value(`${name}_bucket{le="0.000016"}`), 1);
  t.is(value(`${name}_bucket{le="0.000512"}`), 2);
  t.is(value(`${name}_bucket{le="0.001024"}`), 3);
  t.is(value(`${name}_bucket{le="0.002048"}`), 5);
  t.is(value(`${name}_bucket{le="8.388608"}`), 6);
  t.is(value(`${name}_bucket{le="+Inf"}`), 7);
  t.is(value(`${name}_count`), 7);
  t.is(value(`${name}_sum`), logWrite.sum / 1e6);
});

test("what a leader knows is there by peer, and what it does not know is missing", async (t) => {
  const progress = {
    state: "replicate",
    matchIndex: 60,
    nextIndex: 101,
    snapshotIndex: 0,
    snapshotSentBytes: 0,
    snapshotBytes: 0,
  } as const;
  const peers = [{ id: "n2", isConnected: true, heardMs: 40, roundTripUs: 250, progress }, SILENT];
  const value = await scrape(() => reading({ peers }));
  t.is(value('kvraft_peer_connected{peer="n2"}'), 1);
  t.is(value('kvraft_peer_heard_age_seconds{peer="n2"}'), 0.04);
  t.is(value('kvraft_peer_round_trip_seconds{peer="n2"}'), 0.00025);
  t.is(value('kvraft_peer_lag_entries{peer="n2"}'), 40);
  t.is(value('kvraft_peer_connected{peer="n3"}'), 0);
  t.is(value('kvraft_peer_heard_age_seconds{peer="n3"}'), undefined);
  t.is(value('kvraft_peer_lag_entries{peer="n3"}'), undefined);
});

test("each scrape shows the member as it is then", async (t) => {
  let keys = 1;
  const exposition = new Exposition(() => reading({ keys: keys++ }));
  const first = parseExposition(await exposition.text())
    .get("kvraft_keys")
    ?.samples.get("kvraft_keys");
  const second = parseExposition(await exposition.text())
    .get("kvraft_keys")
    ?.samples.get("kvraft_keys");
  t.is(second, (first ?? 0) + 1);
});

test("metrics are named and described as Prometheus would have it", async (t) => {
  const families = parseExposition(await new Exposition(reading).text());
  for (const { name, type, help } of FAMILIES) {
    t.deepEqual({ help: families.get(name)?.help, type: families.get(name)?.type }, { help, type });
    t.regex(name, /^kvraft_[a-z]+(_[a-z]+)*$/);
    t.is(name.endsWith("_total"), type === "counter", name);
    if (type === "histogram") t.true(name.endsWith("_seconds"), name);
    t.regex(help, /^[A-Z].*\.$/);
  }
  t.is(families.get("kvraft_build_info")?.samples.get('kvraft_build_info{version="1.2.3"}'), 1);
  const member = 'kvraft_member_info{member="n1",cluster="c001020304050607"}';
  t.is(families.get("kvraft_member_info")?.samples.get(member), 1);
  for (const name of [
    "process_cpu_seconds_total",
    "process_start_time_seconds",
    "nodejs_gc_duration_seconds",
  ])
    t.true(families.has(name), name);
});

interface Got {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

async function serve(t: ExecutionContext, options: Partial<MetricsServerOptions> = {}) {
  const logged: string[] = [];
  const server = metricsServer({ read: reading, log: (_, event) => logged.push(event), ...options });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const ask = (path: string, method = "GET") =>
    new Promise<Got>((resolve, reject) => {
      const asked = request({ host: "127.0.0.1", port, path, method, agent: false }, async (response) => {
        const chunks: Buffer[] = await response.toArray();
        const { statusCode: status, headers } = response;
        resolve({ status, headers, body: Buffer.concat(chunks).toString("utf8") });
      });
      asked.on("error", reject);
      asked.end();
    });
  return { ask, port, logged, server };
}

test("GET /metrics is text that Prometheus reads, with a query and as HEAD too", async (t) => {
  const { ask } = await serve(t);
  const got = await ask("/metrics");
  t.is(got.status, 200);
  t.is(got.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
  t.true(parseExposition(got.body).has("kvraft_term"));
  t.is((await ask("/metrics?name=x")).status, 200);
  const head = await ask("/metrics", "HEAD");
  t.is(head.status, 200);
  t.is(head.body, "");
});

for (const path of ["/", "/metrics/", "/metricsx", "/favicon.ico", "//metrics"]) {
  test(`${path} is not there`, async (t) => {
    const { ask } = await serve(t);
    t.is((await ask(path)).status, 404);
  });
}

for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
  test(`${method} is not allowed`, async (t) => {
    const { ask } = await serve(t);
    const got = await ask("/metrics", method);
    t.is(got.status, 405);
    t.is(got.headers.allow, "GET, HEAD");
  });
}

test("it is live without a leader, and ready with one", async (t) => {
  let leader = "";
  const { ask } = await serve(t, {
    read: () => ({ ...reading(), stats: blankStats({ ...STATUS, leader }) }),
  });
  t.is((await ask("/livez")).status, 200);
  t.is((await ask("/readyz")).status, 503);
  leader = "n2";
  t.is((await ask("/readyz")).status, 200);
});

test("a fault while the member is read is logged and answered", async (t) => {
  let isBroken = false;
  const { ask, logged } = await serve(t, {
    read: () => {
      if (isBroken) throw new Error("broken");
      return reading();
    },
  });
  isBroken = true;
  t.is((await ask("/metrics")).status, 500);
  t.is((await ask("/readyz")).status, 500);
  t.deepEqual(logged, ["metrics request failed", "metrics request failed"]);
  t.is((await ask("/livez")).status, 200);
});

test("connections that never finish a request are closed, and more than a few are not taken", async (t) => {
  const { ask, port } = await serve(t, { timeoutMs: 200 });
  const closed = Array.from({ length: 40 }, async () => {
    const socket = connect(port, "127.0.0.1");
    const gone = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    socket.on("error", () => {}); // Reset or closed, it is gone.
    socket.write("GET /metrics HTTP/1.1\r\nhost: x\r\n");
    // Its answer, if there is one, has to be read for the end to be seen.
    socket.resume();
    await gone;
  });
  await Promise.all(closed);
  t.is((await ask("/livez")).status, 200);
});
