/** The package as users have it: packed from what is built, installed under an empty prefix, and used from there alone. */
import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import test from "ava";
import { freePorts, plainEnvironment, temporaryDirectory } from "./processes.js";
import { Suite } from "./suite.js";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const execute = promisify(execFile);

interface PackedFile {
  readonly path: string;
  readonly size: number;
}

/** All that a package may hold; of the sources nothing but the schema. */
const EXPECTED = [
  /^(package\.json|README\.md|LICENSE)$/,
  /^bin\/(\w+\.js|package\.json)$/,
  /^man\/[\w.-]+\.\d$/,
  /^src\/wire\/\w+\.proto$/,
  /^dist\/src\/[\w/-]+\.(js|d\.ts|cjs)$/,
  /^dist\/src\/cli\/bundle\.cjs\.cache$/,
];

/** Compiled against the package's types, and run. */
const PROGRAM = `import { Clerk, ClerkError, type Pair } from "kvraft";

const clerk = new Clerk({ endpoints: [process.argv[2] ?? ""], timeoutMs: 20_000 });
await clerk.put("from the library", new Uint8Array([111, 107]));
const value: Uint8Array | null = await clerk.get("from the library");
const pairs: Pair[] = [];
for await (const pair of clerk.scan({ prefix: "from " })) pairs.push(pair);
const refused: unknown = await clerk.put("", "x").catch((error: unknown) => error);
console.log(new TextDecoder().decode(value ?? undefined), pairs.length, refused instanceof ClerkError && refused.code);
await clerk.close();
`;

