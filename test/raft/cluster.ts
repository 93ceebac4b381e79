/**
 * A whole cluster of RawNodes with nothing automatic about it: disks, the network and the state machines
 * move when the test says so, one piece at a time, and the {@link SafetyChecker} looks on.
 */
import { assert } from "../../src/base/assert.js";
import { seededRandom } from "../../src/base/random.js";
import type { Configuration, Entry, MemberId } from "../../src/raft/entry.js";
import type { RaftLimits } from "../../src/raft/limits.js";
import type { InstallSnapshot, Message } from "../../src/raft/message.js";
import { RawNode, type Role } from "../../src/raft/raw-node.js";
import type { ChunkRequest, Persist, ProposeResult, Ready } from "../../src/raft/ready.js";
import { Disk, type StoredSnapshot } from "./disk.js";
import { SafetyChecker } from "./safety-checker.js";

export interface ClusterOptions {
  readonly ids: readonly MemberId[];
  readonly electionTimeoutTicks?: number;
  readonly heartbeatTicks?: number;
  readonly seed?: number;
  readonly limits?: Partial<RaftLimits>;
  readonly chunkBytes?: number;
}

/** A member while it runs. */
export interface Running {
  readonly node: RawNode;
  /** On its way to the disk. */
  persist: Persist | null;
  /** The state machine: how far it is, and the hash of all that it applied. */
  applied: number;
  hash: number;
  readonly chunkRequests: ChunkRequest[];
  readonly chunks: InstallSnapshot[];
  /** What has arrived of a snapshot. */
  received: number[];
  role: Role;
}

export class Member {
  readonly id: MemberId;
  readonly disk: Disk;
  /** Null while it is down. */
  running: Running | null = null;

  constructor(id: MemberId, configuration: Configuration) {
    this.id = id;
    this.disk = new Disk(configuration);
  }

  get up(): Running {
    assert(this.running !== null, `${this.id} is down`);
    return this.running;
  }

  get node(): RawNode {
    return this.up.node;
  }
}

export class Cluster {
  readonly options: Required<ClusterOptions>;
  readonly members: readonly Member[];
  readonly checker: SafetyChecker;
  /** On their way, in the order they were sent. */
  network: Message[] = [];
  #starts = 0;

  constructor(options: ClusterOptions) {
    const defaults = { electionTimeoutTicks: 10, heartbeatTicks: 2, seed: 1, limits: {}, chunkBytes: 4 };
    this.options = { ...defaults, ...options };
    const configuration = configurationOf(options.ids);
    this.members = options.ids.map((id) => new Member(id, configuration));
    this.checker = new SafetyChecker(() => this.members.map((member) => member.disk));
    for (const { id } of this.members) this.start(id);
  }

  member(id: MemberId): Member {
    const member = this.members.find((candidate) => candidate.id === id);
    assert(member !== undefined, `there is no member ${id}`);
    return member;
  }

  node(id: MemberId): RawNode {
    return this.member(id).node;
  }

  /** Those that run. */
  get up(): readonly Member[] {
    return this.members.filter((member) => member.running !== null);
  }

  leaders(): readonly MemberId[] {
    return this.up.filter((member) => member.node.role === "leader").map((member) => member.id);
  }

