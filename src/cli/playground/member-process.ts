/**
 * One daemon of a playground: a process of its own, its log in a file, ended when its parent goes away.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { EXIT } from "../../base/exit-status.js";
import { NODE_FLAGS } from "../../daemon/node-flags.js";
import { CliError } from "../failure.js";
import { HOST, type PlaygroundMember } from "./layout.js";

const DAEMON = fileURLToPath(new URL("../../../../bin/kvraftd.js", import.meta.url));
const LAST_LINES = 3;

export class MemberProcess {
  readonly id: string;
  readonly logPath: string;
  /** Resolves to the ready line. @throws CliError when the process ends before it. */
  readonly ready: Promise<string>;
  /** Resolves to how it ended, for people. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;

  constructor(
    member: PlaygroundMember,
    { directory, cluster }: { readonly directory: string; readonly cluster: string },
  ) {
    this.id = member.id;
    this.logPath = join(directory, `${member.id}.log`);
    const log = openSync(this.logPath, "a", 0o600);
    const logStart = statSync(this.logPath).size;
    this.#child = spawn(process.execPath, [...NODE_FLAGS, DAEMON, ...flags(member, { directory, cluster })], {
      stdio: ["pipe", "pipe", log],
      // A group of its own: Ctrl-C in the terminal reaches the playground alone, which ends the members in order.
      detached: true,
      env: { ...withoutDaemonSettings(process.env), KVRAFTD_EXIT_WITH_PARENT: "1" },
    });
    closeSync(log);
    this.ended = once(this.#child, "exit").then(([code, signal]) =>
      signal === null ? `exit status ${String(code)}` : `signal ${String(signal)}`,
    );
    this.ready = Promise.race([this.#readyLine(), this.#endedEarly(logStart)]);
    // Whoever waits for it is told; that nobody does any more is no fault.
    this.ready.catch(() => {});
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  async #readyLine(): Promise<string> {
    const { stdout } = this.#child;
    if (stdout === null) return new Promise(() => {});
    for await (const line of createInterface({ input: stdout })) {
      if (line.includes(" ready ")) return line;
    }
    // It has closed stdout: how it ends is reported by the other side of the race.
    return new Promise(() => {});
  }

  async #endedEarly(logStart: number): Promise<never> {
    const how = await this.ended;
    const lines = readFileSync(this.logPath).subarray(logStart).toString("utf8").trimEnd().split("\n");
    const last = lines.slice(-LAST_LINES).join("\n");
    throw new CliError(
      EXIT.unavailable,
      `${this.id} ended before it was ready (${how}); its log ends with\n${last}`,
    );
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.running) this.#child.kill(signal);
  }
}

function flags(
  member: PlaygroundMember,
  { directory, cluster }: { readonly directory: string; readonly cluster: string },
): string[] {
  return [
    ...["--id", member.id],
    ...["--data-dir", join(directory, member.id)],
    ...["--listen-client", `${HOST}:${member.clientPort}`],
    ...["--listen-peer", `${HOST}:${member.peerPort}`],
    ...["--cluster", cluster],
  ];
}

/** Settings for a daemon of one's own must not leak into these. */
function withoutDaemonSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith("KVRAFTD_")));
}
