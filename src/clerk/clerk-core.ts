/**
 * The logic of the client library, without a socket, a promise or a clock of its own: operations in,
 * callbacks out, everything else through ports. It admits operations, numbers writes within a session so
 * that each takes effect at most once, and judges answers and deadlines; the router below it finds
 * the leader. Given the same events it does the same, so that a simulator can drive it.
 */
import { assert, unreachable } from "../base/assert.js";
import type { ByteString } from "../base/byte-string.js";
import { CLIENT_ID_BYTES, type CommandResult, type Operation } from "../kv/command.js";
import { toByteString } from "../wire/bytes.js";
import type { ClientReply, ErrorReply, ScanRange } from "../wire/client-message.js";
import { Call, type Purpose, type ScanPage } from "./call.js";
import type { ClerkError } from "./clerk-error.js";
import { Fifo } from "./fifo.js";
import { failed, gaveUp } from "./give-up.js";
import type { Dialer, Entropy, Timers } from "./ports.js";
import { ON_STATUS } from "./retry-table.js";
import { POLL_MS, Router } from "./router.js";
import { Session } from "./session.js";
import { type MemberReport, StatusQuery } from "./status-query.js";
import type { Topology } from "./topology.js";
import { faultOfKey, faultOfOperation, faultOfRange } from "./validate.js";

/** Reads sent at a time. A member stops reading from a connection with 4096 unanswered requests. */
const READS_MAX = 512;
/** Keys and values of the writes sent at a time; one write may be larger by itself. */
const WRITE_BYTES_MAX = 16 * 1024 * 1024;

export interface ClerkCoreOptions {
  /** HOST:PORT each, at least one. */
  readonly endpoints: readonly string[];
  /** For each operation, from the call to its answer. */
  readonly timeoutMs: number;
  readonly dialer: Dialer;
  readonly timers: Timers;
  readonly entropy: Entropy;
}

/** Callbacks come once; before the call has returned only when the operation is refused outright. */
export class ClerkCore {
  readonly #options: ClerkCoreOptions;
  readonly #router: Router;
  /** Unsettled, oldest first: since all have the same time, in the order of their deadlines. */
  readonly #calls = new Set<Call>();
  readonly #queries = new Set<StatusQuery>();
  /** Not admitted yet: no session, or too much under way. May hold settled calls. */
  readonly #writes = new Fifo<Call>();
  readonly #reads = new Fifo<Call>();
  #writeBytes = 0;
  #readCount = 0;
  #session: Session;
  #opening: Call | null = null;
  #timerSet = false;
  #cancelTimer: () => void = () => {};
  #closed = false;

  constructor(options: ClerkCoreOptions) {
    this.#options = options;
    this.#session = this.#newSession();
    this.#router = new Router({
      ...options,
      onAnswer: (call, reply) => this.#onAnswer(call, reply),
      onStatus: (address, status) => {
        for (const query of this.#queries) query.onStatus(address, status);
      },
      onDown: (address, reason) => {
        for (const query of this.#queries) query.onDown(address, reason);
      },
    });
  }

  /** What is believed about the cluster now. */
  get topology(): Topology {
    return this.#router.topology;
  }

  write(operation: Operation, done: (outcome: boolean | ClerkError) => void): void {
    this.#submit({ kind: "write", operation, done }, faultOfOperation(operation));
  }

  get(key: ByteString, done: (outcome: ByteString | null | ClerkError) => void): void {
    this.#submit({ kind: "get", key, done }, faultOfKey(key));
  }

  /** One page. */
  scan(range: ScanRange, done: (outcome: ScanPage | ClerkError) => void): void {
    this.#submit({ kind: "scan", range, done }, faultOfRange(range));
  }

  status(done: (reports: readonly MemberReport[] | ClerkError) => void): void {
    if (this.#closed) {
      done(closedError(false));
      return;
    }
    const query = new StatusQuery({
      addresses: this.topology.servers.map(({ address }) => address),
      deadlineMs: this.#options.timers.nowMs() + this.#options.timeoutMs,
      ask: (address) => this.#router.ask(address),
      done: (reports) => {
        this.#queries.delete(query);
        done(reports);
      },
    });
    this.#queries.add(query);
    query.start();
    this.#arm();
  }

