import { readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { Cluster } from "./cluster.js";
import { kvraft, temporaryDirectory } from "./processes.js";
import { ToolSuite } from "./tool-suite.js";

const suite = new ToolSuite();
const tool = suite.run.bind(suite);

test.before(() => suite.begin());

test.after.always(() => suite.end());

test.serial("what is imported is exported again, byte for byte, also after an interruption", async (t) => {
  const directory = await temporaryDirectory(t);
  const given = join(directory, "given");
  const lines = Array.from({ length: 3000 }, (_, at) => {
    const key = Buffer.concat([Buffer.from(`t/${String(at).padStart(5, "0")}`), Buffer.of(at & 0xff)]);
    const value = Buffer.alloc(at === 1500 ? 700_000 : 300, at);
    return `{"key":{"base64":"${key.toString("base64")}"},"value":{"base64":"${value.toString("base64")}"}}\n`;
  });
  await writeFile(given, lines.join(""));
  const imported = await tool(["import", given, "-o", "json"]);
  t.is(imported.status, 0, imported.stderr);
  t.deepEqual(JSON.parse(imported.stdout.toString()), { version: 1, pairs: 3000 });
  const { stdout } = await tool(["export", "--prefix", "t/"]);
  t.true(stdout.equals(Buffer.from(lines.join(""))));
  const path = join(directory, "export");
  t.is((await tool(["export", "--prefix", "t/", path])).status, 0);
  await truncate(path, 400_000);
  t.is((await tool(["export", "--prefix", "t/", path])).status, 74);
  t.is((await tool(["export", "--prefix", "t/", "--resume", path])).status, 0);
  t.is(await readFile(path, "utf8"), lines.join(""));
});

test.serial("an import stops at a line that is no pair, and says how to go on", async (t) => {
  const line = (key: string) => `{"key":{"utf8":"i/${key}"},"value":{"utf8":"${key}"}}\n`;
  const input = Buffer.from(`${line("a")}${line("b")}oops\n${line("c")}`);
  const failed = await tool(["import"], { input });
  t.is(failed.status, 65);
  t.regex(failed.stderr, /2 lines of stdin are stored; kvraft import --skip 2/);
  t.regex(failed.stderr, /stdin:3: this line is no pair/);
  t.is((await tool(["import", "--skip", "3"], { input })).status, 0);
  t.is((await tool(["scan", "--prefix", "i/"])).stdout.toString(), "i/a\ta\ni/b\tb\ni/c\tc\n");
});

test.serial("health: 0 where all is well, 69 where nobody answers or nobody leads", async (t) => {
  t.is((await tool(["health", "--live"])).status, 0);
  t.is((await tool(["health", "--ready"])).status, 0);
  t.is((await tool(["health"])).status, 64);
  const nobody = await kvraft(["-e", "127.0.0.1:9", "--timeout", "300ms", "health", "--live"]);
  t.is(nobody.status, 69);
  t.regex(nobody.stderr, /no endpoint answers/);
  const alone = await Cluster.prepare(t);
  await alone.members[0]?.start();
  const options = ["-e", alone.endpoints[0] ?? "", "--timeout", "500ms"];
  t.is((await kvraft([...options, "health", "--live"])).status, 0);
  t.is((await kvraft([...options, "health", "--ready"])).status, 69);
});

test.serial("config show tells what is in force, and who says so", async (t) => {
  const home = await temporaryDirectory(t);
  const shown = await kvraft(["--context", "x", "config", "show"], {
    environment: { XDG_CONFIG_HOME: home },
  });
  t.is(shown.status, 64);
  const { stdout } = await kvraft(["--timeout", "1s", "config", "show", "--origin"], {
    environment: { KVRAFT_ENDPOINTS: "h:1", XDG_CONFIG_HOME: home },
  });
  t.is(
    stdout.toString(),
    "endpoints\th:1\tKVRAFT_ENDPOINTS\ntimeout\t1s\t--timeout\noutput\ttext\tdefault\n",
  );
});
