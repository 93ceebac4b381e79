import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test from "ava";
import { configFilePath, readConfigFile } from "../../src/cli/config-file.js";
import { CliError } from "../../src/cli/failure.js";
import { readSettings, type SettingSources } from "../../src/cli/settings.js";

const NOTHING: SettingSources = { flags: {}, environment: {}, file: null };

test("with nothing given it asks the first member on loopback for five seconds and speaks text", (t) => {
  t.deepEqual(readSettings(NOTHING), { endpoints: ["127.0.0.1:6840"], timeoutMs: 5000, output: "text" });
});

test("a flag goes before the environment, that before the file, that before the default", (t) => {
  const all = {
    flags: { endpoints: "flag:1" },
    environment: { KVRAFT_ENDPOINTS: "environment:1" },
    file: { path: "f", texts: { endpoints: "file:1" } },
  };
  t.deepEqual(readSettings(all).endpoints, ["flag:1"]);
  t.deepEqual(readSettings({ ...all, flags: {} }).endpoints, ["environment:1"]);
  t.deepEqual(readSettings({ ...all, flags: {}, environment: { KVRAFT_ENDPOINTS: "" } }).endpoints, [
    "file:1",
  ]);
});

test("endpoints are a list, each once", (t) => {
  const flags = { endpoints: "a:1, [::1]:2,a:1" };
  t.deepEqual(readSettings({ ...NOTHING, flags }).endpoints, ["a:1", "[::1]:2"]);
});

for (const flags of [
  { endpoints: "" },
  { endpoints: "6840" },
  { endpoints: "h:0" },
  { endpoints: "h:1,,h:2" },
  { endpoints: "h:99999" },
  { endpoints: "http://h:1" },
  { timeout: "5" },
  { timeout: "0s" },
  { timeout: "1000h" },
  { output: "yaml" },
]) {
  test(`refused with status 64: ${JSON.stringify(flags)}`, (t) => {
    t.is(t.throws(() => readSettings({ ...NOTHING, flags }), { instanceOf: CliError }).status, 64);
  });
}

test("what the environment or the file has wrong is status 78 and named", (t) => {
  const environment = { KVRAFT_TIMEOUT: "soon" };
  const fromEnvironment = t.throws(() => readSettings({ ...NOTHING, environment }), {
    instanceOf: CliError,
    message: /^KVRAFT_TIMEOUT: "soon" is not a duration/,
  });
  t.is(fromEnvironment.status, 78);
  const file = { path: "/c.toml", texts: { output: "yaml" } };
  const fromFile = t.throws(() => readSettings({ ...NOTHING, file }), {
    instanceOf: CliError,
    message: /^\/c.toml: output: "yaml" is not text or json/,
  });
  t.is(fromFile.status, 78);
});

test("the configuration file lies where XDG says", (t) => {
  t.is(configFilePath({ XDG_CONFIG_HOME: "/x" }), "/x/kvraft/config.toml");
  t.true(configFilePath({ XDG_CONFIG_HOME: "relative" }).endsWith("/.config/kvraft/config.toml"));
});

async function configFile(t: { teardown(fn: () => Promise<void>): void }, text: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "kvraft-config-"));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  const path = configFilePath({ XDG_CONFIG_HOME: directory });
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return path;
}

test("the configuration file is read; an absent one is none", async (t) => {
  const path = await configFile(t, 'endpoints = ["a:1", "b:2"]\ntimeout = "2s"\n');
  t.deepEqual(await readConfigFile(path), { path, texts: { endpoints: "a:1,b:2", timeout: "2s" } });
  t.is(await readConfigFile(join(path, "absent")), null);
  t.is(await readConfigFile(`${path}.absent`), null);
});

for (const [text, message] of [
  ["endpoints = ", /config\.toml:1:13: /],
  ['endpoint = "a:1"', /config\.toml: endpoint: no such setting/],
  ["timeout = 5", /config\.toml: timeout: not a text/],
] as const) {
  test(`a configuration file with ${JSON.stringify(text)} is status 78`, async (t) => {
    const error = await t.throwsAsync(readConfigFile(await configFile(t, text)), {
      instanceOf: CliError,
      message,
    });
    t.is(error.status, 78);
  });
}