  /** Ends the session if nothing is under way, fails what is, and closes the connections. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const { clientId, index, idle } = this.#session;
    if (index > 0 && idle) this.#router.leader?.sendUnanswered({ kind: "close", clientId, session: index });
    for (const call of this.#calls) this.#fail(call, closedError(maybeDone(call)));
    for (const query of this.#queries) query.expire("the Clerk was closed");
    this.#cancelTimer();
    this.#router.close();
  }

  #submit(purpose: Exclude<Purpose, { kind: "open" }>, fault: ClerkError | null): void {
    const refusal = this.#closed ? closedError(false) : fault;
    if (refusal !== null) {
      purpose.done(refusal);
      return;
    }
    const call = new Call(purpose, this.#options.timers.nowMs() + this.#options.timeoutMs);
    this.#calls.add(call);
    if (purpose.kind === "write") this.#writes.push(call);
    else this.#reads.push(call);
    this.#admit(purpose.kind === "write");
    this.#arm();
  }

  /** Sends what waits of one kind, as far as the limits allow. */
  #admit(writes: boolean): void {
    if (this.#closed) return;
    if (writes) this.#admitWrites();
    else this.#admitReads();
  }

  #admitWrites(): void {
    for (let call = this.#writes.first; call !== undefined; call = this.#writes.first) {
      if (!call.settled) {
        if (this.#session.index === 0) {
          this.#open();
          return;
        }
        const full = this.#writeBytes > 0 && this.#writeBytes + call.bytes > WRITE_BYTES_MAX;
        if (full || !this.#session.hasRoom) return;
        call.session = this.#session;
        call.sequence = this.#session.take();
        call.admitted = true;
        this.#writeBytes += call.bytes;
      }
      this.#writes.shift();
      if (!call.settled) this.#router.route(call);
    }
  }

