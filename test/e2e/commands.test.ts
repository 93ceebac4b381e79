import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { type RunOptions, temporaryDirectory } from "./processes.js";
import { ToolSuite } from "./tool-suite.js";

const EVERY_BYTE = Buffer.from(Uint8Array.from({ length: 256 }, (_, byte) => byte));

const suite = new ToolSuite();
const tool = suite.run.bind(suite);

test.before(() => suite.begin());

test.after.always(() => suite.end());

async function done(args: readonly string[], options: RunOptions = {}): Promise<Buffer> {
  const { status, stdout, stderr } = await tool(args, options);
  if (status !== 0) throw new Error(`kvraft ${args.join(" ")}: status ${status}\n${stderr}`);
  return stdout;
}

test("put, append, get, delete", async (t) => {
  t.is((await done(["put", "cycle", "one"])).length, 0);
  t.is((await done(["append", "cycle", " two"])).length, 0);
  t.is((await done(["get", "cycle"])).toString(), "one two");
  t.is((await done(["delete", "cycle"])).length, 0);
  const absent = await tool(["get", "cycle"]);
  t.is(absent.status, 1);
  t.is(absent.stdout.length, 0);
  t.is(absent.stderr, "");
  t.is((await tool(["delete", "cycle"])).status, 1);
});

test("any member will do, and global options may stand on either side of the command", async (t) => {
  for (const [at, endpoint] of suite.endpoints.entries()) {
    await done(["-e", endpoint, "put", `any/${at}`, `${at}`], { environment: { KVRAFT_ENDPOINTS: "" } });
    t.is((await done(["get", `any/${at}`, "--endpoints", endpoint])).toString(), `${at}`);
  }
});

test("every byte value goes in through stdin and comes back as it was", async (t) => {
  const value = Buffer.concat([EVERY_BYTE, Buffer.alloc(500_000, 0xff), EVERY_BYTE]);
  await done(["put", "bytes", "-"], { input: value });
  t.deepEqual(await done(["get", "bytes"]), value);
  await done(["append", "bytes"], { input: EVERY_BYTE });
  t.deepEqual(await done(["get", "bytes"]), Buffer.concat([value, EVERY_BYTE]));
});

test("keys and values in hexadecimal are bytes like any others", async (t) => {
  t.is((await done(["put", "--key-hex", "--value-hex", "6865780a00ff", "00FF0a"])).length, 0);
  await done(["append", "--key-hex", "6865780a00ff", "--value-hex"], { input: Buffer.from("7f\n") });
  t.deepEqual(await done(["get", "--key-hex", "6865780a00ff"]), Buffer.of(0x00, 0xff, 0x0a, 0x7f));
  t.is((await done(["scan", "--key-hex", "--prefix", "6865780a", "--keys-only"])).length, 7);
  t.is((await tool(["delete", "--key-hex", "6865780a00ff"])).status, 0);
  t.is((await tool(["get", "--key-hex", "xyz"])).status, 64);
  t.regex((await tool(["put", "k", "-x"])).stderr, /, or -- before what begins with a dash/);
});

test("@FILE is a file's bytes, and an empty value is a value", async (t) => {
  const path = join(await temporaryDirectory(t), "value");
  await writeFile(path, EVERY_BYTE);
  await done(["put", "file", `@${path}`]);
  t.deepEqual(await done(["get", "file"]), EVERY_BYTE);
  await done(["put", "empty", ""]);
  const empty = await tool(["get", "empty"]);
  t.is(empty.status, 0);
  t.is(empty.stdout.length, 0);
});

for (const key of ["__proto__", "constructor", "-dash", "ключ", "a\tb\nc"]) {
  test(`PITFALLS 51: ${JSON.stringify(key)} is a key like any other`, async (t) => {
    await done(["put", "--", key, "value"]);
    t.is((await done(["get", "--", key])).toString(), "value");
  });
}

test("PITFALLS 51: bytes that are no UTF-8 are a key as they were typed, or are refused", async (t) => {
  const typed = ["put", "$(printf 'raw/\\377\\200')", "$(printf '\\376')"]
    .map((part) => `"${part}"`)
    .join(" ");
  const { status, stderr } = await tool([], { shell: typed });
  if (process.platform !== "linux") {
    t.is(status, 64, stderr);
    return;
  }
  t.is(status, 0, stderr);
  t.deepEqual(await done(["scan", "--prefix", "raw/"]), Buffer.from("raw/\xff\x80\t\xfe\n", "latin1"));
});

test("the longest key is taken", async (t) => {
  await done(["put", "k".repeat(4096), "long"]);
  t.is((await done(["get", "k".repeat(4096)])).toString(), "long");
});