/** What it depends on comes from the registry, or from npm's cache. */
const QUIETLY = ["--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
const LOOK = ["view", "commander", "name", "--fetch-retries=0", "--fetch-timeout=10000", ...QUIETLY];
const reachable = spawnSync("npm", LOOK).status === 0;
/** Skipped without a registry. */
const testInstalled = reachable ? test : test.skip;

const suite = new Suite();
let files: readonly PackedFile[] = [];
let prefix = "";
/** Where npm has put the package itself. */
let installed = "";
let endpoint = "";
let dataDir = "";

test.before(async () => {
  if (!reachable) return;
  const directory = await temporaryDirectory(suite);
  // Scripts would build anew what other tests are running.
  const packing = ["pack", "--ignore-scripts", "--json", "--pack-destination", directory];
  const { stdout } = await execute("npm", packing, { cwd: ROOT });
  const [packed] = JSON.parse(stdout) as readonly { filename: string; files: readonly PackedFile[] }[];
  files = packed?.files ?? [];
  prefix = join(directory, "prefix");
  installed = join(prefix, "lib/node_modules/kvraft");
  const tarball = join(directory, packed?.filename ?? "");
  await execute("npm", ["install", "--global", "--prefix", prefix, ...QUIETLY, tarball], { cwd: directory });
  const [client, peer] = await freePorts(2);
  endpoint = `127.0.0.1:${client}`;
  dataDir = join(directory, "data");
  const listen = ["--listen-client", endpoint, "--listen-peer", `127.0.0.1:${peer}`];
  await startDaemon(["--data-dir", dataDir, ...listen]);
});

test.after.always(() => suite.end());

/** Resolves when it is ready; it runs until the last test has ended. */
async function startDaemon(flags: readonly string[]): Promise<void> {
  const child = spawn(join(prefix, "bin/kvraftd"), flags, {
    env: { ...plainEnvironment(), KVRAFTD_EXIT_WITH_PARENT: "1", KVRAFTD_LOG_LEVEL: "error" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  suite.teardown(() => {
    child.kill("SIGKILL");
    return ended;
  });
  const tooEarly = ended.then(([status]) => Promise.reject(new Error(`kvraftd ended with ${status}`)));
  tooEarly.catch(() => {}); // It ends with the suite, when nobody waits for that any more.
  await Promise.race([once(createInterface({ input: child.stdout }), "line"), tooEarly]);
}

/** What the installed tool prints. Rejects where its exit status is not 0. */
async function kvraft(...args: readonly string[]): Promise<string> {
  const env = { ...plainEnvironment(), KVRAFT_ENDPOINTS: endpoint };
  const { stdout } = await execute(join(prefix, "bin/kvraft"), args, { env });
  return stdout;
}

testInstalled("it holds what it needs and nothing else", async (t) => {
  const needless = files.filter(({ path }) => !EXPECTED.some((form) => form.test(path)));
  t.deepEqual(needless, []);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  t.log(`${files.length} files, ${(bytes / 2 ** 20).toFixed(1)} MiB`);
});

testInstalled("the tool's short commands and long ones run from there", async (t) => {
  t.is(await kvraft("put", "greeting", "hello"), "");
  t.is(await kvraft("append", "greeting", ", world"), "");
  t.is(await kvraft("get", "greeting"), "hello, world");
  t.is(await kvraft("scan", "--prefix", "greet"), "greeting\thello, world\n");
  t.is(await kvraft("delete", "greeting"), "");
  t.regex(await kvraft("status", "--once"), /n1 .*leader/);
  t.is(await kvraft("health", "--ready"), "");
  const { version } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
  t.is(await kvraft("--version"), `${version}\n`);
  // Help loads every command.
  t.regex(await kvraft("--help"), /^ {2}playground /m);
});

testInstalled("the native lock of the data directory works there: a second daemon is refused", async (t) => {
  const second = execute(join(prefix, "bin/kvraftd"), ["--data-dir", dataDir], { env: plainEnvironment() });
  const { code } = (await t.throwsAsync(second)) as unknown as { readonly code: number };
  t.is(code, 78);
});

testInstalled(
  "V8's code for the short commands is that of the bundle beside it and of this Node",
  async (t) => {
    const { pack } = createRequire(import.meta.url)(join(installed, "bin/load.js"));
    const bundle = join(installed, "dist/src/cli/bundle.cjs");
    const [source, cache] = [await readFile(bundle), await readFile(`${bundle}.cache`)];
    const head: Buffer = pack(source, Buffer.alloc(0));
    t.true(cache.subarray(0, head.length).equals(head));
  },
);

testInstalled("the manual pages are installed, all of them", async (t) => {
  const pages = await readdir(join(ROOT, "man"));
  const found = pages.map((page) => readFile(join(prefix, `share/man/man${page.at(-1)}`, page)));
  await t.notThrowsAsync(Promise.all(found));
});

const { error } = spawnSync("man", ["--version"]);
(error === undefined ? testInstalled : test.skip)("man finds them", (t) => {
  for (const page of ["kvraft", "kvraft.toml", "kvraft-protocol", "kvraftd"]) {
    const { stdout } = spawnSync("man", ["-M", join(prefix, "share/man"), "-w", page], { encoding: "utf8" });
    t.regex(stdout, new RegExp(`${page}\\.\\d\\n$`));
  }
});

testInstalled("a program that imports the library compiles against its types, and runs", async (t) => {
  const project = await temporaryDirectory(t);
  await mkdir(join(project, "node_modules"));
  await symlink(installed, join(project, "node_modules/kvraft"));
  // Of Node itself only what the program names: users may have no types of it, or others.
  await writeFile(join(project, "node.d.ts"), "declare const process: { argv: string[] };");
  await writeFile(join(project, "package.json"), '{"type":"module"}');
  await writeFile(join(project, "main.ts"), PROGRAM);
  const options = [
    "--module",
    "nodenext",
    "--target",
    "es2022",
    "--lib",
    "es2022,dom",
    "--types",
    "",
    "--strict",
  ];
  await execute(join(ROOT, "node_modules/.bin/tsc"), [...options, "main.ts", "node.d.ts"], { cwd: project });
  const { stdout } = await execute(process.execPath, ["main.js", endpoint], { cwd: project });
  t.is(stdout, "ok 1 key-empty\n");
});
