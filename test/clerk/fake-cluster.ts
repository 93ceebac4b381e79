/**
 * A cluster that a test holds in its hand: members that speak the real protocol over pretended
 * connections in virtual time, share one replicated state without replicating anything, and misbehave on demand.
 */
import type { ByteString } from "../../src/base/byte-string.js";
import { ClerkCore, type ReadFrom } from "../../src/clerk/clerk-core.js";
import type { Connection, ConnectionHandlers, Dialer } from "../../src/clerk/ports.js";
import type { SessionKeeper } from "../../src/clerk/session.js";
import type { Command, CommandResult } from "../../src/kv/command.js";
import { fromByteString } from "../../src/wire/bytes.js";
import { decodeClientRequest, encodeClientReply } from "../../src/wire/client-codec.js";
import type { ClientReply, ClientRequest, ErrorCode } from "../../src/wire/client-message.js";
import { FrameParser } from "../../src/wire/frame.js";
import { decodeHello, encodeHello, type Hello } from "../../src/wire/hello.js";
import { SESSION_RESULTS_MAX } from "../../src/wire/limits.js";
import { VirtualTime } from "./virtual-time.js";

const LATENCY_MS = 1;
export const CLUSTER_ID = "cluster!";

/** The reply's id is filled in. */
export type Answer = ClientReply extends infer R
  ? R extends ClientReply
    ? Omit<R, "requestId">
    : never
  : never;

export class FakeMember {
  readonly id: string;
  /** Changed only by who puts it behind a real port. */
  address: string;
  readonly cluster: FakeCluster;
  /** "hang" accepts connections and says nothing; "mute" greets and says nothing more. */
  mode: "up" | "refuse" | "hang" | "mute" = "up";
  /** What this member believes; null: nobody leads. */
  leader: string | null = null;
  term = 1;
  /** What it says of stale reads. */
  behindMs: number | null = 40;
  /** What it says of the others' client addresses. */
  tells: (member: FakeMember) => string = (member) => member.address;
  hello: Partial<Hello> = {};
  /** Replaces the answer to a request; undefined: the usual one, null: none at all. */
  intercept: (request: ClientRequest) => Answer | null | undefined = () => undefined;
  readonly requests: ClientRequest[] = [];
  readonly connections = new Set<FakeConnection>();

  constructor(id: string, cluster: FakeCluster) {
    this.id = id;
    this.address = `${id}:1`;
    this.cluster = cluster;
  }

  get commands(): readonly Command[] {
    return this.requests.flatMap((request) => (request.kind === "command" ? [request.command] : []));
  }

  greeting(): Uint8Array {
    return encodeHello({
      protocolVersion: 1,
      role: "server",
      clusterId: fromByteString(CLUSTER_ID),
      memberId: this.id,
      clientAddress: this.address,
      targetMemberId: "",
      version: "test",
      ...this.hello,
    });
  }

  answer(request: ClientRequest): Answer | null {
    this.requests.push(request);
    const intercepted = this.intercept(request);
    if (intercepted !== undefined) return intercepted;
    if (request.kind === "status") return this.status();
    const isRead = "consistency" in request || request.kind === "explain";
    if ("consistency" in request && request.consistency === "stale") {
      return { ...this.cluster.serve(request), behindMs: this.behindMs } as Answer;
    }
    // A follower asks its leader how far it has to have applied.
    const mayServe = isRead ? this.leader !== null : this.leader === this.id;
    return mayServe ? this.cluster.serve(request) : this.notLeader();
  }

  notLeader(): Answer {
    const leader = this.cluster.members.find(({ id }) => id === this.leader);
    const leaderAddress = leader === undefined ? "" : this.tells(leader);
    return { kind: "error", code: "not-leader", message: "", leaderId: this.leader ?? "", leaderAddress };
  }

