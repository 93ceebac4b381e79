import test, { type ExecutionContext } from "ava";
import { Clerk, ClerkError } from "../../src/clerk/clerk.js";
import { FakeCluster } from "./fake-cluster.js";
import { TcpMember } from "./tcp-member.js";

/** A cluster of pretended members on loopback; everything is closed when the test ends. */
async function serve(t: ExecutionContext, size = 1) {
  const cluster = new FakeCluster(size);
  const ports = cluster.members.map((member) => new TcpMember(member));
  for (const port of ports) await port.listen();
  const clerk = new Clerk({ endpoints: [cluster.member("n1").address], timeoutMs: 5000 });
  t.teardown(async () => {
    await clerk.close();
    for (const port of ports) await port.close();
  });
  return { cluster, ports, clerk };
}

function bytes(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}

test("put, get, append, delete: text is UTF-8, bytes are kept as they are", async (t) => {
  const { clerk } = await serve(t);
  t.is(await clerk.get("schlüssel"), null);
  t.is(await clerk.put("schlüssel", "wört"), undefined);
  t.is(Buffer.from((await clerk.get("schlüssel")) ?? "").toString(), "wört");
  await clerk.put(bytes(0, 255, 128), bytes(255, 0));
  await clerk.append(bytes(0, 255, 128), bytes(1));
  t.deepEqual([...((await clerk.get(bytes(0, 255, 128))) ?? [])], [255, 0, 1]);
  t.true(await clerk.delete("schlüssel"));
  t.false(await clerk.delete("schlüssel"));
  await clerk.put("empty", "");
  t.is((await clerk.get("empty"))?.length, 0);
});

test("PITFALLS 51: odd keys are keys like any other, and the empty one is refused", async (t) => {
  const { clerk } = await serve(t);
  for (const key of ["__proto__", "\0", "constructor"]) {
    t.is(await clerk.get(key), null);
    await clerk.put(key, key);
    t.is(Buffer.from((await clerk.get(key)) ?? "").toString(), key);
  }
  const error = await t.throwsAsync(clerk.put("", "v"), { instanceOf: ClerkError });
  t.like(error, { code: "key-empty", outcomeUnknown: false });
});

test("a scan goes through all pages, and stops at its limit or when the caller does", async (t) => {
  const { clerk } = await serve(t);
  for (const key of ["a/1", "a/2", "a/3", "a/4", "a/5", "b/1"]) await clerk.put(key, key);
  const keys = async (options: Parameters<Clerk["scan"]>[0]) => {
    const found: string[] = [];
    for await (const { key } of clerk.scan(options)) found.push(Buffer.from(key).toString());
    return found;
  };
  t.deepEqual(await keys({ prefix: "a/" }), ["a/1", "a/2", "a/3", "a/4", "a/5"]);
  t.deepEqual(await keys({ from: "a/4" }), ["a/4", "a/5", "b/1"]);
  t.deepEqual(await keys({ limit: 0 }), []);
  for await (const { key, value } of clerk.scan()) {
    t.deepEqual(key, value);
    break;
  }
  await t.throwsAsync(keys({ limit: -1 }), { instanceOf: ClerkError, code: "invalid" });
});

test("a stale value comes with who answered, at which index, and how far behind; get stays what it was", async (t) => {
  const { clerk, cluster } = await serve(t);
  t.deepEqual(await clerk.getStale("k"), { member: "n1", index: 100, behindMs: 40, value: null });
  await clerk.put("k", bytes(0, 255));
  cluster.member("n1").behindMs = null;
  const { value, behindMs, index } = await clerk.getStale("k");
  t.deepEqual([...(value ?? []), behindMs], [0, 255, null]);
  t.true(index > 100);
  t.deepEqual([...((await clerk.get("k")) ?? [])], [0, 255]);
  await t.throwsAsync(clerk.getStale(""), { instanceOf: ClerkError, code: "key-empty" });
});

test("an explanation comes in the library's own terms; what is not known is null", async (t) => {
  const { cluster, clerk } = await serve(t);
  t.is(await clerk.explain("k"), null);
  await clerk.put("k", "v");
  t.deepEqual(await clerk.explain("k"), { sizeBytes: 1, created: null, changed: null, appends: null });
  const created = { index: 7, term: 2, seconds: 0 };
  const changed = { index: 9, term: 3, seconds: 5 };
  const who = { clientId: "\x00\x01abcde\xff", sequence: 4 };
  const explanation = { sizeBytes: 1, created, changed, ...who, appends: 2 };
  cluster.member("n1").intercept = ({ kind }) =>
    kind === "explain" ? { kind, explanation, index: 9 } : undefined;
  t.deepEqual(await clerk.explain("k"), {
    sizeBytes: 1,
    created: { index: 7, term: 2, timeMs: null },
    changed: { index: 9, term: 3, timeMs: 5000, client: "00016162636465ff", sequence: 4 },
    appends: 2,
  });
  await t.throwsAsync(clerk.explain(""), { instanceOf: ClerkError, message: /key/ });
});

