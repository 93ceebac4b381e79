/**
 * A cluster of real daemons on loopback, each with a data directory of its own. Members are killed, paused and
 * started again by process id; nothing outlives the test, even if the test itself is killed.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Clerk, type MemberReport } from "../../src/clerk/clerk.js";
import { NODE_FLAGS } from "../../src/daemon/node-flags.js";
import {
  eventually,
  freePorts,
  KVRAFTD,
  plainEnvironment,
  type Teardown,
  temporaryDirectory,
} from "./processes.js";

export interface ClusterOptions {
  readonly members?: number;
  /** For every daemon. */
  readonly flags?: readonly string[];
  /** For every life of every daemon that is not started otherwise. */
  readonly life?: Life;
}

/** What is special about one life of a daemon. */
export interface Life {
  /** A module that is loaded before the daemon: faults that the daemon itself knows nothing of. */
  readonly preload?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Comes before everything else on the command line: another program that runs the daemon. */
  readonly under?: readonly string[];
}

/** How a life ended; the one that does not apply is null. */
export interface End {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

const UNBUNDLED_KVRAFTD = fileURLToPath(new URL("unbundled-daemon.js", import.meta.url));

const FLAGS_DEFAULT = ["--heartbeat", "50ms", "--election-timeout", "500ms"];

export class Cluster {
  readonly members: readonly Daemon[];

  private constructor(members: readonly Daemon[]) {
    this.members = members;
  }

  /** Resolves when all members are ready; that one leads is another matter. */
  static async start(t: Teardown, options: ClusterOptions = {}): Promise<Cluster> {
    const cluster = await Cluster.prepare(t, options);
    await Promise.all(cluster.members.map((member) => member.start()));
    return cluster;
  }

  /** As `start`, and no member runs yet. */
  static async prepare(
    t: Teardown,
    { members: count = 3, flags = FLAGS_DEFAULT, life = {} }: ClusterOptions = {},
  ): Promise<Cluster> {
    const directory = await temporaryDirectory(t);
    const ports = await freePorts(2 * count);
    const addresses = Array.from({ length: count }, (_, at) => ({
      id: `n${at + 1}`,
      client: `127.0.0.1:${ports[2 * at]}`,
      peer: `127.0.0.1:${ports[2 * at + 1]}`,
    }));
    const clusterFlag = addresses.map(({ id, peer }) => `${id}=${peer}`).join(",");
    const cluster = new Cluster(
      addresses.map(
        (address) =>
          new Daemon(address, join(directory, address.id), ["--cluster", clusterFlag, ...flags], life),
      ),
    );
    t.teardown(() => Promise.all(cluster.members.map((member) => member.end("SIGKILL"))));
    return cluster;
  }

  get endpoints(): readonly string[] {
    return this.members.map((member) => member.client);
  }

  /** Closed when the test ends. */
  clerk(t: Teardown, { timeoutMs = 20_000, endpoints = this.endpoints } = {}): Clerk {
    const clerk = new Clerk({ endpoints, timeoutMs });
    t.teardown(() => clerk.close());
    return clerk;
  }

  /** What one member says of itself. */
  async report(member: Daemon): Promise<MemberReport> {
    const clerk = new Clerk({ endpoints: [member.client], timeoutMs: 1000 });
    try {
      const reports = await clerk.status();
      return (
        reports.find(({ id, client }) => id === member.id || client === member.client) ?? unanswered(member)
      );
    } finally {
      await clerk.close();
    }
  }

  /** The running member that leads in the highest term, once there is one. */
  leader(): Promise<Daemon> {
    return eventually("one of the members leads", async () => {
      const running = this.members.filter((member) => member.running);
      const reports = await Promise.all(running.map((member) => this.report(member)));
      const leading = reports.filter(({ role, error }) => role === "leader" && error === undefined);
      const newest = leading.sort((left, right) => right.term - left.term)[0];
      return running.find(({ id }) => id === newest?.id) ?? null;
    });
  }