  status(): Answer {
    return {
      kind: "status",
      status: {
        id: this.id,
        role: this.leader === this.id ? "leader" : "follower",
        term: this.term,
        leader: this.leader ?? "",
        lastIndex: 7,
        commitIndex: 6,
        appliedIndex: 5,
        snapshotIndex: 4,
        logBytes: 3,
        members: this.cluster.members.map((member) => ({
          id: member.id,
          client: this.tells(member),
          peer: `${member.id}:2`,
        })),
        clusterId: fromByteString(CLUSTER_ID),
        version: "test",
      },
    };
  }

  /** The process dies: connections break, new ones are refused. */
  die(): void {
    this.mode = "refuse";
    this.breakConnections();
  }

  breakConnections(reason = "broke the connection"): void {
    for (const connection of this.connections) connection.break(reason);
  }
}

export class FakeConnection implements Connection {
  readonly #member: FakeMember | undefined;
  readonly #time: VirtualTime;
  readonly #handlers: ConnectionHandlers;
  readonly #parser = new FrameParser(2 ** 31);
  #greeted = false;
  #open = true;

  constructor(member: FakeMember | undefined, handlers: ConnectionHandlers, time: VirtualTime) {
    this.#member = member;
    this.#handlers = handlers;
    this.#time = time;
    time.after(LATENCY_MS, () => this.#accept());
  }

  send(bytes: Uint8Array): void {
    const sent = Uint8Array.from(bytes);
    this.#time.after(LATENCY_MS, () => {
      if (this.#open && this.#member?.mode !== "hang") this.#parser.push(sent, (body) => this.#take(body));
    });
  }

  close(): void {
    this.#open = false;
    this.#member?.connections.delete(this);
  }

  break(reason: string): void {
    if (!this.#open) return;
    this.close();
    this.#handlers.onClose(reason);
  }

  reply(reply: ClientReply): void {
    this.deliver(encodeClientReply(reply));
  }

  deliver(bytes: Uint8Array): void {
    const sent = Uint8Array.from(bytes);
    this.#time.after(LATENCY_MS, () => {
      if (this.#open) this.#handlers.onData(sent);
    });
  }

  #accept(): void {
    if (!this.#open) return;
    const member = this.#member;
    if (member === undefined || member.mode === "refuse") {
      this.break("refused the connection");
      return;
    }
    member.connections.add(this);
    if (member.mode === "hang") return;
    this.deliver(member.greeting());
  }

  #take(body: Uint8Array): void {
    if (!this.#greeted) {
      this.#greeted = decodeHello(body).role === "client";
      return;
    }
    const member = this.#member;
    if (member === undefined || member.mode !== "up") return;
    const request = decodeClientRequest(body);
    const answer = member.answer(request);
    if (answer !== null) this.reply({ ...answer, requestId: request.requestId } as ClientReply);
  }
}

interface FakeSession {
  readonly index: number;
  readonly results: Map<number, CommandResult>;
  acknowledgedBelow: number;
}

export class FakeCluster implements Dialer {
  readonly time = new VirtualTime();
  readonly members: readonly FakeMember[];
  readonly store = new Map<ByteString, ByteString>();
  readonly sessions = new Map<ByteString, FakeSession>();
  dials: string[] = [];
  #index = 100;
  #entropy = 0;

  /** Members n1 to n<size>, n1 leading. */
  constructor(size = 3) {
    this.members = Array.from({ length: size }, (_, at) => new FakeMember(`n${at + 1}`, this));
    this.elect("n1");
  }

  member(id: string): FakeMember {
    const member = this.members.find((candidate) => candidate.id === id);
    if (member === undefined) throw new Error(`no member ${id}`);
    return member;
  }

  /** All members that can be reached believe it from now on. */
  elect(id: string | null): void {
    for (const member of this.members) {
      member.term++;
      member.leader = id;
    }
  }

