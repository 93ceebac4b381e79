/** A cluster of etcd with its defaults, on loopback. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { eventually, freePorts } from "../e2e/processes.js";
import type { BenchCluster, BenchMember } from "./system.js";
import type { Workshop } from "./workshop.js";

const GLANCE_MS = 2;

/** What `etcd --version` says first, or null where there is no etcd. */
export function etcdVersion(): string | null {
  const { status, stdout } = spawnSync("etcd", ["--version"], { encoding: "utf8" });
  return status === 0 ? (stdout.split("\n")[0] ?? "etcd") : null;
}

let clusters = 0;

export async function startEtcd(workshop: Workshop, count: number): Promise<BenchCluster> {
  const directory = join(workshop.directory, `etcd-${++clusters}`);
  await mkdir(directory);
  const ports = await freePorts(2 * count);
  const names = Array.from({ length: count }, (_, at) => `m${at + 1}`);
  const peers = names.map((_, at) => `127.0.0.1:${ports[2 * at + 1]}`);
  const initialCluster = names.map((name, at) => `${name}=http://${peers[at]}`).join(",");
  const members = names.map(
    (name, at) =>
      new EtcdMember(workshop, {
        name,
        client: `127.0.0.1:${ports[2 * at]}`,
        peer: peers[at] ?? "",
        dataDir: join(directory, name),
        initialCluster,
      }),
  );
  const stop = async (): Promise<void> => {
    await Promise.all(members.map((member) => member.end("SIGKILL")));
  };
  workshop.teardown(stop);
  for (const member of members) member.start();
  await Promise.all(members.map((member) => member.serving()));
  const leader = (): Promise<EtcdMember> =>
    eventually("one of etcd's members leads", async () => {
      const leads = await Promise.all(members.map((member) => member.leads()));
      return members.find((_, at) => leads[at]) ?? null;
    });
  return { system: "etcd", members, leader, stop };
}

interface EtcdOptions {
  readonly name: string;
  readonly client: string;
  readonly peer: string;
  readonly dataDir: string;
  readonly initialCluster: string;
}

class EtcdMember implements BenchMember {
  readonly #workshop: Workshop;
  readonly #options: EtcdOptions;
  #child: ChildProcess | null = null;

  constructor(workshop: Workshop, options: EtcdOptions) {
    this.#workshop = workshop;
    this.#options = options;
  }

  get client(): string {
    return this.#options.client;
  }

  get dataDir(): string {
    return this.#options.dataDir;
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error(`${this.#options.name} was not started`);
    return pid;
  }

  async start(): Promise<void> {
    const { name, client, peer, dataDir, initialCluster } = this.#options;
    const flags = [
      ...["--name", name, "--data-dir", dataDir],
      ...["--listen-client-urls", `http://${client}`, "--advertise-client-urls", `http://${client}`],
      ...["--listen-peer-urls", `http://${peer}`, "--initial-advertise-peer-urls", `http://${peer}`],
      ...["--initial-cluster", initialCluster, "--initial-cluster-token", "kvraft-bench"],
    ];
    const log = openSync(`${dataDir}.log`, "a");
    this.#child = spawn("etcd", flags, { stdio: ["ignore", log, log] });
    closeSync(log);
    this.#workshop.adopt(this.#child);
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, "exit");
    child.kill(signal);
    await exit;
  }

  /** Its health is a linearizable read through this member. */
  async serving(): Promise<void> {
    for (;;) {
      const answer = await ask(`http://${this.client}/health`, "GET");
      if (answer?.includes('"health":"true"') === true) return;
      if (this.#child?.exitCode !== null) throw new Error(`${this.#options.name} ended: see its log`);
      await pause(GLANCE_MS);
    }
  }

  async leads(): Promise<boolean> {
    const answer = await ask(`http://${this.client}/v3/maintenance/status`, "POST");
    if (answer === null) return false;
    const status = JSON.parse(answer) as { header?: { member_id?: string }; leader?: string };
    return status.leader !== undefined && status.leader === status.header?.member_id;
  }
}

const ASK_TIMEOUT_MS = 1000;

/** The body of an answer of status 200, or null. */
function ask(url: string, method: "GET" | "POST"): Promise<string | null> {
  return new Promise((resolve) => {
    const asked = request(url, { method, agent: false, timeout: ASK_TIMEOUT_MS }, (answer) => {
      let body = "";
      answer.setEncoding("utf8");
      answer.on("data", (text: string) => {
        body += text;
      });
      answer.on("end", () => resolve(answer.statusCode === 200 ? body : null));
    });
    asked.on("timeout", () => asked.destroy());
    asked.on("error", () => resolve(null));
    asked.on("close", () => resolve(null));
    asked.end(method === "POST" ? "{}" : undefined);
  });
}
