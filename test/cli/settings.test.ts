import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import test from "ava";
import { configFilePaths, readConfigFiles } from "../../src/cli/config-file.js";
import { CliError } from "../../src/cli/failure.js";
import { type ConfigFile, findTexts, readSettings, type SettingSources } from "../../src/cli/settings.js";
import { temporaryDirectory } from "./temporary-directory.js";

const NOTHING: SettingSources = { flags: {}, environment: {}, files: [] };

const ENVIRONMENT = { KVRAFT_ENDPOINTS: "environment:1" };

function file(path: string, fields: Partial<ConfigFile>): ConfigFile {
  return { path, texts: {}, contexts: new Map(), context: undefined, ...fields };
}

test("with nothing given it asks the first member on loopback for five seconds and speaks text", (t) => {
  t.deepEqual(readSettings(NOTHING), { endpoints: ["127.0.0.1:6840"], timeoutMs: 5000, output: "text" });
});

test("a flag goes before the environment, that before the context, that before one's own file and the system's", (t) => {
  const contexts = new Map([["c", { endpoints: "context:1" }]]);
  const own = file("own", { texts: { endpoints: "own:1" } });
  const system = file("system", { texts: { endpoints: "system:1", timeout: "2s" }, contexts });
  const sources: readonly [SettingSources, string][] = [
    [{ flags: { endpoints: "flag:1" }, environment: ENVIRONMENT, files: [own, system] }, "flag:1"],
    [{ flags: {}, environment: ENVIRONMENT, files: [own, system] }, "environment:1"],
    [{ flags: { context: "c" }, environment: { KVRAFT_ENDPOINTS: "" }, files: [own, system] }, "context:1"],
    [{ flags: {}, environment: { KVRAFT_CONTEXT: "c" }, files: [own, system] }, "context:1"],
    [{ flags: {}, environment: {}, files: [{ ...own, context: "c" }, system] }, "context:1"],
    [{ flags: {}, environment: {}, files: [own, system] }, "own:1"],
    [{ flags: {}, environment: {}, files: [system] }, "system:1"],
  ];
  for (const [source, endpoint] of sources) {
    t.deepEqual(readSettings(source).endpoints, [endpoint]);
    t.is(readSettings(source).timeoutMs, 2000);
  }
});

test("each setting is told with who says so", (t) => {
  const own = file("own", {
    texts: { output: "json" },
    contexts: new Map([["c", { timeout: "1s" }]]),
    context: "c",
  });
  const { endpoints, timeout, output } = findTexts({ ...NOTHING, files: [own] });
  t.like(endpoints, { text: "127.0.0.1:6840", origin: "default" });
  t.like(timeout, { text: "1s", origin: "own: contexts.c.timeout" });
  t.like(output, { text: "json", origin: "own: output" });
});

test("a context that no file has is refused, with those there are", (t) => {
  const files = [
    file("own", { contexts: new Map([["a", {}]]) }),
    file("system", { contexts: new Map([["b", {}]]) }),
  ];
  const byFlag = t.throws(() => readSettings({ ...NOTHING, flags: { context: "c" }, files }), {
    instanceOf: CliError,
    message: /^--context: no context "c"; there are a, b$/,
  });
  t.is(byFlag.status, 64);
  const byVariable = t.throws(() => readSettings({ ...NOTHING, environment: { KVRAFT_CONTEXT: "c" } }), {
    instanceOf: CliError,
    message: /^KVRAFT_CONTEXT: no context "c"; there is none$/,
  });
  t.is(byVariable.status, 78);
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
  const files = [file("/c.toml", { texts: { output: "yaml" } })];
  const fromFile = t.throws(() => readSettings({ ...NOTHING, files }), {
    instanceOf: CliError,
    message: /^\/c.toml: output: "yaml" is not text or json/,
  });
  t.is(fromFile.status, 78);
});

test("the configuration file lies where XDG says", (t) => {
  t.deepEqual(configFilePaths({ XDG_CONFIG_HOME: "/x" }), [
    "/x/kvraft/config.toml",
    "/etc/kvraft/client.toml",
  ]);
  t.true(configFilePaths({ XDG_CONFIG_HOME: "relative" })[0]?.endsWith("/.config/kvraft/config.toml"));
});

async function configFile(t: { teardown(run: () => unknown): void }, text: string): Promise<string> {
  const directory = await temporaryDirectory(t);
  const [path = ""] = configFilePaths({ XDG_CONFIG_HOME: directory });
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return path;
}

test("the configuration file is read; an absent one is none", async (t) => {
  const path = await configFile(t, 'endpoints = ["a:1", "b:2"]\ntimeout = "2s"\n');
  const expected = file(path, { texts: { endpoints: "a:1,b:2", timeout: "2s" } });
  t.deepEqual(await readConfigFiles([join(path, "absent"), path, `${path}.absent`]), [expected]);
});

test("a configuration file may hold contexts, and name the one to use", async (t) => {
  const path = await configFile(t, 'context = "c"\n[contexts.c]\nendpoints = ["c:1"]\n[contexts.d]\n');
  const [read] = await readConfigFiles([path]);
  t.is(read?.context, "c");
  t.deepEqual(
    [...(read?.contexts ?? [])],
    [
      ["c", { endpoints: "c:1" }],
      ["d", {}],
    ],
  );
});

for (const [text, message] of [
  ["endpoints = ", /config\.toml:1:13: /],
  ['endpoint = "a:1"', /config\.toml: endpoint: no such setting/],
  ["timeout = 5", /config\.toml: timeout: neither a text/],
  ["context = 5", /config\.toml: context: not a name/],
  ["contexts = 5", /config\.toml: contexts: not a table/],
  ["contexts.c = 5", /config\.toml: contexts\.c: not a table/],
  ["[contexts.c]\nendpoint = 5", /config\.toml: contexts\.c: endpoint: no such setting/],
] as const) {
  test(`a configuration file with ${JSON.stringify(text)} is status 78`, async (t) => {
    const error = await t.throwsAsync(readConfigFiles([await configFile(t, text)]), {
      instanceOf: CliError,
      message,
    });
    t.is(error.status, 78);
  });
}
