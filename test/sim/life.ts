/**
 * One life of one member, from boot to end: the process of daemon/member.ts over simulated disks, networks and
 * clocks. It may be paused, and ends when its member says so, when its disk fails, or in good order.
 */
import { assert } from "../../src/base/assert.js";
import { loadState } from "../../src/daemon/load-state.js";
import { stateDigest } from "../../src/kv/digest.js";
import type { StateMachine } from "../../src/kv/state-machine.js";
import type { MemberId } from "../../src/raft/entry.js";
import { RAFT_LIMITS_DEFAULT, type RaftLimits } from "../../src/raft/limits.js";
import type { Host } from "../../src/server/ports.js";
import { Replica, type ReplicaOptions } from "../../src/server/replica.js";
import type { Disk } from "../../src/storage/disk.js";
import { openStorageOn, type Storage } from "../../src/storage/open-storage.js";
import { StorageError } from "../../src/storage/storage-error.js";
import type { MemberStatus } from "../../src/wire/client-message.js";
import { REQUEST_BYTES_DEFAULT } from "../../src/wire/limits.js";
import { checkedLog, checkedSnapshots } from "./checked-storage.js";
import type { Served, ServerEnd } from "./client-network.js";
import { CountingDisk } from "./counting-disk.js";
import type { Dice } from "./dice.js";
import { clientAddress, PeerPort } from "./peer-port.js";
import { Process } from "./process.js";
import { ServedClient } from "./served-client.js";
import type { World } from "./world.js";

export interface LifeOptions {
  readonly id: MemberId;
  readonly disk: Disk;
  readonly dice: Dice;
  /** Of this member's own clock. */
  readonly tickUs: () => number;
  readonly wallClockMs: () => number;
  /** Whether its disk was given cause for such a failure: only then may it end by one. */
  readonly mayFail: (code: "io" | "corrupt") => boolean;
  /** Not called by `end`. */
  readonly onOver: (how: LifeEnd) => void;
}

/** In good order, by an error of the disk, or because what is on the disk is not what was written. */
export type LifeEnd = "stopped" | "io" | "corrupt";

const DIRECTORY = "/data";
const CLUSTER_ID = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
/** Every so many changes of what is applied the whole state is looked at. */
const DIGEST_EVERY = 16;
/** More than any value of the plans makes. */
const ENTRY_BYTES_MAX = 2000;

export class Life {
  readonly clients = new Set<ServedClient>();
  readonly disk: CountingDisk;
  readonly #world: World;
  readonly #options: LifeOptions;
  readonly #peers: PeerPort;
  readonly #process: Process;
  readonly #limits: RaftLimits;
  #replica: Replica | null = null;
  #storage: Storage | null = null;
  /** The state as it was loaded, while the replica still uses it. */
  #state: StateMachine | null = null;
  #stopping = false;
  #digestIn = DIGEST_EVERY;
  #lastApplied = 0;

  constructor(world: World, options: LifeOptions) {
    this.#world = world;
    this.#options = options;
    this.disk = new CountingDisk(options.disk);
    this.#peers = new PeerPort(world, options.id, () => this.alive);
    const { loop, plan } = world;
    this.#limits = { ...RAFT_LIMITS_DEFAULT, ...plan.raftLimits };
    this.#process = new Process({ loop, dice: options.dice, afterStep: () => this.#observe() });
  }

  boot(): void {
    this.#boot().catch((error: unknown) => this.#fatal(error));
  }

  get alive(): boolean {
    return this.#process.alive;
  }

  get paused(): boolean {
    return this.#process.paused;
  }

