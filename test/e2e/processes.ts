/**
 * Real processes for the tests: the tool run to its end, free ports, temporary directories, and patience with a limit.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
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

/** Each test file runs in a process of its own and has ports of its own: none takes another's between two lives of a member. */
let nextPort = 15_000 + (process.pid % 150) * 100;

/**
 * Ports that nobody listens on. They lie below those that the system gives to outgoing connections, one of which could
 * otherwise take a port between two lives of a member.
 */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = nextPort++;
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ host: "127.0.0.1", port, exclusive: true }, () => server.close(() => resolve(true)));
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
