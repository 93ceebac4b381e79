/**
 * Real replicas on one thread in virtual time: disks, network and clocks are queues of events, so a test
 * decides what is slow, lost or cut off, and nothing ever sleeps.
 */
import { assert } from "../../src/base/assert.js";
import { seededRandom } from "../../src/base/random.js";
import { StateMachine, type StateMachineLimits } from "../../src/kv/state-machine.js";
import type { Entry, HardState, MemberId, SnapshotMetadata } from "../../src/raft/entry.js";
import type { Message } from "../../src/raft/message.js";
import type {
  Host,
  LogRecord,
  LogStore,
  SnapshotReader,
  SnapshotReceiver,
  SnapshotStore,
  SnapshotWriter,
} from "../../src/server/ports.js";
import { Replica } from "../../src/server/replica.js";
import { loadSnapshot } from "../../src/server/snapshot-content.js";
import { byteMemory } from "../../src/wire/bytes.js";
import type { ClientReply, ClientRequest } from "../../src/wire/client-message.js";

export const TICK_MS = 20;
export const HEARTBEAT_TICKS = 5;
export const ELECTION_TIMEOUT_TICKS = 50;
export const ELECTION_TIMEOUT_MS = TICK_MS * ELECTION_TIMEOUT_TICKS;
const NETWORK_MS = 1;

export const LIMITS: StateMachineLimits = {
  valueBytesMax: 1024 * 1024,
  sessionsMax: 100,
  sessionIdleMs: 3_600_000,
  sessionResultsMax: 64,
};

/** What a member's disk holds through crashes. */
class Disk {
  hardState: HardState = { currentTerm: 0, votedFor: null, commitIndex: 0 };
  entries: Entry[] = [];
  snapshot: { metadata: SnapshotMetadata; blocks: Uint8Array[] } | null = null;
  /** How long a record takes to become durable. */
  persistMs = 1;
  /** Up to here the log may be compacted: a snapshot of its own, or one whose mark is in the log, covers it. */
  #coveredIndex = 0;

  write(record: LogRecord): void {
    if (record.hardState !== null) this.hardState = record.hardState;
    if (record.snapshot !== null) this.mark(record.snapshot);
    const first = record.entries[0];
    if (first === undefined) return;
    const base = this.entries[0]?.index ?? first.index;
    assert(first.index <= base + this.entries.length, "the log on disk has no gap");
    this.entries = [...this.entries.slice(0, Math.max(0, first.index - base)), ...record.entries];
  }

  /** A snapshot is durable. `own`: of the state that came from this very log. */
  commit(snapshot: { metadata: SnapshotMetadata; blocks: Uint8Array[] }, options: { own: boolean }): void {
    const { lastIncludedIndex } = snapshot.metadata;
    if (lastIncludedIndex <= (this.snapshot?.metadata.lastIncludedIndex ?? 0)) return;
    this.snapshot = snapshot;
    if (options.own) this.#coveredIndex = Math.max(this.#coveredIndex, lastIncludedIndex);
  }

  compact(index: number): void {
    assert(
      index <= this.#coveredIndex,
      "the mark of a snapshot is durable before the log is compacted to it",
    );
    this.entries = this.entries.filter((entry) => entry.index > index);
  }

  mark({ lastIncludedIndex, lastIncludedTerm }: SnapshotMetadata): void {
    this.#coveredIndex = Math.max(this.#coveredIndex, lastIncludedIndex);
    // Entries that begin right after it were left by a compaction to this very snapshot.
    const matches =
      this.entries[0]?.index === lastIncludedIndex + 1 ||
      this.entries.find((entry) => entry.index === lastIncludedIndex)?.term === lastIncludedTerm;
    this.entries = matches ? this.entries.filter((entry) => entry.index > lastIncludedIndex) : [];
  }
}

interface Life {
  readonly replica: Replica;
  alive: boolean;
}

export class VirtualCluster {
  readonly ids: MemberId[];
  readonly disks = new Map<MemberId, Disk>();
  readonly logged: string[] = [];
  nowMs = 0;
  /** What the members' wall clocks are ahead of virtual time: days can pass in which nothing happens. */
  wallOffsetMs = 0;
  readonly #lives = new Map<MemberId, Life>();
  readonly #events: { atMs: number; order: number; run: () => void }[] = [];
  readonly #cut = new Set<MemberId>();
  #order = 0;
  #lastRequestId = 0;
  #seed: number;
  readonly #options: { readonly snapshotLogBytes: number; readonly requestBytesMax: number };

