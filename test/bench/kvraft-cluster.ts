/** A cluster of `kvraftd` with the defaults that every user has: timings, log sizes, and each write synced. */
import { setTimeout as pause } from "node:timers/promises";
import { Cluster, type Daemon, type Life } from "../e2e/cluster.js";
import { MemberClient } from "../e2e/member-client.js";
import type { BenchCluster, BenchMember } from "./system.js";
import { Scope, type Workshop } from "./workshop.js";

const GLANCE_MS = 2;

/** `life`: with what the members are started, beside what every user has. */
export async function startKvraft(
  workshop: Workshop,
  members: number,
  life: Life = {},
): Promise<BenchCluster> {
  const scope = workshop.scope();
  const cluster = await Cluster.start(scope, { members, flags: [], life });
  const benchMembers = new Map(cluster.members.map((daemon) => [daemon, new KvraftMember(daemon)]));
  return {
    system: "kvraft",
    members: [...benchMembers.values()],
    leader: async () => benchMembers.get(await cluster.leader()) as KvraftMember,
    stop: () => scope.close(),
  };
}

class KvraftMember implements BenchMember {
  readonly #daemon: Daemon;

  constructor(daemon: Daemon) {
    this.#daemon = daemon;
  }

  get client(): string {
    return this.#daemon.client;
  }

  get dataDir(): string {
    return this.#daemon.dataDir;
  }

  get pid(): number {
    return this.#daemon.pid;
  }

  start(): Promise<unknown> {
    return this.#daemon.start();
  }

  end(signal: NodeJS.Signals): Promise<unknown> {
    return this.#daemon.end(signal);
  }

  async serving(): Promise<void> {
    while (!(await this.#serves())) await pause(GLANCE_MS);
  }

  async #serves(): Promise<boolean> {
    const scope = new Scope();
    try {
      const client = await MemberClient.connect(scope, this.client);
      const reply = await client.get("key");
      return reply?.kind === "get";
    } catch {
      return false; // Nobody listens yet.
    } finally {
      await scope.close();
    }
  }
}
