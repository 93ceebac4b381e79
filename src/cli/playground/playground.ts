/**
 * A whole cluster on this machine, one process a member, from start to Ctrl-C. Leaves no process behind, and no
 * file unless it was given a directory to keep.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { EXIT } from "../../base/exit-status.js";
import { CliError } from "../failure.js";
import type { Output } from "../output.js";
import { HOST, type PlaygroundMember, planMembers } from "./layout.js";
import { MemberProcess } from "./member-process.js";

export interface PlaygroundOptions {
  /** Null: as many as the directory holds, else three. */
  readonly members: number | null;
  /** Null: a temporary one, removed at the end. */
  readonly dataDir: string | null;
  readonly output: Output;
}

/** The first member serves clients where tools look by default. */
const FIRST_PORT = 6840;
/** A daemon that was asked to end does so within 10 s. */
const STOP_GRACE_MS = 10_000;

/** Resolves when a signal has ended it and nothing of it is left. @throws CliError when it cannot start. */
export async function runPlayground({ members: count, dataDir, output }: PlaygroundOptions): Promise<void> {
  const signals = new SignalCounter();
  const directory = dataDir ?? (await mkdtemp(join(tmpdir(), "kvraft-playground-")));
  const processes: MemberProcess[] = [];
  let keep = dataDir !== null;
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const members = await planMembers(directory, { count, firstPort: FIRST_PORT, remark });
    const cluster = members.map(({ id, peerPort }) => `${id}=${HOST}:${peerPort}`).join(",");
    for (const member of members) processes.push(new MemberProcess(member, { directory, cluster }));
    const started = Promise.all(processes.map(async ({ ready }) => output.write(`${await ready}\n`)));
    await Promise.race([started, signals.first]);
    if (signals.count > 0) return;
    await output.write(welcome(members, { directory, kept: dataDir !== null, firstPid: processes[0]?.pid }));
    const ended = Promise.all(processes.map((member) => reportEnd(member, signals)));
    await Promise.race([ended, signals.first]);
    if (signals.count === 0) {
      keep = true;
      throw new CliError(EXIT.unavailable, "all members have ended", `Their logs are in ${directory}`);
    }
  } finally {
    await stopAll(processes, signals);
    if (!keep) await rm(directory, { recursive: true, force: true });
    signals.release();
  }
}

/** The first signal asks for an orderly end, the second for one at once. */
class SignalCounter {
  static readonly #NAMES = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  readonly first: Promise<void>;
  readonly second: Promise<void>;
  count = 0;
  #resolveFirst = () => {};
  #resolveSecond = () => {};
  readonly #listener = () => {
    this.count++;
    if (this.count === 1) this.#resolveFirst();
    else this.#resolveSecond();
  };

  constructor() {
    this.first = new Promise((resolve) => {
      this.#resolveFirst = resolve;
    });
    this.second = new Promise((resolve) => {
      this.#resolveSecond = resolve;
    });
    for (const name of SignalCounter.#NAMES) process.on(name, this.#listener);
  }

  release(): void {
    for (const name of SignalCounter.#NAMES) process.off(name, this.#listener);
  }
}

async function reportEnd(member: MemberProcess, signals: SignalCounter): Promise<void> {
  const how = await member.ended;
  if (signals.count === 0) remark(`${member.id} has ended (${how}); its log: ${member.logPath}`);
}

async function stopAll(processes: readonly MemberProcess[], signals: SignalCounter): Promise<void> {
  for (const member of processes) member.signal("SIGTERM");
  const ended = Promise.all(processes.map((member) => member.ended));
  let timer: NodeJS.Timeout | undefined;
  const grace = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, STOP_GRACE_MS);
  });
  await Promise.race([ended, grace, signals.second]);
  clearTimeout(timer);
  for (const member of processes) member.signal("SIGKILL");
  await ended;
}

interface Welcome {
  readonly directory: string;
  readonly kept: boolean;
  /** Of the first member. */
  readonly firstPid: number | undefined;
}

function welcome(members: readonly PlaygroundMember[], { directory, kept, firstPid }: Welcome): string {
  const endpoints = members.map((member) => `${HOST}:${member.clientPort}`);
  const tool = toolName();
  const survivesOne = members.length >= 3;
  return [
    `endpoints ${endpoints.join(",")}`,
    `data and logs in ${directory}${kept ? "" : ", removed at the end"}`,
    "",
    "Try, in another terminal:",
    // All of them, since any may be killed, the one that tools ask by default too.
    `  export KVRAFT_ENDPOINTS=${endpoints.join(",")}`,
    `  ${tool} put greeting hello`,
    `  ${tool} get greeting`,
    `  ${tool} status`,
    "",
    ...(survivesOne ? [`Without ${members[0]?.id} the others go on: kill -9 ${firstPid}`] : []),
    "Ctrl-C ends the playground.",
    "",
  ].join("\n");
}

/** As the person has called it: installed, or straight from a clone. */
function toolName(): string {
  const script = process.argv[1] ?? "kvraft";
  return basename(script) === "kvraft" ? "kvraft" : `node ${relative(process.cwd(), script)}`;
}

function remark(text: string): void {
  process.stderr.write(`kvraft: ${text}\n`);
}
