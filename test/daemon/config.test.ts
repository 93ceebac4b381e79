import test from "ava";
import { type ConfigSources, changedSettings, readConfig } from "../../src/daemon/config.js";
import { parseConfigFile } from "../../src/daemon/config-file.js";
import { StartError } from "../../src/daemon/failure.js";

const NOTHING: ConfigSources = { flags: {}, environment: {}, file: null };

function file(text: string) {
  return parseConfigFile("/etc/kvraftd.toml", text);
}

test("with nothing given it is one member on loopback", (t) => {
  t.deepEqual(readConfig(NOTHING), {
    id: "n1",
    dataDir: "./kvraft.data",
    listenClient: { host: "127.0.0.1", port: 6840 },
    listenPeer: { host: "127.0.0.1", port: 6841 },
    listenMetrics: null,
    advertiseClient: null,
    advertisePeer: null,
    cluster: null,
    heartbeatMs: 100,
    electionTimeoutMs: 1000,
    snapshotLogBytes: 64 * 2 ** 20,
    requestBytesMax: 2 ** 20,
    logLevel: "info",
  });
});

test("a flag goes before the environment, that before the file, that before the default", (t) => {
  const all = {
    flags: { id: "from-flag" },
    environment: { KVRAFTD_ID: "from-environment" },
    file: file('id = "from-file"'),
  };
  t.is(readConfig(all).id, "from-flag");
  t.is(readConfig({ ...all, flags: {} }).id, "from-environment");
  t.is(readConfig({ ...all, flags: {}, environment: {} }).id, "from-file");
  t.is(readConfig(NOTHING).id, "n1");
});

test("a passed socket goes before everything, and what holds for an address holds for its own", (t) => {
  const flags = { "listen-client": "h:1", "listen-peer": "h:2" };
  const passed = (address: string) => ({ ...NOTHING, flags, passed: new Map([["listen-client", address]]) });
  const { listenClient, listenPeer } = readConfig(passed("10.0.0.1:7"));
  t.deepEqual(
    [listenClient, listenPeer],
    [
      { host: "10.0.0.1", port: 7 },
      { host: "h", port: 2 },
    ],
  );
  const error = t.throws(() => readConfig(passed("[::]:7")), {
    instanceOf: StartError,
    message: /^the passed socket for --listen-client is every interface/,
  });
  t.is(error.status, 78);
});

test("settings have changed when their values have, however they are written and wherever", (t) => {
  const before = {
    ...NOTHING,
    file: file('heartbeat = "100ms"\nlog-level = "info"\nsnapshot-log-bytes = 1024'),
  };
  const after = { ...NOTHING, file: file('id = "n2"\nlog-level = "debug"\nsnapshot-log-bytes = "1KiB"') };
  t.deepEqual(changedSettings(before, after), ["id", "log-level"]);
  t.deepEqual(changedSettings(before, { ...before, flags: { cluster: "n1=h:1" } }), ["cluster"]);
  t.deepEqual(changedSettings(before, before), []);
});

test("an empty variable counts as none", (t) => {
  t.is(readConfig({ ...NOTHING, environment: { KVRAFTD_ID: "" } }).id, "n1");
});

test("the data directory defaults to the first that systemd assigned", (t) => {
  t.is(
    readConfig({ ...NOTHING, environment: { STATE_DIRECTORY: "/var/lib/a:/var/lib/b" } }).dataDir,
    "/var/lib/a",
  );
  t.is(readConfig({ ...NOTHING, environment: { STATE_DIRECTORY: "" } }).dataDir, "./kvraft.data");
  t.is(
    readConfig({ ...NOTHING, flags: { "data-dir": "/d" }, environment: { STATE_DIRECTORY: "/s" } }).dataDir,
    "/d",
  );
});

test("the file takes plain numbers and lists where they read well", (t) => {
  const config = readConfig({
    ...NOTHING,
    file: file('id = "a"\nsnapshot-log-bytes = 4096\ncluster = ["b=h:2", "a=h:1"]\nheartbeat = "20ms"'),
  });
  t.is(config.snapshotLogBytes, 4096);
  t.is(config.heartbeatMs, 20);
  t.deepEqual(config.cluster, [
    { id: "a", peerAddress: "h:1" },
    { id: "b", peerAddress: "h:2" },
  ]);
});