  start(id: MemberId): void {
    const member = this.member(id);
    assert(member.running === null, `${id} runs already`);
    const { electionTimeoutTicks, heartbeatTicks, seed, limits } = this.options;
    const restored = member.disk.restored();
    const random = seededRandom(seed * 1000 + this.#starts++);
    const node = new RawNode({ id, electionTimeoutTicks, heartbeatTicks, random, restored, limits });
    const applied = restored.snapshot.lastIncludedIndex;
    const hash = readHash(member.disk.snapshot.data);
    member.running = {
      node,
      persist: null,
      applied,
      hash,
      chunkRequests: [],
      chunks: [],
      received: [],
      role: node.role,
    };
  }

  /** Everything goes but the disk; with `isWritten` the write under way is still made, but nobody hears of it. */
  crash(id: MemberId, options: { isWritten: boolean } = { isWritten: false }): void {
    const member = this.member(id);
    const { persist } = member.up;
    if (options.isWritten && persist !== null) member.disk.write(persist);
    member.running = null;
    this.checker.forgetReads(id);
  }

  tick(id: MemberId): void {
    this.node(id).tick();
    this.#watch(this.member(id));
  }

  propose(id: MemberId, text: string): ProposeResult {
    return this.node(id).propose(bytesOf(text));
  }

  readIndex(id: MemberId, context: number): void {
    this.checker.askedRead(id, context);
    this.node(id).readIndex(context);
  }

  /** Takes one Ready and does at once what may be done at once. */
  ready(id: MemberId): Ready {
    const member = this.member(id);
    const running = member.up;
    const isExpected = running.node.hasReady();
    const ready = running.node.ready();
    assert(isExpected === !isEmpty(ready), `${id}: hasReady() says ${isExpected}`);
    for (const message of ready.messages) this.#send(message);
    if (ready.persist !== null) {
      assert(running.persist === null, "one write at a time");
      const first = ready.persist.entries[0]?.index ?? 0;
      this.checker.persisting(entryAt(member.disk, first - 1), ready.persist);
      running.persist = ready.persist;
    }
    this.checker.committed(id, ready.committed, running.applied);
    if (ready.committed.length > 0) {
      running.applied += ready.committed.length;
      running.hash = this.checker.hashAt(running.applied);
    }
    for (const read of ready.reads) this.checker.confirmedRead(id, read);
    for (const context of ready.failedReads) this.checker.failedRead(id, context);
    running.chunkRequests.push(...ready.chunkRequests);
    running.chunks.push(...ready.chunks);
    return ready;
  }

  /** The write under way becomes durable. */
  written(id: MemberId): void {
    const member = this.member(id);
    const { persist, node } = member.up;
    assert(persist !== null, `${id} writes nothing`);
    member.up.persist = null;
    member.disk.write(persist);
    for (const message of persist.messages) this.#send(message);
    node.advance();
    this.#watch(member);
  }

  /** Hands over a message, which need not be from the network; it is lost when its receiver is down. */
  deliver(message: Message): void {
    const member = this.member(message.to);
    if (member.running === null) return;
    member.node.step(message);
    this.#watch(member);
  }

  /** The state machine's present state is durable as a snapshot. */
  snapshot(id: MemberId, entriesKept: number): void {
    const { node, applied } = this.member(id).up;
    this.compact(id, this.capture(id), Math.max(node.firstIndex, applied + 1 - entriesKept));
  }

  /** The state machine's present state, not durable yet. */
  capture(id: MemberId): StoredSnapshot {
    const { node, applied, hash } = this.member(id).up;
    const lastIncludedTerm = this.checker.termAt(applied);
    const configuration = node.configurationAt(applied);
    return {
      metadata: { lastIncludedIndex: applied, lastIncludedTerm, configuration },
      data: writeHash(hash),
    };
  }

  compact(id: MemberId, snapshot: StoredSnapshot, keepFromIndex: number): void {
    const member = this.member(id);
    member.disk.compact(snapshot);
    member.node.compact({ snapshot: snapshot.metadata, keepFromIndex });
  }

  /** Reads the next chunk that a follower needs. False: there is no such request. */
  serveChunk(id: MemberId): boolean {
    const { node, chunkRequests } = this.member(id).up;
    const request = chunkRequests.shift();
    if (request === undefined) return false;
    const { metadata, data } = this.member(id).disk.snapshot;
    const { to, lastIncludedIndex, offset } = request;
    const isAvailable = lastIncludedIndex === 0 || lastIncludedIndex === metadata.lastIncludedIndex;
    if (!isAvailable || offset > data.length) {
      node.snapshotUnavailable(to);
      return true;
    }
    const end = Math.min(data.length, offset + this.options.chunkBytes);
    node.snapshotChunk({ to, metadata, offset, data: data.slice(offset, end), done: end === data.length });
    return true;
  }

  /** Writes down the next chunk that has arrived, and installs the snapshot if that was the last. */
  writeChunk(id: MemberId, options: { isDamaged: boolean } = { isDamaged: false }): boolean {
    const member = this.member(id);
    const running = member.up;
    const chunk = running.chunks.shift();
    if (chunk === undefined) return false;
    const { from, lastIncludedIndex, lastIncludedTerm, configuration, offset, data, done } = chunk;
    if (offset === 0) running.received = [];
    assert(offset === running.received.length, `${id} is given a chunk out of place`);
    running.received.push(...data);
    const next = options.isDamaged ? 0 : running.received.length;
    if (options.isDamaged || !done) {
      running.node.chunkWritten({ from, lastIncludedIndex, offset: next });
      return true;
    }
    const metadata = { lastIncludedIndex, lastIncludedTerm, configuration };
    const snapshot = { metadata, data: Uint8Array.from(running.received) };
    if (lastIncludedIndex > member.disk.snapshot.metadata.lastIncludedIndex) member.disk.snapshot = snapshot;
    if (running.node.restore(from, metadata)) {
      running.applied = lastIncludedIndex;
      running.hash = readHash(snapshot.data);
      assert(running.hash === this.checker.hashAt(lastIncludedIndex), `${id} restores another state`);
    }
    return true;
  }

  /**
   * Runs everything but time until nothing is left to do, on a network that keeps order. Messages for which
   * `isCut` holds are lost. `observe` hears of every step before it is taken.
   */
  settle(
    isCut: (message: Message) => boolean = () => false,
    observe: (step: SettleStep) => void = () => {},
  ): void {
    for (let isBusy = true; isBusy; ) {
      isBusy = false;
      for (const member of this.up) {
        const { node, chunks, chunkRequests } = member.up;
        if (node.hasReady()) {
          isBusy = true;
          observe({ kind: "ready", id: member.id, ready: this.ready(member.id) });
        }
        if (member.up.persist !== null) {
          isBusy = true;
          this.written(member.id);
        }
        while (chunkRequests.length > 0) isBusy = this.serveChunk(member.id);
        while (chunks.length > 0) isBusy = this.writeChunk(member.id);
      }
      const messages = this.network;
      this.network = [];
      for (const message of messages) {
        isBusy = true;
        const isLost = isCut(message) || this.member(message.to).running === null;
        observe({ kind: isLost ? "lost" : "deliver", message });
        if (!isLost) this.deliver(message);
      }
    }
  }

  #send(message: Message): void {
    this.checker.sent(message, this.member(message.from).disk);
    this.network.push(message);
  }