  /** The last leader has noticed that it has no majority any more. */
  async untilNobodyLeads(): Promise<void> {
    const running = this.members.filter((member) => member.running);
    await eventually("nobody leads", async () => {
      const reports = await Promise.all(running.map((member) => this.report(member)));
      return reports.every(({ role, error }) => role !== "leader" && error === undefined) ? true : null;
    });
  }

  async followers(): Promise<readonly Daemon[]> {
    const leader = await this.leader();
    return this.members.filter((member) => member !== leader);
  }
}

export class Daemon {
  readonly id: string;
  /** HOST:PORT, as the other addresses. */
  readonly client: string;
  readonly peer: string;
  readonly dataDir: string;
  readonly flags: readonly string[];
  /** All that it has logged, in all its lives. */
  log = "";
  readonly #life: Life;
  #child: ChildProcess | null = null;
  #end: Promise<End> | null = null;

  constructor(
    address: { readonly id: string; readonly client: string; readonly peer: string },
    dataDir: string,
    flags: readonly string[],
    life: Life = {},
  ) {
    this.id = address.id;
    this.client = address.client;
    this.peer = address.peer;
    this.dataDir = dataDir;
    this.#life = life;
    this.flags = [
      ...["--id", this.id, "--data-dir", dataDir],
      ...["--listen-client", this.client, "--listen-peer", this.peer],
      ...flags,
    ];
  }

  get running(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error(`${this.id} was not started`);
    return pid;
  }

  /** Resolves to the ready line, or rejects when it ends without one. `flags` go after those that it always has. */
  async start(flags: readonly string[] = [], life: Life = this.#life): Promise<string> {
    // Its stdin is a pipe that ends with this process, and it with the pipe.
    const env = { ...plainEnvironment(), KVRAFTD_EXIT_WITH_PARENT: "1", ...life.environment };
    const script =
      life.preload === undefined ? [...NODE_FLAGS, KVRAFTD] : ["--import", life.preload, UNBUNDLED_KVRAFTD];
    const daemon = [process.execPath, ...script, ...this.flags, ...flags];
    const [program = "", ...args] = [...(life.under ?? []), ...daemon];
    const child = spawn(program, args, { env, stdio: "pipe" });
    this.#child = child;
    this.#end = new Promise((resolve) => {
      child.once("close", (status, signal) => resolve({ status, signal }));
    });
    child.stdin.on("error", () => {}); // It may die while it is being told something.
    child.stderr.on("data", (chunk: Buffer) => {
      this.log += chunk.toString("utf8");
    });
    for await (const line of createInterface({ input: child.stdout })) {
      if (!line.startsWith("kvraftd ")) throw new Error(`${this.id} said: ${line}`);
      child.stdout.resume();
      return line;
    }
    throw new Error(`${this.id} ended before it was ready:\n${this.log}`);
  }

  signal(signal: NodeJS.Signals): void {
    if (this.running) this.#child?.kill(signal);
  }

  /** Sends a signal and resolves to the exit status when the process is gone; null: a signal has ended it. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (child === null || !this.running) return child?.exitCode ?? null;
    return exitStatus(child, () => void child.kill(signal));
  }

  /** Resolves when the process has gone, by itself or not, and all that it said is in the log. */
  async ended(): Promise<End> {
    if (this.#end === null) throw new Error(`${this.id} was not started`);
    return this.#end;
  }

  /** Writes a line to its stdin, for what was preloaded. */
  tell(line: string): void {
    this.#child?.stdin?.write(`${line}\n`);
  }

  /** Closes the pipe on its stdin, as the end of this process would. */
  async abandon(): Promise<number | null> {
    const child = this.#child;
    if (child === null || !this.running) return child?.exitCode ?? null;
    return exitStatus(child, () => void child.stdin?.end());
  }
}

async function exitStatus(child: ChildProcess, cause: () => void): Promise<number | null> {
  const ended = once(child, "exit");
  cause();
  const [status] = (await ended) as [number | null];
  return status;
}

function unanswered(member: Daemon): MemberReport {
  const { id, client, peer } = member;
  const numbers = { term: 0, lastIndex: 0, commitIndex: 0, appliedIndex: 0, snapshotIndex: 0, logBytes: 0 };
  return { id, client, peer, role: "unknown", leader: "", ...numbers, error: "no answer" };
}