  constructor(
    options: { members?: number; seed?: number; snapshotLogBytes?: number; requestBytesMax?: number } = {},
  ) {
    const { members = 3, seed = 1, snapshotLogBytes = Infinity, requestBytesMax = 1024 * 1024 } = options;
    this.#seed = seed;
    this.#options = { snapshotLogBytes, requestBytesMax };
    this.ids = Array.from({ length: members }, (_, i) => `n${i + 1}`);
    for (const id of this.ids) this.disks.set(id, new Disk());
  }

  static async started(
    options: ConstructorParameters<typeof VirtualCluster>[0] = {},
  ): Promise<VirtualCluster> {
    const cluster = new VirtualCluster(options);
    for (const id of cluster.ids) await cluster.start(id);
    return cluster;
  }

  disk(id: MemberId): Disk {
    const disk = this.disks.get(id);
    assert(disk !== undefined, `there is a member ${id}`);
    return disk;
  }

  replica(id: MemberId): Replica {
    const life = this.#lives.get(id);
    assert(life?.alive === true, `${id} is up`);
    return life.replica;
  }

  async start(id: MemberId): Promise<void> {
    const disk = this.disk(id);
    const configuration = { voters: this.ids.map((voter) => ({ id: voter, peerAddress: `${voter}:2` })) };
    const stateMachine = new StateMachine(LIMITS, byteMemory);
    const newest = await this.#snapshots(disk).open();
    if (newest !== null) {
      await loadSnapshot(stateMachine, newest.metadata, newest.blocks());
      disk.mark(newest.metadata);
    }
    const life: { replica?: Replica; alive: boolean } = { alive: true };
    const replica = new Replica({
      id,
      clusterId: new Uint8Array(8),
      version: "test",
      clientAddress: `${id}:1`,
      restored: {
        hardState: disk.hardState,
        snapshot: newest?.metadata ?? { lastIncludedIndex: 0, lastIncludedTerm: 0, configuration },
        entries: disk.entries,
      },
      stateMachine,
      stateMachineLimits: LIMITS,
      log: this.#log(disk, life),
      snapshots: this.#snapshots(disk),
      transport: {
        send: (messages) => this.#send(id, messages, life),
        clientAddress: (other) => `${other}:1`,
        contact: () => ({ isConnected: true, heardMs: null, roundTripUs: null }),
      },
      host: this.#host(life),
      random: seededRandom(this.#seed++),
      tickMs: TICK_MS,
      heartbeatTicks: HEARTBEAT_TICKS,
      electionTimeoutTicks: ELECTION_TIMEOUT_TICKS,
      ...this.#options,
    });
    life.replica = replica;
    this.#lives.set(id, life as Life);
    const tick = () => {
      if (!life.alive) return;
      replica.tick();
      this.#at(TICK_MS, tick);
    };
    this.#at(TICK_MS, tick);
  }

  /** The member's process is gone; its disk keeps what was durable. */
  crash(id: MemberId): void {
    const life = this.#lives.get(id);
    assert(life !== undefined, `${id} was started`);
    life.alive = false;
  }

  /** Messages from and to these members are lost until `heal`. */
  cut(...ids: MemberId[]): void {
    for (const id of ids) this.#cut.add(id);
  }

  heal(): void {
    this.#cut.clear();
  }

  /** Lets virtual time pass. */
  async run(ms: number): Promise<void> {
    await this.runUntil(() => false, ms);
  }

  /** Lets time pass until `reached`, at most `limitMs`; true when it was reached. */
  async runUntil(reached: () => boolean, limitMs = 20 * ELECTION_TIMEOUT_MS): Promise<boolean> {
    const endMs = this.nowMs + limitMs;
    while (!reached()) {
      const next = this.#events[0];
      if (next === undefined || next.atMs > endMs) {
        this.nowMs = endMs;
        return reached();
      }
      this.#events.shift();
      this.nowMs = next.atMs;
      next.run();
      // Promises of the snapshot code run to their end before the next event.
      await new Promise(setImmediate);
    }
    return true;
  }

  /** The one leader that a majority follows, if there is one. */
  leader(): MemberId | undefined {
    const statuses = this.ids
      .filter((id) => this.#lives.get(id)?.alive)
      .map((id) => this.replica(id).status());
    const leaders = statuses.filter((status) => status.role === "leader").sort((a, b) => b.term - a.term);
    const followed = (id: string) => statuses.filter((status) => status.leader === id).length;
    return leaders.find((status) => followed(status.id) > this.ids.length / 2)?.id;
  }

  async awaitLeader(): Promise<MemberId> {
    assert(await this.runUntil(() => this.leader() !== undefined), "a leader is elected");
    return this.leader() as MemberId;
  }

  /** Hands a request to a member; the replies gather in the returned array. */
  ask(id: MemberId, request: (requestId: number) => ClientRequest): ClientReply[] {
    const replies: ClientReply[] = [];
    this.replica(id).handle(request(++this.#lastRequestId), (reply) => replies.push(reply));
    return replies;
  }

  /** As `ask`, and waits for the one reply. */
  async request(
    id: MemberId,
    request: (requestId: number) => ClientRequest,
    limitMs = 10_000,
  ): Promise<ClientReply> {
    const replies = this.ask(id, request);
    await this.runUntil(() => replies.length > 0, limitMs);
    const [reply] = replies;
    assert(reply !== undefined, "the member answers");
    return reply;
  }

  #at(delayMs: number, run: () => void): void {
    const event = { atMs: this.nowMs + delayMs, order: this.#order++, run };
    let i = this.#events.length;
    while (i > 0 && (this.#events[i - 1]?.atMs ?? 0) > event.atMs) i--;
    this.#events.splice(i, 0, event);
  }

  #send(from: MemberId, messages: readonly Message[], life: { alive: boolean }): void {
    if (!life.alive) return;
    for (const message of messages) {
      if (this.#cut.has(from) || this.#cut.has(message.to)) continue;
      this.#at(NETWORK_MS, () => {
        const receiver = this.#lives.get(message.to);
        if (receiver?.alive && !this.#cut.has(message.to) && !this.#cut.has(from))
          receiver.replica.receive(message);
      });
    }
  }

  #host(life: { alive: boolean }): Host {
    return {
      defer: (run) => this.#at(0, () => life.alive && run()),
      wallClockMs: () => 1_700_000_000_000 + this.nowMs + this.wallOffsetMs,
      nowUs: () => this.nowMs * 1000,
      openFilesMax: 0,
      fatal: (error) => {
        throw error;
      },
      log: (level, event, fields) => this.logged.push(`${level} ${event} ${JSON.stringify(fields ?? {})}`),
    };
  }

  #log(disk: Disk, life: { alive: boolean }): LogStore {
    return {
      persist: (record, done) => {
        this.#at(disk.persistMs, () => {
          if (!life.alive) return;
          disk.write(record);
          done();
        });
      },
      compact: (index) => disk.compact(index),
    };
  }

  #snapshots(disk: Disk): SnapshotStore {
    return {
      newestBytes: 0,
      create: async (metadata): Promise<SnapshotWriter> => {
        const blocks: Uint8Array[] = [];
        return {
          write: async (block) => void blocks.push(block),
          commit: async () => disk.commit({ metadata, blocks }, { own: true }),
          abort: async () => {},
        };
      },
      receive: async (metadata): Promise<SnapshotReceiver> => {
        const chunks: Uint8Array[] = [];
        return {
          write: async (chunk) => void chunks.push(chunk),
          commit: async (accept) => {
            const blocks = unpack(Buffer.concat(chunks));
            if (!(await accept(reader({ metadata, blocks }).blocks()))) return false;
            disk.commit({ metadata, blocks }, { own: false });
            return true;
          },
          abort: async () => {},
        };
      },
      open: async () => (disk.snapshot === null ? null : reader(disk.snapshot)),
    };
  }
}

function reader({ metadata, blocks }: { metadata: SnapshotMetadata; blocks: Uint8Array[] }): SnapshotReader {
  const file = pack(blocks);
  return {
    metadata,
    sizeBytes: file.length,
    read: async (offset, lengthMax) => file.subarray(offset, offset + lengthMax),
    async *blocks() {
      yield* blocks;
    },
    close: async () => {},
  };
}

function pack(blocks: readonly Uint8Array[]): Buffer {
  const lengths = blocks.map((block) => Buffer.from(Uint32Array.of(block.length).buffer));
  return Buffer.concat(blocks.flatMap((block, i) => [lengths[i] as Buffer, block]));
}

function unpack(file: Buffer): Uint8Array[] {
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < file.length; ) {
    const length = file.readUInt32LE(at);
    blocks.push(file.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return blocks;
}