const REFUSED_FLAGS: readonly (readonly [Record<string, string>, RegExp])[] = [
  [{ id: "N1" }, /--id: "N1" is not a member id/],
  [{ id: "-a" }, /--id/],
  [{ id: "a".repeat(33) }, /--id/],
  [{ "data-dir": "" }, /--data-dir/],
  [{ "listen-client": "6840" }, /--listen-client: "6840" is not HOST:PORT/],
  [{ "listen-client": "h:65536" }, /--listen-client/],
  [{ "listen-client": "0.0.0.0:6840" }, /every interface.*\nTry: --advertise-client/],
  [{ "listen-client": "[::]:6840" }, /every interface/],
  [{ "advertise-client": "h:0" }, /--advertise-client/],
  [{ "advertise-peer": "0.0.0.0:1" }, /--advertise-peer/],
  [{ cluster: "n1" }, /--cluster: "n1" is not a list/],
  [{ cluster: "n1=h:1,n1=h:2" }, /--cluster/],
  [{ cluster: "n1=h:1,n2=h:1" }, /--cluster/],
  [{ cluster: "n1=h:1,,n2=h:2" }, /--cluster/],
  [{ cluster: "n2=h:1,n3=h:2" }, /--cluster names n2, n3, but this member is n1/],
  [{ cluster: "n1=h:1", "advertise-peer": "h:2" }, /--advertise-peer: h:2 differs from h:1 in --cluster/],
  [{ heartbeat: "100" }, /--heartbeat: "100" is not a duration/],
  [{ heartbeat: "4ms" }, /at least 5ms/],
  [{ heartbeat: "1s" }, /--heartbeat must be shorter than the default of --election-timeout/],
  [
    { "election-timeout": "100ms" },
    /must be shorter than --election-timeout: heartbeat 100ms, election timeout 100ms/,
  ],
  [{ "snapshot-log-bytes": "0" }, /--snapshot-log-bytes/],
  [{ "max-request-bytes": "17MiB" }, /at most 16MiB/],
  [{ "log-level": "loud" }, /one of debug, info, warn, error, silent/],
];

for (const [flags, message] of REFUSED_FLAGS) {
  test(`refused with status 64: ${JSON.stringify(flags)}`, (t) => {
    const error = t.throws(() => readConfig({ ...NOTHING, flags }), { instanceOf: StartError, message });
    t.is(error.status, 64);
  });
}

test("what the environment or the file has wrong is status 78 and named", (t) => {
  const fromEnvironment = t.throws(
    () => readConfig({ ...NOTHING, environment: { KVRAFTD_HEARTBEAT: "x" } }),
    {
      instanceOf: StartError,
      message: /^KVRAFTD_HEARTBEAT: "x" is not/,
    },
  );
  t.is(fromEnvironment.status, 78);
  const fromFile = t.throws(() => readConfig({ ...NOTHING, file: file('listen-peer = "x"') }), {
    instanceOf: StartError,
    message: /^\/etc\/kvraftd.toml: listen-peer: "x" is not/,
  });
  t.is(fromFile.status, 78);
});

test("a flag that contradicts the environment is the one to blame", (t) => {
  const sources = { ...NOTHING, flags: { heartbeat: "2s" }, environment: { KVRAFTD_ELECTION_TIMEOUT: "1s" } };
  t.is(t.throws(() => readConfig(sources), { instanceOf: StartError }).status, 64);
});

for (const [text, message] of [
  ["id = ", /^\/etc\/kvraftd.toml:1:6: /],
  ['colour = "red"', /colour: no such setting/],
  ["id = true", /id: neither text nor a whole number/],
  ["cluster = [1]", /cluster: neither/],
] as const) {
  test(`a file with ${JSON.stringify(text)} is status 78`, (t) => {
    t.is(t.throws(() => file(text), { instanceOf: StartError, message }).status, 78);
  });
}
