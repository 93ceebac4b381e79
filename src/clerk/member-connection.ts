/**
 * One connection to one member: the greeting, requests out, replies matched to the calls that wait
 * for them. It decides nothing about where a call goes next.
 */
import type { ByteString } from "../base/byte-string.js";
import type { Command } from "../kv/command.js";
import { fromByteString, toByteString } from "../wire/bytes.js";
import { decodeClientReply, encodeClientRequest } from "../wire/client-codec.js";
import type { ClientReply, ErrorReply, MemberStatus } from "../wire/client-message.js";
import { WireError } from "../wire/errors.js";
import { FrameParser } from "../wire/frame.js";
import { clientHello, decodeHello, encodeHello, type Hello } from "../wire/hello.js";
import { HELLO_FRAME_BYTES_MAX, REPLY_FRAME_BYTES_MAX } from "../wire/limits.js";
import { type Call, encodeAttempt, encodeCommandRequest } from "./call.js";
import { greetingFault } from "./greeting-fault.js";
import type { Connection, Dialer, Timers } from "./ports.js";

export interface MemberEvents {
  /** Greeted: calls may be sent. */
  onReady(member: MemberConnection, greeting: { readonly id: string; readonly clusterId: ByteString }): void;
  /** To a call that was sent here and is not settled; perhaps to an attempt that was given up since. */
  onReply(member: MemberConnection, call: Call, reply: ClientReply): void;
  onStatus(member: MemberConnection, status: MemberStatus): void;
  /** The last event. `refusal` is what the member said about the connection before it closed it. */
  onDown(member: MemberConnection, reason: string, refusal: ErrorReply | null): void;
}

export interface MemberConnectionOptions {
  readonly address: string;
  /** What is known now. Empty: nothing yet; any cluster's greeting is accepted. */
  clusterId(): ByteString;
  readonly dialer: Dialer;
  readonly timers: Timers;
  readonly events: MemberEvents;
}

export class MemberConnection {
  readonly address: string;
  readonly dialledMs: number;
  /** Of the member; empty until it has greeted. */
  id = "";
  /** Sent here and unanswered, by request id, oldest first. Calls settled otherwise may linger. */
  readonly pending = new Map<number, Call>();
  /** When a call was last answered here, or part of an answer came. */
  progressMs = 0;
  /** When anything at all last came. */
  heardMs = 0;
  /** When the unanswered question for the status was sent; null: there is none. */
  statusAskedMs: number | null = null;
  readonly #options: MemberConnectionOptions;
  readonly #connection: Connection;
  readonly #parser = new FrameParser(HELLO_FRAME_BYTES_MAX);
  readonly #onFrame = (body: Uint8Array): void => this.#take(body);
  #state: "dialling" | "ready" | "closed" = "dialling";
  #nextRequestId = 1;
  #statusRequestId = 0;
  #statusWanted = false;

  constructor(options: MemberConnectionOptions) {
    this.#options = options;
    this.address = options.address;
    this.dialledMs = options.timers.nowMs();
    this.#connection = options.dialer.dial(options.address, {
      onData: (chunk) => this.#receive(chunk),
      onClose: (reason) => this.fail(reason),
    });
    this.#connection.send(encodeHello(clientHello(fromByteString(options.clusterId()))));
  }

  get ready(): boolean {
    return this.#state === "ready";
  }

  /** Starts an attempt here. Only when ready. */
  send(call: Call, nowMs: number): void {
    const requestId = this.#nextRequestId++;
    call.member = this;
    call.requestId = requestId;
    call.sentMs = nowMs;
    this.pending.set(requestId, call);
    this.#connection.send(encodeAttempt(call, requestId));
  }

  /** Sends a command whose reply nobody waits for. */
  sendUnanswered(command: Command): void {
    this.#connection.send(encodeCommandRequest(this.#nextRequestId++, command));
  }

  /** Asks for the status, now or when ready; one question at a time. */
  askStatus(nowMs: number): void {
    if (!this.ready || this.statusAskedMs !== null) {
      this.#statusWanted = !this.ready;
      return;
    }
    this.#statusWanted = false;
    this.statusAskedMs = nowMs;
    this.#statusRequestId = this.#nextRequestId++;
    this.#connection.send(encodeClientRequest({ kind: "status", requestId: this.#statusRequestId }));
  }

  /** The call is settled: a reply to it is not waited for. */
  forget(call: Call): void {
    this.pending.delete(call.requestId);
  }

  /** Gives the connection up and says so. */
  fail(reason: string, refusal: ErrorReply | null = null): void {
    if (this.#state === "closed") return;
    this.close();
    this.#options.events.onDown(this, reason, refusal);
  }

  /** Gives the connection up without a word. */
  close(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#connection.close();
  }

  #receive(chunk: Uint8Array): void {
    if (this.#state === "closed") return;
    this.heardMs = this.#options.timers.nowMs();
    try {
      this.#parser.push(chunk, this.#onFrame);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.fail(`does not speak the protocol (${error.message})`);
      return;
    }
    if (this.#parser.bufferedBytes > 0) this.progressMs = this.heardMs;
  }

  #take(body: Uint8Array): void {
    if (this.#state === "closed") return;
    if (this.#state === "dialling") {
      this.#greeted(decodeHello(body));
      return;
    }
    const reply = decodeClientReply(body);
    const { requestId } = reply;
    if (requestId === 0) {
      if (reply.kind === "error") this.fail(`refused: ${reply.message}`, reply);
      return;
    }
    if (requestId === this.#statusRequestId) {
      this.statusAskedMs = null;
      if (reply.kind === "status") this.#options.events.onStatus(this, reply.status);
      return;
    }
    this.progressMs = this.heardMs;
    const call = this.pending.get(requestId);
    if (call === undefined) return;
    this.pending.delete(requestId);
    if (!call.settled) this.#options.events.onReply(this, call, reply);
  }

  #greeted(hello: Hello): void {
    const clusterId = toByteString(hello.clusterId);
    const fault = greetingFault(hello, { expected: this.#options.clusterId(), clusterId });
    if (fault !== null) {
      this.fail(fault);
      return;
    }
    this.#state = "ready";
    this.id = hello.memberId;
    this.#parser.frameBytesMax = REPLY_FRAME_BYTES_MAX;
    this.#options.events.onReady(this, { id: hello.memberId, clusterId });
    if (this.#statusWanted && this.ready) this.askStatus(this.heardMs);
  }
}