  /** Null while it is not up. */
  get status(): MemberStatus | null {
    return this.alive ? (this.#replica?.status() ?? null) : null;
  }

  /** Runs `run` as this process: now, or when it goes on. */
  enter(run: () => void): void {
    this.#process.enter(run);
  }

  /** Messages can reach that member, or no longer, as far as this one's sockets know. */
  linkChanged(peer: MemberId, up: boolean): void {
    this.enter(() => this.#replica?.linkChanged(peer, up));
  }

  /** The process is gone from one instruction to the next. */
  end(): void {
    if (this.alive) this.#world.processChanged(this.#options.id, false);
    this.#process.end();
    for (const client of this.clients) client.close();
  }

  pause(): void {
    this.#process.pause();
  }

  resume(): void {
    this.#process.resume();
  }

  /** Ends in good order: hands leadership on and answers what is under way. */
  stop(): void {
    this.enter(() => {
      if (this.#replica === null || this.#stopping) return;
      this.#stopping = true;
      this.#replica.stop(() => this.#close().catch((error: unknown) => this.#fatal(error)));
    });
  }

  receive(from: MemberId, frame: Uint8Array): void {
    this.enter(() => {
      if (this.#replica === null) return;
      this.#peers.receive(from, frame, (message) => this.#replica?.receive(message));
    });
  }

  /** Null: nobody listens yet. */
  accept(end: ServerEnd): Served | null {
    if (!this.alive || this.#replica === null || this.#stopping) return null;
    const { id } = this.#options;
    let client: ServedClient | null = null;
    this.enter(() => {
      client = new ServedClient(this.#world, {
        identity: { clusterId: CLUSTER_ID, memberId: id, version: "simulated" },
        clientAddress: clientAddress(id),
        end,
        handle: (request, reply) => this.#replica?.handle(request, reply),
      });
      this.clients.add(client);
    });
    return {
      receive: (chunk) => this.enter(() => client?.receive(chunk)),
      closed: () =>
        this.enter(() => {
          if (client === null) return;
          client.closed();
          if (client.unanswered === 0) this.clients.delete(client);
        }),
    };
  }

  /** Compares the whole state with the canonical one, where it can be seen. */
  checkState(): void {
    const { status } = this;
    if (status === null || this.#state === null) return;
    const { id } = this.#options;
    const { appliedIndex } = status;
    assert(
      stateDigest(this.#state) === this.#world.service.digestAt(appliedIndex),
      `${id} holds another state than the canonical one at ${appliedIndex}`,
    );
  }

  async #boot(): Promise<void> {
    const { plan, trace, consensus, counts } = this.#world;
    const { id } = this.#options;
    const voters = plan.ids.map((voter) => ({ id: voter, peerAddress: `${voter}:7000` }));
    const storage = await openStorageOn(this.disk, {
      directory: DIRECTORY,
      memberId: id,
      given: voters,
      initial: () => ({ clusterId: CLUSTER_ID, configuration: { voters } }),
      segmentBytes: plan.segmentBytes,
      onFault: (error) => this.#fatal(error),
    });
    const state = await loadState(storage.snapshots, { limits: plan.stateLimits, directory: DIRECTORY });
    if (!this.alive) return;
    const { snapshot, hardState, entries } = storage.recovered;
    trace.event(id, ["boot", hardState.currentTerm, snapshot.lastIncludedIndex, entries.length], () => {
      const log = `snapshot ${snapshot.lastIncludedIndex}@${snapshot.lastIncludedTerm} and ${entries.length} entries`;
      return `boots in term ${hardState.currentTerm}, vote ${hardState.votedFor ?? "-"}, with ${log} ${storage.notes.join(" ")}`;
    });
    consensus.booted(id, storage.recovered);
    counts.boots++;
    this.#storage = storage;
    this.#state = state;
    this.#replica = new Replica(this.#replicaOptions(storage, state));
    this.#process.tickEvery(this.#options.tickUs, () => {
      this.#replica?.tick();
      this.#checkWindows();
    });
    this.#observe();
    this.#world.processChanged(id, true);
  }

  #replicaOptions(storage: Storage, stateMachine: StateMachine): ReplicaOptions {
    const { plan } = this.#world;
    const { id, dice } = this.#options;
    return {
      id,
      clusterId: CLUSTER_ID,
      version: "simulated",
      clientAddress: clientAddress(id),
      restored: storage.recovered,
      stateMachine,
      stateMachineLimits: plan.stateLimits,
      log: checkedLog(this.#world, id, storage.log),
      snapshots: checkedSnapshots(this.#world, id, storage.snapshots),
      transport: this.#peers,
      host: this.#host(),
      random: dice,
      tickMs: plan.tickMs,
      heartbeatTicks: plan.heartbeatTicks,
      electionTimeoutTicks: plan.electionTimeoutTicks,
      snapshotLogBytes: plan.snapshotLogBytes,
      requestBytesMax: REQUEST_BYTES_DEFAULT,
      raftLimits: plan.raftLimits,
    };
  }

  #host(): Host {
    const { loop, trace, plan, counts } = this.#world;
    const { id, dice, wallClockMs } = this.#options;
    return {
      defer: (run) => loop.after(dice.between(1, plan.turnUsMax), () => this.enter(run)),
      wallClockMs,
      nowUs: () => loop.nowUs,
      openFilesMax: 0,
      fatal: (error) => this.#fatal(error),
      log: (level, event, fields) => {
        trace.event(id, ["log", event], () => `${level}: ${event} ${JSON.stringify(fields ?? {})}`);
        if (event !== "snapshot installed") return;
        counts.snapshotsInstalled++;
        this.#state = null;
      },
    };
  }

  #observe(): void {
    const { status } = this;
    if (status === null) return;
    this.#world.consensus.observe(status);
    if (status.appliedIndex === this.#lastApplied) return;
    this.#lastApplied = status.appliedIndex;
    this.#digestIn--;
    if (this.#digestIn > 0) return;
    this.#digestIn = DIGEST_EVERY;
    this.checkState();
  }

  /** PITFALLS 55: what is on its way to a follower is bounded, in messages and but for one in bytes. */
  #checkWindows(): void {
    const { inflightMessagesMax, inflightBytesMax, appendBytesMax } = this.#limits;
    for (const { id, inflightMessages, inflightBytes } of this.#replica?.followers() ?? []) {
      assert(
        inflightMessages <= inflightMessagesMax &&
          inflightBytes <= inflightBytesMax + Math.max(appendBytesMax, ENTRY_BYTES_MAX),
        `${inflightMessages} messages of ${inflightBytes} bytes are on their way to ${id}`,
      );
    }
  }

  async #close(): Promise<void> {
    for (const client of this.clients) client.close();
    await this.#storage?.close();
    this.#over("stopped");
  }

  #fatal(error: unknown): void {
    if (!this.alive) return;
    const { loop } = this.#world;
    if (!(error instanceof StorageError)) loop.fail(error);
    else {
      const code = error.code === "io" ? "io" : "corrupt";
      if (this.#options.mayFail(code)) this.#over(code);
      else loop.fail(error);
    }
  }

  #over(how: LifeEnd): void {
    if (!this.alive) return;
    this.end();
    this.#options.onOver(how);
  }
}
