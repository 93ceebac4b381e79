/** What every measurement is given: the options, the systems that there are, and where raw results go. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { Life } from "../e2e/cluster.js";
import { startEtcd } from "./etcd-cluster.js";
import { startKvraft } from "./kvraft-cluster.js";
import type { LoadJob, LoadResult } from "./load/job.js";
import type { Options } from "./options.js";
import { type BenchCluster, pidsOf, type SystemName } from "./system.js";
import type { Workshop } from "./workshop.js";

const LOAD_MAIN = fileURLToPath(new URL("load/main.js", import.meta.url));
/** Workers that write the first keys. */
const FILL_WORKERS = 256;

export class Bench {
  readonly options: Options;
  readonly systems: readonly SystemName[];
  readonly workshop: Workshop;

  constructor(options: Options, systems: readonly SystemName[], workshop: Workshop) {
    this.options = options;
    this.systems = systems;
    this.workshop = workshop;
  }

  /** `life` is for members of kvraft; `members`: how many. */
  async start(
    system: SystemName,
    life: Life = {},
    members: number = this.options.members,
  ): Promise<BenchCluster> {
    const cluster =
      system === "kvraft"
        ? await startKvraft(this.workshop, members, life)
        : await startEtcd(this.workshop, members);
    await cluster.leader();
    return cluster;
  }

  /** Runs `use` with a cluster that is gone afterwards. */
  async with<T>(system: SystemName, use: (cluster: BenchCluster) => Promise<T>, life: Life = {}): Promise<T> {
    const cluster = await this.start(system, life);
    try {
      return await use(cluster);
    } finally {
      await cluster.stop();
    }
  }

  /** One load from a process of its own; all connections go to the leader. Rejects when it fails as a whole. */
  async load(cluster: BenchCluster, job: Omit<LoadJob, "system" | "address" | "pids">): Promise<LoadResult> {
    const { client } = await cluster.leader();
    const whole: LoadJob = { ...job, system: cluster.system, address: client, pids: pidsOf(cluster) };
    const child: ChildProcess = spawn(process.execPath, [LOAD_MAIN, JSON.stringify(whole)], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.workshop.adopt(child);
    const [stdout, stderr] = await Promise.all([
      text(child.stdout as NodeJS.ReadableStream),
      text(child.stderr as NodeJS.ReadableStream),
      once(child, "close"),
    ]);
    if (stdout === "") throw new Error(`load on ${cluster.system}: ${stderr.trim()}`);
    return JSON.parse(stdout) as LoadResult;
  }

  /** Writes keys 0 to below `keys` once each. */
  fill(
    cluster: BenchCluster,
    data: { readonly keys: number; readonly valueBytes: number },
  ): Promise<LoadResult> {
    const workers = Math.min(FILL_WORKERS, data.keys);
    return this.load(cluster, { ...data, operation: "fill", workers, warmSeconds: 0, seconds: 0 });
  }

  /** One raw result, a line of JSON. */
  record(result: Readonly<Record<string, unknown>>): void {
    if (this.options.json !== null) appendFileSync(this.options.json, `${JSON.stringify(result)}\n`);
  }

  progress(line: string): void {
    process.stderr.write(`${line}\n`);
  }
}
