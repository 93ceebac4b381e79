/** The code cache of a bundle (bin/load.js): taken where it fits, and nothing but slower where it does not. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { Script } from "node:vm";
import test, { type ExecutionContext } from "ava";
import { temporaryDirectory } from "./temporary-directory.js";

interface Loader {
  scriptOf(file: string, source: Buffer): Script;
  pack(source: Buffer, code: Buffer): Buffer;
  cacheFileOf(file: string): string;
}

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const LOADER = join(ROOT, "bin/load.js");
const loader = createRequire(import.meta.url)(LOADER) as Loader;

/** Both of one length: V8 takes the code of one for that of the other, which shows whose code has run. */
const SOURCE = Buffer.from('exports.answer = "of the source";');
const OTHER = Buffer.from('exports.answer = "of the cached";');

async function node(...args: string[]): Promise<{ status: unknown; stdout: string; stderr: string }> {
  const env = { HOME: "/nonexistent" };
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "close");
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [status] = await ended;
  return { status, stdout, stderr };
}

/** In a process of its own: V8 knows a script again that it has compiled before. */
async function answerWith(t: ExecutionContext, cache: Buffer | null, ...options: string[]): Promise<unknown> {
  const file = join(await temporaryDirectory(t), "bundle.cjs");
  await writeFile(file, SOURCE);
  if (cache !== null) await writeFile(loader.cacheFileOf(file), cache);
  const program = `console.log(require(${JSON.stringify(LOADER)}).load(${JSON.stringify(file)}).answer)`;
  return await node(...options, "--eval", program);
}

function codeOf(source: Buffer): Buffer {
  return loader.scriptOf(`${source.toString()}.cjs`, source).createCachedData();
}

const ofSource = { status: 0, stdout: "of the source\n", stderr: "" };
const ofCached = { status: 0, stdout: "of the cached\n", stderr: "" };

test("where the cache fits, its code is what runs", async (t) => {
  t.deepEqual(await answerWith(t, loader.pack(SOURCE, codeOf(OTHER))), ofCached);
});

test("without a cache the source is run", async (t) => {
  t.deepEqual(await answerWith(t, null), ofSource);
});

test("the cache of another source is not taken, even if that is as long", async (t) => {
  t.deepEqual(await answerWith(t, loader.pack(OTHER, codeOf(OTHER))), ofSource);
});

test("the cache of another build of Node is not taken", async (t) => {
  const cache = loader.pack(SOURCE, codeOf(OTHER));
  const version = cache.indexOf(process.version) + process.version.length - 1;
  cache.writeUInt8(cache.readUInt8(version) ^ 1, version);
  t.deepEqual(await answerWith(t, cache), ofSource);
});

test("V8 itself refuses the code of another version or other flags, and the source is run", async (t) => {
  t.deepEqual(await answerWith(t, loader.pack(SOURCE, Buffer.from("no code"))), ofSource);
  t.deepEqual(await answerWith(t, loader.pack(SOURCE, codeOf(OTHER)), "--no-opt"), ofSource);
});

test("a damaged cache is not taken, wherever the damage is", async (t) => {
  const whole = loader.pack(SOURCE, codeOf(OTHER));
  const places = Array.from({ length: 12 }, (_, at) => Math.floor(((at + 0.5) * whole.length) / 12));
  for (const place of [0, ...places, whole.length - 1]) {
    const flipped = Buffer.from(whole);
    flipped.writeUInt8(flipped.readUInt8(place) ^ 0x10, place);
    t.deepEqual(await answerWith(t, flipped), ofSource, `a bit of byte ${place}`);
  }
  for (const length of [0, 1, ...places, whole.length - 1]) {
    t.deepEqual(await answerWith(t, whole.subarray(0, length)), ofSource, `${length} bytes`);
  }
});

test("the cache that the build makes is taken, and without it the commands say the same", async (t) => {
  const copy = await temporaryDirectory(t);
  await cp(join(ROOT, "bin"), join(copy, "bin"), { recursive: true });
  await cp(join(ROOT, "package.json"), join(copy, "package.json"));
  const [bundle, late] = ["bundle.cjs", "late.cjs"].map((name) => join("dist/src/cli", name)) as [
    string,
    string,
  ];
  for (const file of [bundle, late]) await cp(join(ROOT, file), join(copy, file));
  const lines = [
    ["get", ""],
    ["put", "k", "v", "-e", "nowhere"],
    ["get", "k", "--frobnicate"],
    ["delete", "k", "--timeout", "100ms", "-e", "127.0.0.1:1"],
  ];
  const run = () => Promise.all(lines.map((line) => node(join(copy, "bin/kvraft.js"), ...line)));
  const without = await run();
  t.deepEqual(
    without.map(({ status }) => status),
    [65, 64, 64, 69],
  );
  const done = { status: 0, stdout: "", stderr: "" };
  t.deepEqual(await node(join(ROOT, "scripts/code-cache.js"), join(copy, bundle)), done);
  t.deepEqual(await run(), without);
  const isTaken = `const vm = require("node:vm"), { Script } = vm;
    let script;
    vm.Script = function (...of) { return (script = new Script(...of)); };
    require(${JSON.stringify(join(copy, "bin/load.js"))}).load(${JSON.stringify(join(copy, bundle))});
    if (script?.cachedDataRejected !== false) throw new Error("it was not taken");`;
  t.deepEqual(await node("--eval", isTaken), done);
});