test("scan: prefix, bounds, limit, keys alone, in byte order", async (t) => {
  for (const key of ["b", "a", "c", "ab"]) await done(["put", `scan/${key}`, key.toUpperCase()]);
  t.is(
    (await done(["scan", "--prefix", "scan/"])).toString(),
    "scan/a\tA\nscan/ab\tAB\nscan/b\tB\nscan/c\tC\n",
  );
  t.is(
    (await done(["scan", "--from", "scan/ab", "--to", "scan/c", "--keys-only"])).toString(),
    "scan/ab\nscan/b\n",
  );
  t.is((await done(["scan", "--prefix", "scan/", "--limit", "1"])).toString(), "scan/a\tA\n");
  t.is((await done(["scan", "--prefix", "scan/none"])).toString(), "");
});

test("JSON of every command", async (t) => {
  const json = async (...args: string[]): Promise<unknown> =>
    JSON.parse((await done([...args, "-o", "json"])).toString());
  t.deepEqual(await json("put", "json/k", "v"), { version: 1, done: true });
  t.deepEqual(await json("append", "json/k", "w"), { version: 1, done: true });
  const key = { base64: "anNvbi9r", utf8: "json/k" };
  const value = { base64: "dnc=", utf8: "vw" };
  t.deepEqual(await json("get", "json/k"), { version: 1, key, value });
  t.deepEqual(await json("scan", "--prefix", "json/"), { version: 1, pairs: [{ key, value }] });
  t.deepEqual(await json("delete", "json/k"), { version: 1, deleted: true });
  const absent = await tool(["get", "json/k", "-o", "json"]);
  t.is(absent.status, 1);
  t.is(absent.stdout.length, 0);
});

test("explain: when a key was created and changed, by whom, and how often it was appended to", async (t) => {
  const before = Date.now();
  await done(["put", "explained", "one"]);
  await done(["append", "explained", " two"]);
  const text = (await done(["explain", "explained"])).toString();
  const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \(within 10 s\), index \d+, term \d+`;
  t.regex(text, new RegExp(`^size        7 bytes\ncreated     ${time}\nchanged     ${time}\n`));
  t.regex(text, /\nwritten by {2}client [0-9a-f]{16}, sequence 1\nappends {5}1 since the last put\n$/);
  const hex = Buffer.from("explained").toString("hex");
  const json = JSON.parse((await done(["explain", "--key-hex", hex, "-o", "json"])).toString());
  t.like(json, { version: 1, key: { utf8: "explained" }, sizeBytes: 7, appends: 1 });
  t.true(Number(json.changed.index) > Number(json.created.index));
  t.true(Math.abs(Date.parse(json.created.time) - before) < 60_000);
  const absent = await tool(["explain", "explained not"]);
  t.deepEqual([absent.status, absent.stdout.length, absent.stderr], [1, 0, ""]);
});

test("status: one table, one leader; in JSON indexes are text", async (t) => {
  const lines = (await done(["status"])).toString().trimEnd().split("\n");
  t.is(lines.length, 4);
  t.is(lines.filter((line) => / leader /.test(line)).length, 1);
  const { version, members } = JSON.parse((await done(["status", "-o", "json"])).toString());
  t.is(version, 1);
  t.deepEqual(
    members.map(({ id }: { id: string }) => id),
    ["n1", "n2", "n3"],
  );
  for (const { lastIndex, commitIndex, appliedIndex, snapshotIndex, error } of members) {
    for (const index of [lastIndex, commitIndex, appliedIndex, snapshotIndex]) {
      t.is(typeof index, "string");
      t.regex(index, /^\d+$/);
    }
    t.is(error, undefined);
  }
});

test("a reader that goes away early is no failure", async (t) => {
  await done(["put", "early/k", "-"], { input: Buffer.alloc(900_000, "x") });
  const { status, stderr } = await tool(["scan", "--prefix", "early/"], {
    during: (child) => child.stdout?.destroy(),
  });
  t.is(status, 0);
  t.is(stderr, "");
});

test("a command that is over in a moment loads one bundle, and nothing of the screens", async (t) => {
  const loadedBy = async (...args: string[]): Promise<string[]> => {
    const directory = await temporaryDirectory(t);
    await tool(args, { environment: { NODE_V8_COVERAGE: directory } });
    const [name = ""] = await readdir(directory);
    const report = JSON.parse(await readFile(join(directory, name), "utf8"));
    return report.result
      .map(({ url }: { url: string }) => url)
      .filter((url: string) => url.startsWith("file:"));
  };
  for (const args of [
    ["put", "loaded", "x"],
    ["append", "loaded", "y"],
    ["get", "loaded"],
    ["delete", "loaded"],
  ]) {
    const files = await loadedBy(...args);
    t.deepEqual(
      files.map((url) => url.slice(url.lastIndexOf("/") + 1)),
      ["kvraft.js", "load.js", "bundle.cjs"],
    );
  }
  // The measure works.
  t.true((await loadedBy("status")).length > 10);
});