  #admitReads(): void {
    while (this.#readCount < READS_MAX) {
      const call = this.#reads.shift();
      if (call === undefined) return;
      if (call.settled) continue;
      call.admitted = true;
      this.#readCount++;
      this.#router.route(call);
    }
  }

  #open(): void {
    if (this.#opening !== null) return;
    const call = new Call({ kind: "open" }, Number.POSITIVE_INFINITY);
    call.session = this.#session;
    this.#opening = call;
    this.#router.route(call);
  }

  #onAnswer(call: Call, reply: ClientReply): void {
    if (reply.kind === "error") {
      this.#onFinalError(call, reply);
      return;
    }
    const { purpose } = call;
    switch (purpose.kind) {
      case "write":
        if (reply.kind === "result") this.#onResult(call, reply.result, purpose.done);
        return;
      case "open":
        if (reply.kind === "result") this.#onOpened(call, reply.result);
        return;
      case "get":
        if (reply.kind !== "get") return;
        this.#settle(call);
        purpose.done(reply.value);
        return;
      case "scan":
        if (reply.kind !== "scan") return;
        this.#settle(call);
        purpose.done(reply);
        return;
      default:
        unreachable(purpose);
    }
  }

  #onResult(call: Call, result: CommandResult, done: (outcome: boolean) => void): void {
    const verdict = ON_STATUS[result.status];
    switch (verdict) {
      case "done":
      case "absent":
        this.#settle(call);
        done(verdict === "done");
        return;
      case "refused":
        this.#fail(
          call,
          failed("value-over-limit", "the value would become larger than any value may be", false),
        );
        return;
      case "new-session":
        this.#onExpired(call);
        return;
      case "later":
        call.member = null;
        this.#router.postpone(call);
        return;
      case "unknown":
        this.#fail(call, failed("session-expired", "its result is no longer kept", true));
        return;
      default:
        unreachable(verdict);
    }
  }

  #onOpened(call: Call, result: CommandResult): void {
    if (result.status !== "done") {
      call.member = null;
      this.#router.postpone(call);
      return;
    }
    assert(call === this.#opening && call.session === this.#session, "another session was opened");
    call.settled = true;
    this.#opening = null;
    this.#session.index = result.index;
    this.#admit(true);
  }

  /** The session is gone. What certainly did not run in it runs in a new one (PITFALLS 35). */
  #onExpired(call: Call): void {
    if (call.session === this.#session) this.#session = this.#newSession();
    if (call.mayHaveRun) {
      this.#fail(call, failed("session-expired", "the session ended while the answer was outstanding", true));
      return;
    }
    this.#release(call);
    call.session = null;
    call.member = null;
    this.#writes.push(call);
    this.#admit(true);
  }

  /** An error that no further attempt will mend. */
  #onFinalError(call: Call, { code, message }: ErrorReply): void {
    const reason = message || code;
    const clerkCode = code === "too-large" ? "value-too-large" : "invalid";
    if (call.purpose.kind !== "open") {
      this.#fail(call, failed(clerkCode, reason, call.mayHaveRun));
      return;
    }
    // Without a session none of the writes that wait for it can ever be sent.
    call.settled = true;
    this.#opening = null;
    for (let write = this.#writes.shift(); write !== undefined; write = this.#writes.shift()) {
      if (!write.settled) this.#fail(write, failed(clerkCode, `no session: ${reason}`, false));
    }
  }

  #fail(call: Call, error: ClerkError): void {
    const { purpose } = call;
    this.#settle(call);
    if (purpose.kind !== "open") purpose.done(error);
  }

  #settle(call: Call): void {
    call.settled = true;
    call.member?.forget(call);
    call.member = null;
    this.#calls.delete(call);
    this.#release(call);
    this.#admit(call.purpose.kind === "write");
  }

  /** The time is up. */
  #giveUp(call: Call): void {
    const sent = call.member !== null || (!call.admitted && this.#router.leader !== null);
    const delays = call.delays + (call.admitted ? 0 : (this.#opening?.delays ?? 0));
    const code = delays > 0 ? "overloaded" : sent ? "timeout" : "no-leader";
    const { timeoutMs } = this.#options;
    this.#fail(call, gaveUp(this.topology, { code, timeoutMs, outcomeUnknown: maybeDone(call) }));
  }

  /** Gives back what the call took when it was admitted. */
  #release(call: Call): void {
    if (!call.admitted) return;
    call.admitted = false;
    if (call.session === null) this.#readCount--;
    else {
      call.session.answer(call.sequence);
      this.#writeBytes -= call.bytes;
    }
  }

  #newSession(): Session {
    return new Session(toByteString(this.#options.entropy(CLIENT_ID_BYTES)));
  }

  /** One timer for everything, and only while somebody waits. */
  #arm(): void {
    if (this.#timerSet || this.#closed || this.#calls.size + this.#queries.size === 0) return;
    this.#timerSet = true;
    const nowMs = this.#options.timers.nowMs();
    let nextMs = nowMs + POLL_MS;
    for (const { deadlineMs } of this.#queries) nextMs = Math.min(nextMs, deadlineMs);
    const [oldest] = this.#calls;
    if (oldest !== undefined) nextMs = Math.min(nextMs, oldest.deadlineMs);
    this.#cancelTimer = this.#options.timers.after(Math.max(0, Math.ceil(nextMs - nowMs)), () => {
      this.#timerSet = false;
      this.#sweep();
      this.#arm();
    });
  }

  #sweep(): void {
    const nowMs = this.#options.timers.nowMs();
    const late: Call[] = [];
    for (const call of this.#calls) {
      if (call.deadlineMs > nowMs) break;
      // Before any of them is failed: one that gives up its place must not have it taken by another.
      call.settled = true;
      late.push(call);
    }
    for (const call of late) this.#giveUp(call);
    for (const query of this.#queries) if (query.deadlineMs <= nowMs) query.expire("timed out");
    this.#router.sweep(nowMs);
  }
}

/** Whether a write may have taken effect by now (PITFALLS 36). */
function maybeDone(call: Call): boolean {
  return call.mayHaveRun || (call.purpose.kind === "write" && call.member !== null);
}

function closedError(outcomeUnknown: boolean): ClerkError {
  return failed("closed", "the Clerk was closed", outcomeUnknown);
}