  core(
    options: {
      endpoints?: readonly string[];
      timeoutMs?: number;
      readFrom?: ReadFrom;
      sessions?: SessionKeeper;
    } = {},
  ): ClerkCore {
    return new ClerkCore({
      endpoints: options.endpoints ?? this.members.map(({ address }) => address),
      timeoutMs: options.timeoutMs ?? 5000,
      readFrom: options.readFrom ?? "leader",
      ...(options.sessions === undefined ? {} : { sessions: options.sessions }),
      dialer: this,
      timers: this.time,
      entropy: (length) => {
        this.#entropy++;
        return new Uint8Array(length).fill(this.#entropy);
      },
    });
  }

  dial(address: string, handlers: ConnectionHandlers): Connection {
    this.dials.push(address);
    const member = this.members.find((candidate) => candidate.address === address);
    return new FakeConnection(member, handlers, this.time);
  }

  serve(request: ClientRequest): Answer {
    switch (request.kind) {
      case "command":
        return { kind: "result", result: this.#apply(request.command) };
      case "get":
        return {
          kind: "get",
          value: this.store.get(request.key) ?? null,
          index: this.#index,
          behindMs: null,
        };
      case "scan": {
        const pairs = [...this.store]
          .filter(([key]) => key >= request.from && key.startsWith(request.prefix))
          .sort(([left], [right]) => (left < right ? -1 : 1))
          .map(([key, value]) => ({ key, value }));
        const nextKey = pairs[2]?.key ?? "";
        return { kind: "scan", pairs: pairs.slice(0, 2), nextKey, index: this.#index, behindMs: null };
      }
      case "explain": {
        const value = this.store.get(request.key);
        const unknown = { created: null, changed: null, clientId: "", sequence: 0, appends: null };
        const explanation = value === undefined ? null : { sizeBytes: value.length, ...unknown };
        return { kind: "explain", explanation, index: this.#index };
      }
      default:
        throw new Error(`not served: ${request.kind}`);
    }
  }

  #apply(command: Command): CommandResult {
    const index = ++this.#index;
    switch (command.kind) {
      case "open": {
        const session = this.sessions.get(command.clientId) ?? {
          index,
          results: new Map(),
          acknowledgedBelow: 1,
        };
        this.sessions.set(command.clientId, session);
        return { status: "done", index: session.index };
      }
      case "close":
        this.sessions.delete(command.clientId);
        return { status: "done", index };
      case "session": {
        const session = this.sessions.get(command.clientId);
        if (session === undefined || session.index !== command.session)
          return { status: "session-expired", index };
        for (; session.acknowledgedBelow < command.acknowledgedBelow; session.acknowledgedBelow++) {
          session.results.delete(session.acknowledgedBelow);
        }
        if (command.sequence < session.acknowledgedBelow) return { status: "stale-sequence", index };
        const stored = session.results.get(command.sequence);
        if (stored !== undefined) return stored;
        if (session.results.size >= SESSION_RESULTS_MAX) return { status: "session-full", index };
        const result = { status: this.#operate(command.operation), index };
        session.results.set(command.sequence, result);
        return result;
      }
      default:
        throw new Error(`not applied: ${command.kind}`);
    }
  }

  #operate(operation: Extract<Command, { kind: "session" }>["operation"]): "done" | "absent" {
    switch (operation.kind) {
      case "put":
        this.store.set(operation.key, operation.value);
        return "done";
      case "append":
        this.store.set(operation.key, (this.store.get(operation.key) ?? "") + operation.value);
        return "done";
      default:
        return this.store.delete(operation.key) ? "done" : "absent";
    }
  }
}

export function errorAnswer(code: ErrorCode, message = ""): Answer {
  return { kind: "error", code, message, leaderId: "", leaderAddress: "" };
}

/** The outcome of a call once it is there. */
export class Outcome<T> {
  value: T | undefined;
  count = 0;
  readonly take = (value: T): void => {
    this.value = value;
    this.count++;
  };

  get done(): boolean {
    return this.count > 0;
  }
}
