/**
 * A cluster of real daemons whose every connection, between members and from clients, goes through the proxies of one
 * {@link Network}. The addresses that members know of each other and tell clients are the proxies'; the
 * real ones are known to nobody but the proxies and, for its questions, to this file.
 */
import { join } from "node:path";
import { Clerk } from "../../../src/clerk/clerk.js";
import type { MemberStatus } from "../../../src/wire/client-message.js";
import { Daemon } from "../../e2e/cluster.js";
import { eventually, freePorts, type Teardown, temporaryDirectory } from "../../e2e/processes.js";
import type { Dice } from "../../sim/dice.js";
import { UNRELIABLE_CLIENTS, UNRELIABLE_MEMBERS } from "./conditions.js";
import { Network } from "./network.js";
import { askStatus } from "./status.js";
import type { Way } from "./ways.js";

export interface LabClusterOptions {
  readonly members: number;
  readonly dice: Dice;
  /** maxraftstate; without it no snapshot is ever due. */
  readonly snapshotLogBytes?: number;
  /** As in the lab suites: 0 to 26 ms of delay, and a tenth of all frames lost. */
  readonly unreliable?: boolean;
  /** Lets each client's ways be changed apart; members then tell clients addresses where nobody is let in. */
  readonly separateClients?: boolean;
}

/** The clients that use the addresses which the members tell. */
const EVERYBODY = "everybody";

/** Short, so that little time is spent without a leader. */
const TIMES = ["--heartbeat", "30ms", "--election-timeout", "300ms"];

export class LabCluster {
  readonly members: readonly Daemon[];
  readonly network: Network;
  readonly #options: LabClusterOptions;
  readonly #teardown: Teardown;
  readonly #everybody: readonly string[];
  /** Those that were started and not stopped by a test. */
  readonly #expected = new Set<Daemon>();
  /** Of separate clients, by name. */
  readonly #endpointsOf = new Map<string, readonly string[]>();

  private constructor(parts: {
    readonly members: readonly Daemon[];
    readonly network: Network;
    readonly options: LabClusterOptions;
    readonly teardown: Teardown;
    readonly everybody: readonly string[];
  }) {
    this.members = parts.members;
    this.network = parts.network;
    this.#options = parts.options;
    this.#teardown = parts.teardown;
    this.#everybody = parts.everybody;
  }

  /** No member runs yet. All of it goes with `t`. */
  static async make(t: Teardown, options: LabClusterOptions): Promise<LabCluster> {
    const directory = await temporaryDirectory(t);
    const network = new Network(options.dice);
    t.teardown(() => network.close());
    const ports = await freePorts(2 * options.members);
    const places = Array.from({ length: options.members }, (_, at) => ({
      id: `n${at + 1}`,
      client: `127.0.0.1:${ports[2 * at]}`,
      peer: `127.0.0.1:${ports[2 * at + 1]}`,
    }));
    const list: string[] = [];
    const everybody: string[] = [];
    for (const { id, client, peer } of places) {
      list.push(`${id}=${await network.proxy({ from: null, to: id, target: peer })}`);
      everybody.push(await network.proxy({ from: EVERYBODY, to: id, target: client }));
    }
    const members = places.map((place, at) => {
      const flags = ["--cluster", list.join(","), "--advertise-client", everybody[at] ?? "", ...TIMES];
      const { snapshotLogBytes } = options;
      if (snapshotLogBytes !== undefined) flags.push("--snapshot-log-bytes", `${snapshotLogBytes}`);
      return new Daemon(place, join(directory, place.id), flags);
    });
    t.teardown(() => Promise.all(members.map((member) => member.end("SIGKILL"))));
    const cluster = new LabCluster({ members, network, options, teardown: t, everybody });
    if (options.unreliable === true) {
      network.between(cluster.ids, cluster.ids, UNRELIABLE_MEMBERS);
      network.between([EVERYBODY], cluster.ids, UNRELIABLE_CLIENTS);
    }
    cluster.heal();
    return cluster;
  }

  get ids(): readonly string[] {
    return this.members.map(({ id }) => id);
  }

  /** Resolves when all of them are ready. */
  async start(members: readonly Daemon[] = this.members): Promise<void> {
    const down = members.filter((member) => !member.running);
    await Promise.all(down.map((member) => member.start()));
    for (const member of down) this.#expected.add(member);
  }

  /** kill -9, all at once. Resolves when they are gone. */
  async kill(members: readonly Daemon[] = this.members): Promise<void> {
    this.assertAlive();
    for (const member of members) this.#expected.delete(member);
    await Promise.all(members.map((member) => member.end("SIGKILL")));
  }

  /**
   * A client of all members, closed with the test at the latest. `name` is what its ways are called in the network, if
   * clients are separate; otherwise it shares those of everybody.
   */
  async clerk({ name, timeoutMs }: { readonly name: string; readonly timeoutMs: number }): Promise<Clerk> {
    const clerk = new Clerk({ endpoints: await this.#endpoints(name), timeoutMs });
    this.#teardown.teardown(() => clerk.close());
    return clerk;
  }

  /** What each running member says of itself, asked behind the proxies' back. */
  async reports(): Promise<readonly MemberStatus[]> {
    const running = this.members.filter((member) => member.running);
    const reports = await Promise.all(running.map(({ client }) => askStatus(client)));
    return reports.filter((report) => report !== null);
  }

  /** Who leads in the highest term now; null: nobody does. */
  async leaderNow(): Promise<Daemon | null> {
    const leading = (await this.reports()).filter(({ role }) => role === "leader");
    const newest = leading.sort((left, right) => right.term - left.term)[0];
    return this.members.find(({ id }) => id === newest?.id) ?? null;
  }

  leader(): Promise<Daemon> {
    return eventually("one of the members leads", () => this.leaderNow());
  }

  /** Throws if a member has ended that nobody has stopped: an assertion or a fault that it found. */
  assertAlive(): void {
    for (const member of this.#expected) {
      if (!member.running) throw new Error(`${member.id} has ended by itself:\n${member.log.slice(-4000)}`);
    }
  }

  /**
   * From now on exactly these ways are closed. "cut" breaks connections, and so closes the opposite ways too; "swallow"
   * closes one direction alone, in silence.
   */
  partition(ways: readonly Way[], path: "cut" | "swallow"): void {
    this.network.heal();
    for (const [from, to] of ways) this.network.change([from], [to], { path });
    if (this.#options.separateClients === true) {
      this.network.between([EVERYBODY], this.ids, { path: "cut" });
    }
  }

  heal(): void {
    this.partition([], "cut");
  }

  async #endpoints(name: string): Promise<readonly string[]> {
    if (this.#options.separateClients !== true) return this.#everybody;
    let endpoints = this.#endpointsOf.get(name);
    if (endpoints === undefined) {
      const made = this.members.map(({ id, client }) =>
        this.network.proxy({ from: name, to: id, target: client }),
      );
      endpoints = await Promise.all(made);
      this.#endpointsOf.set(name, endpoints);
    }
    return endpoints;
  }
}