test("a stale scan comes in pages, an empty one where there is nothing, and stops at its limit", async (t) => {
  const { clerk } = await serve(t);
  const pages = async (options: Parameters<Clerk["scanStale"]>[0]) => {
    const found: unknown[] = [];
    for await (const { pairs, member, behindMs } of clerk.scanStale(options)) {
      found.push([member, behindMs, pairs.map(({ key }) => Buffer.from(key).toString()).join(" ")]);
    }
    return found;
  };
  t.deepEqual(await pages({}), [["n1", 40, ""]]);
  for (const key of ["a/1", "a/2", "a/3", "b/1"]) await clerk.put(key, key);
  t.deepEqual(await pages({ prefix: "a/" }), [
    ["n1", 40, "a/1 a/2"],
    ["n1", 40, "a/3"],
  ]);
  t.deepEqual(await pages({ limit: 0 }), []);
  await t.throwsAsync(pages({ limit: -1 }), { instanceOf: ClerkError, code: "invalid" });
});

test("a Clerk that reads from any member asks followers too", async (t) => {
  const { cluster, clerk } = await serve(t, 3);
  await clerk.put("k", "v");
  const reader = new Clerk({ endpoints: cluster.members.map(({ address }) => address), readFrom: "any" });
  t.teardown(() => reader.close());
  for (let reads = 0; reads < 30; reads++) t.is(Buffer.from((await reader.get("k")) ?? "").toString(), "v");
  for (const { requests } of cluster.members) {
    t.true(requests.filter(({ kind }) => kind === "get").length >= 8);
  }
});

test("many operations in flight share one connection", async (t) => {
  const { clerk, ports, cluster } = await serve(t);
  await clerk.put("warm", "up");
  await Promise.all(Array.from({ length: 400 }, (_, at) => clerk.append("log", `<${at}>`)));
  t.is(ports[0]?.sockets.size, 1);
  t.is((cluster.store.get("log") ?? "").split("<").length, 401);
});

test("PITFALLS 38: connections that break under load lose nothing and repeat nothing", async (t) => {
  const { clerk, ports, cluster } = await serve(t, 3);
  const appends = Array.from({ length: 200 }, async (_, at) => {
    if (at % 40 === 20) for (const port of ports) for (const socket of port.sockets) socket.resetAndDestroy();
    await clerk.append("log", `<${at}>`);
  });
  await Promise.all(appends);
  const log = cluster.store.get("log") ?? "";
  for (let at = 0; at < 200; at++) t.is(log.split(`<${at}>`).length, 2);
});

test("when nobody leads, the error tells what each member did, those learned from others too", async (t) => {
  const { ports, cluster } = await serve(t, 2);
  await ports[1]?.close();
  cluster.elect(null);
  const clerk = new Clerk({ endpoints: [cluster.member("n1").address], timeoutMs: 1500 });
  t.teardown(() => clerk.close());
  const error = await t.throwsAsync(clerk.put("k", "v"), { instanceOf: ClerkError });
  t.like(error, { code: "no-leader", outcomeUnknown: false });
  t.regex(error?.message ?? "", /^no leader after 1\.5s; n1 [^,]+, n2 refused the connection; a majority /);
});

test("status asks every member itself, and lists the ones that do not answer with the reason", async (t) => {
  const { clerk, ports, cluster } = await serve(t, 4);
  await ports[2]?.close();
  for (const member of cluster.members) member.tells = (other) => (other.id === "n4" ? "" : other.address);
  const reports = await clerk.status();
  t.deepEqual(
    reports.map(({ id, role, error }) => [id, role, error]),
    [
      ["n1", "leader", undefined],
      ["n2", "follower", undefined],
      ["n3", "unknown", "refused the connection"],
      ["n4", "unknown", "no other member knows its client address yet"],
    ],
  );
  t.like(reports[1], {
    ...{
      term: 2,
      leader: "n1",
      lastIndex: 7,
      commitIndex: 6,
      appliedIndex: 5,
      snapshotIndex: 4,
      logBytes: 3,
    },
    ...{ client: cluster.member("n2").address, peer: "n2:2" },
  });
});

test("status of nobody: one report for each endpoint, in time", async (t) => {
  const { clerk, ports, cluster } = await serve(t);
  await ports[0]?.close();
  t.like((await clerk.status())[0], {
    id: "",
    client: cluster.member("n1").address,
    error: "refused the connection",
  });
});

test("close flushes the end of the session, may be repeated, and what comes after is refused", async (t) => {
  const { clerk, cluster } = await serve(t);
  await clerk.put("k", "v");
  await Promise.all([clerk.close(), clerk.close()]);
  while (cluster.sessions.size > 0) await new Promise((resolve) => setImmediate(resolve));
  const error = await t.throwsAsync(clerk.get("k"), { instanceOf: ClerkError });
  t.like(error, { code: "closed", outcomeUnknown: false });
});

test("endpoints, timeouts and choices that make no sense are refused at once", (t) => {
  for (const endpoints of [[], ["localhost"], ["::1:6840"]]) {
    t.throws(() => new Clerk({ endpoints }), { instanceOf: ClerkError, code: "invalid" });
  }
  for (const timeoutMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    t.throws(() => new Clerk({ endpoints: ["localhost:1"], timeoutMs }), { code: "invalid" });
  }
  const options = JSON.parse('{ "endpoints": ["localhost:1"], "readFrom": "follower" }');
  t.throws(() => new Clerk(options), { instanceOf: ClerkError, code: "invalid" });
});