  /** Looks at a member after something happened to it. */
  #watch(member: Member): void {
    const running = member.up;
    const { node } = running;
    if (node.role === "leader" && running.role !== "leader") {
      const { disk } = member;
      this.checker.electedLeader(member.id, node.currentTerm, (index, term) => disk.holds(index, term));
    }
    running.role = node.role;
  }
}

export type SettleStep =
  | { readonly kind: "ready"; readonly id: MemberId; readonly ready: Ready }
  | { readonly kind: "deliver" | "lost"; readonly message: Message };

export function configurationOf(ids: readonly MemberId[]): Configuration {
  return { voters: [...ids].sort().map((id) => ({ id, peerAddress: `${id}:1` })) };
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function isEmpty(ready: Ready): boolean {
  const { persist, ...lists } = ready;
  return persist === null && Object.values(lists).every((list: readonly unknown[]) => list.length === 0);
}

function entryAt(disk: Disk, index: number): Entry | undefined {
  const { entries, snapshot } = disk.restored();
  return entries[index - snapshot.lastIncludedIndex - 1];
}

/** A snapshot's bytes: the hash as eleven characters, so that it takes several chunks. */
function writeHash(hash: number): Uint8Array {
  return bytesOf(String(hash).padStart(11));
}

function readHash(data: Uint8Array): number {
  return data.length === 0 ? 0 : Number(new TextDecoder().decode(data));
}
