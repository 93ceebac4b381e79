/**
 * Real processes for the tests: the tool run to its end, free ports, temporary directories, and patience with a limit.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = new URL("../../../", import.meta.url);
export const KVRAFT = fileURLToPath(new URL("bin/kvraft.js", ROOT));
export const KVRAFTD = fileURLToPath(new URL("bin/kvraftd.js", ROOT));

/** Whatever has to happen at the end, whatever became of the test. */
export interface Teardown {
  teardown(run: () => unknown): void;
}

export interface Finished {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: Uint8Array;
  readonly environment?: Readonly<Record<string, string>>;
  /** A file that takes the place of the pipe. */
  readonly stdout?: string;
  /** More arguments, as one would type them into a shell. */
  readonly shell?: string;
  /** Called with the process once it runs. */
  readonly during?: (child: ChildProcess) => void;
}

/** Runs `kvraft` to its end; of the surrounding environment it sees nothing that configures it. */
export async function kvraft(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return run([KVRAFT, ...args], options);
}

/** Runs `kvraftd` to its end. */
export async function kvraftd(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return run([KVRAFTD, ...args], options);
}

async function run(args: readonly string[], options: RunOptions): Promise<Finished> {
  const file = options.stdout === undefined ? null : openSync(options.stdout, "w");
  const env = { ...plainEnvironment(), ...options.environment };
  const command = ["-c", `exec "$@" ${options.shell ?? ""}`, "sh", process.execPath, ...args];
  const child = spawn("/bin/sh", command, { env, stdio: ["pipe", file ?? "pipe", "pipe"] });
  if (file !== null) closeSync(file);
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  child.stdin?.on("error", () => {}); // It may end without reading.
  child.stdin?.end(options.input ?? "");
  options.during?.(child);
  const [status, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return { status, signal, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString("utf8") };
}

export function plainEnvironment(): Record<string, string> {
  const { PATH = "" } = process.env;
  return { PATH, HOME: "/nonexistent" };
}

function collect(stream: NodeJS.ReadableStream | null): Buffer[] {
  const chunks: Buffer[] = [];
  stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
  return chunks;
}

export async function temporaryDirectory(t: Teardown): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "kvraft-e2e-"));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Ports come in blocks: whoever listens on the first of one has all of it, so that no test takes a port between two lives of a member. */
const BLOCK_PORTS = 100;
/** They lie below those that the system gives to outgoing connections. */
const FIRST_PORT = 15_000;
const BLOCKS = 150;

/** Of this process. */
let nextPort = 0;
let endPort = 0;

/** Ports that nobody listens on, and that no other test is given as long as this process lives. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    if (nextPort === endPort) await claimBlock();
    const port = nextPort++;
    const server = await tryToListen(port);
    if (server === null) continue;
    await new Promise((resolve) => server.close(resolve));
    ports.push(port);
  }
  return ports;
}

async function claimBlock(): Promise<void> {
  for (let tries = 0; tries < BLOCKS; tries++) {
    const first = FIRST_PORT + ((process.pid + tries) % BLOCKS) * BLOCK_PORTS;
    const server = await tryToListen(first);
    if (server === null) continue;
    server.unref();
    nextPort = first + 1;
    endPort = first + BLOCK_PORTS;
    return;
  }
  throw new Error(`no block of ports from ${FIRST_PORT} on is free`);
}

/** Null: somebody else listens there. */
function tryToListen(port: number): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(null) : reject(error),
    );
    server.listen({ host: "127.0.0.1", port, exclusive: true }, () => resolve(server));
  });
}

const PATIENCE_MS = 30_000;
const GLANCE_MS = 20;

/** Asks again and again until there is an answer, and fails when that takes too long. */
export async function eventually<T>(what: string, ask: () => Promise<T | null>): Promise<T> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (performance.now() > end) throw new Error(`${what}: not within ${PATIENCE_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, GLANCE_MS));
  }
}
