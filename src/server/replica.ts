/**
 * One member's loop: takes what clients and peers bring, gives it to the consensus core, and carries out
 * what the core says is ready: persist, send, apply, answer.
 *
 * Everything that arrives between two turns of the event loop is stepped at once and handed on together:
 * one Ready, one record for the log, one write a peer. While a record is being made durable the
 * next batch gathers; nothing else waits for the disk. No `await` stands between checking
 * state and acting on it: all of this is synchronous, and what is not (disks,
 * snapshots) comes back as an event.
 */
import { assert } from "../base/assert.js";
import type { Random } from "../base/random.js";
import type { StateMachine, StateMachineLimits } from "../kv/state-machine.js";
import type { Entry, MemberId } from "../raft/entry.js";
import type { RaftLimits } from "../raft/limits.js";
import type { Message } from "../raft/message.js";
import { type FollowerStatus, RawNode, type RestoredState } from "../raft/raw-node.js";
import type { Persist, Ready } from "../raft/ready.js";
import type { ClientRequest, MemberStatus } from "../wire/client-message.js";
import type { MemberStats } from "../wire/member-stats.js";
import { ClientService } from "./client-service.js";
import { ElectionLog } from "./election-log.js";
import { memberStats, memberStatus, type ReportSources } from "./member-report.js";
import type { Host, LogStore, SnapshotStore, Transport } from "./ports.js";
import type { Reply } from "./replies.js";
import { SnapshotInstaller } from "./snapshot-installer.js";
import { SnapshotMaker } from "./snapshot-maker.js";
import { SnapshotSender } from "./snapshot-sender.js";
import { Statistics } from "./statistics.js";

export interface ReplicaOptions {
  readonly id: MemberId;
  readonly clusterId: Uint8Array;
  /** Of the software, for people. */
  readonly version: string;
  /** HOST:PORT that clients are told for this member. */
  readonly clientAddress: string;
  /** What came from disk. */
  readonly restored: RestoredState;
  /** Holds the state of `restored.snapshot`. */
  readonly stateMachine: StateMachine;
  readonly stateMachineLimits: StateMachineLimits;
  readonly log: LogStore;
  readonly snapshots: SnapshotStore;
  readonly transport: Transport;
  readonly host: Host;
  readonly random: Random;
  readonly tickMs: number;
  readonly heartbeatTicks: number;
  readonly electionTimeoutTicks: number;
  /** maxraftstate, in bytes of entries: a snapshot is taken at 80 % of it. Infinity: never. */
  readonly snapshotLogBytes: number;
  readonly requestBytesMax: number;
  /** Where they differ from the usual ones. */
  readonly raftLimits?: Partial<RaftLimits>;
}

/** The server-side limit on a request: then the caller is told that the outcome is unknown. */
const REQUEST_TIMEOUT_MS = 5000;
/** Stopping waits so many election timeouts for what is in flight and for another member to take over. */
const STOP_ELECTION_TIMEOUTS = 2;

export class Replica {
  readonly #options: ReplicaOptions;
  readonly #raft: RawNode;
  readonly #clients: ClientService;
  readonly #maker: SnapshotMaker;
  readonly #sender: SnapshotSender;
  readonly #installer: SnapshotInstaller;
  readonly #statistics: Statistics;
  readonly #electionLog: ElectionLog;
  readonly #sources: ReportSources;
  #state: StateMachine;
  #turnDeferred = false;
  #persisting = false;
  /** The term this member leads in; 0 while it does not. */
  #leadingTerm = 0;
  #stopping: { ticksLeft: number; handedOn: boolean; readonly done: () => void } | null = null;
  #stopped = false;

  constructor(options: ReplicaOptions) {
    this.#options = options;
    this.#state = options.stateMachine;
    const { id, host, log, snapshots: store, requestBytesMax, stateMachineLimits: limits } = options;
    const raft = new RawNode({ ...options, limits: options.raftLimits ?? {} });
    this.#raft = raft;
    const statistics = new Statistics({ nowUs: () => host.nowUs(), tickMs: options.tickMs });
    const { counts } = statistics;
    this.#electionLog = new ElectionLog({ raft, host });
    this.#statistics = statistics;
    const clientAddress = (member: MemberId) => this.#clientAddress(member);
    this.#clients = new ClientService({
      id,
      raft,
      requestBytesMax,
      tickMs: options.tickMs,
      wallClockMs: () => host.wallClockMs(),
      clientAddress,
      requestTimeoutTicks: Math.max(1, Math.ceil(REQUEST_TIMEOUT_MS / options.tickMs)),
      // Far from the contexts of this member's other lives.
      firstReadContext: options.random.uint32() * 2 ** 20,
      counts,
    });
    const progressed = () => this.#deferTurn();
    this.#maker = new SnapshotMaker({
      raft,
      log,
      store,
      host,
      logBytesMax: options.snapshotLogBytes,
      progressed,
      taken: () => counts.snapshotsTaken++,
    });
    this.#sender = new SnapshotSender({ raft, store, host, progressed, wantNewer: () => this.#maker.want() });
    const switchState = (state: StateMachine) => {
      this.#state = state;
      counts.snapshotsInstalled++;
      this.#maker.cancel();
    };
    this.#installer = new SnapshotInstaller({ raft, store, host, limits, switchState, progressed });
    this.#sources = {
      ...options,
      raft,
      clients: this.#clients,
      sender: this.#sender,
      statistics,
      clientAddress,
    };
    this.#deferTurn();
  }

  /** One `tickMs` has passed. */
  tick(): void {
    if (this.#stopped) return;
    this.#statistics.tick();
    this.#raft.tick();
    this.#clients.tick();
    this.#sender.closeUnneeded();
    if (this.#stopping !== null) this.#stopping.ticksLeft--;
    this.#deferTurn();
  }

  /** A message from another member. */
  receive(message: Message): void {
    if (this.#stopped) return;
    this.#raft.step(message);
    this.#deferTurn();
  }

  /** Messages can reach that member now, or no longer: "no longer" comes at once when its process ends. */
  linkChanged(member: MemberId, up: boolean): void {
    if (this.#stopped) return;
    this.#raft.linkChanged(member, up);
    this.#deferTurn();
  }

  /** A request of a client; `reply` is called exactly once, in this turn or a later one. */
  handle(request: ClientRequest, reply: Reply): void {
    if (request.kind === "status") {
      reply({ kind: "status", requestId: request.requestId, status: this.status() });
      return;
    }
    if (request.kind === "stats") {
      reply({ kind: "stats", requestId: request.requestId, stats: this.stats() });
      return;
    }
    this.#clients.handle(request, reply, this.#state);
    this.#deferTurn();
  }

  /** What a leader knows of the others; nothing while this member does not lead. */
  followers(): readonly FollowerStatus[] {
    return this.#raft.progress();
  }

  status(): MemberStatus {
    return memberStatus(this.#sources);
  }

  stats(): MemberStats {
    return memberStats(this.#sources, this.#state);
  }

  /**
   * Stops: begins nothing new, lets what is in flight finish, hands leadership on and sends callers there, then calls `done`.
   * Takes at most two election timeouts; whoever still waits then is told that the outcome is unknown.
   */
  stop(done: () => void): void {
    assert(this.#stopping === null, "a replica is stopped once");
    const ticksLeft = STOP_ELECTION_TIMEOUTS * this.#options.electionTimeoutTicks;
    this.#stopping = { ticksLeft, handedOn: false, done };
    this.#clients.beginStopping();
    this.#deferTurn();
  }

  #deferTurn(): void {
    if (this.#turnDeferred || this.#stopped) return;
    this.#turnDeferred = true;
    this.#options.host.defer(() => {
      this.#turnDeferred = false;
      this.#turn();
    });
  }

  #turn(): void {
    if (this.#stopped) return;
    this.#clients.startReads();
    if (this.#raft.hasReady()) this.#carryOut(this.#raft.ready());
    this.#followRole();
    if (this.#stopping === null) this.#maker.turn(this.#state);
    else this.#goOnStopping();
    if (this.#raft.hasReady()) this.#deferTurn();
  }

  #carryOut(ready: Ready): void {
    if (ready.messages.length > 0) this.#options.transport.send(ready.messages);
    if (ready.persist !== null) this.#persist(ready.persist);
    if (ready.committed.length > 0) this.#apply(ready.committed);
    this.#clients.answerReads(ready, this.#state);
    for (const request of ready.chunkRequests) this.#sender.handle(request);
    for (const chunk of ready.chunks) this.#installer.handle(chunk);
  }

  #apply(committed: readonly Entry[]): void {
    const clients = this.#clients;
    const state = this.#state;
    this.#statistics.timeApply(() => {
      for (const entry of committed) clients.apply(entry, state);
    });
  }

  #persist(persist: Persist): void {
    assert(!this.#persisting, "one record at a time is made durable");
    this.#persisting = true;
    const written = this.#statistics.beginLogWrite();
    this.#options.log.persist(persist, () => {
      this.#persisting = false;
      written();
      if (this.#stopped) return;
      if (persist.messages.length > 0) this.#options.transport.send(persist.messages);
      this.#raft.advance();
      // Not before the mark is durable: without it, what is left of a conflicting log would pass for its successor.
      if (persist.snapshot !== null) this.#options.log.compact(persist.snapshot.lastIncludedIndex);
      this.#deferTurn();
    });
  }

  #followRole(): void {
    const { role, currentTerm, leaderId, lastIndex, commitIndex } = this.#raft;
    const leadingTerm = role === "leader" ? currentTerm : 0;
    this.#electionLog.turn();
    this.#statistics.follow(currentTerm, leaderId);
    if (leadingTerm === this.#leadingTerm) {
      if (leadingTerm !== 0) this.#statistics.lead(lastIndex, commitIndex);
      return;
    }
    this.#leadingTerm = leadingTerm;
    this.#statistics.changeLeadership(lastIndex);
    this.#clients.release(leadingTerm);
    if (leadingTerm === 0) this.#sender.release();
  }

  #goOnStopping(): void {
    const stopping = this.#stopping;
    if (stopping === null) return;
    if (stopping.ticksLeft > 0) {
      if (!this.#clients.idle) return;
      if (this.#raft.role === "leader") {
        stopping.handedOn ||= this.#raft.transferLeadership();
        if (stopping.handedOn) return;
      }
      if (this.#clients.holds && this.#raft.leaderId === null) return;
      this.#clients.sendOn();
      if (this.#persisting) return;
    }
    this.#stopped = true;
    this.#clients.stop();
    this.#maker.cancel();
    this.#sender.release();
    stopping.done();
  }

  #clientAddress(id: MemberId): string {
    if (id === this.#options.id) return this.#options.clientAddress;
    return this.#options.transport.clientAddress(id) ?? "";
  }
}
