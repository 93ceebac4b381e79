/**
 * A connection on which one member is asked about itself, one question after the other: nothing of a Clerk's calls,
 * sessions and retries.
 */
import type { ByteString } from "../base/byte-string.js";
import { fromByteString, toByteString } from "../wire/bytes.js";
import { decodeClientReply, encodeClientRequest } from "../wire/client-codec.js";
import type { ClientReply } from "../wire/client-message.js";
import { WireError } from "../wire/errors.js";
import { FrameParser } from "../wire/frame.js";
import { clientHello, decodeHello, encodeHello } from "../wire/hello.js";
import { HELLO_FRAME_BYTES_MAX, REPLY_FRAME_BYTES_MAX } from "../wire/limits.js";
import { greetingFault } from "./greeting-fault.js";
import type { Connection, Dialer } from "./ports.js";

export type Inquiry = { readonly kind: "stats" } | { readonly kind: "transfer"; readonly to: string };

export interface InquiryConnectionOptions {
  readonly address: string;
  /** Empty: whichever cluster answers. */
  readonly clusterId: ByteString;
  readonly dialer: Dialer;
  onGreeting(clusterId: ByteString): void;
  /** The last event: what was asked and not answered will not be. `reason` completes a sentence about the member. */
  onDown(reason: string): void;
}

export class InquiryConnection {
  readonly #options: InquiryConnectionOptions;
  readonly #connection: Connection;
  readonly #parser = new FrameParser(HELLO_FRAME_BYTES_MAX);
  readonly #answered = new Map<number, (reply: ClientReply) => void>();
  #nextRequestId = 1;
  #isGreeted = false;
  #isClosed = false;

  constructor(options: InquiryConnectionOptions) {
    this.#options = options;
    this.#connection = options.dialer.dial(options.address, {
      onData: (chunk) => this.#receive(chunk),
      onClose: (reason) => this.#fail(reason),
    });
    this.#connection.send(encodeHello(clientHello(fromByteString(options.clusterId))));
  }

  /** Asks at once, greeted or not: a member reads the question when it has read our greeting. */
  ask(inquiry: Inquiry, answered: (reply: ClientReply) => void): void {
    const requestId = this.#nextRequestId++;
    this.#answered.set(requestId, answered);
    this.#connection.send(encodeClientRequest({ ...inquiry, requestId }));
  }

  /** Without a word. */
  close(): void {
    this.#isClosed = true;
    this.#connection.close();
  }

  #fail(reason: string): void {
    if (this.#isClosed) return;
    this.close();
    this.#options.onDown(reason);
  }

  #receive(chunk: Uint8Array): void {
    if (this.#isClosed) return;
    try {
      this.#parser.push(chunk, (body) => this.#take(body));
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.#fail(`does not speak the protocol (${error.message})`);
    }
  }

  #take(body: Uint8Array): void {
    if (this.#isClosed) return;
    if (!this.#isGreeted) {
      this.#greet(body);
      return;
    }
    const reply = decodeClientReply(body);
    if (reply.requestId === 0) {
      this.#fail(reply.kind === "error" ? `refused: ${reply.message}` : "answers what nobody asked");
      return;
    }
    const answered = this.#answered.get(reply.requestId);
    this.#answered.delete(reply.requestId);
    answered?.(reply);
  }

  #greet(body: Uint8Array): void {
    const hello = decodeHello(body);
    const clusterId = toByteString(hello.clusterId);
    const fault = greetingFault(hello, { expected: this.#options.clusterId, clusterId });
    if (fault !== null) {
      this.#fail(fault);
      return;
    }
    this.#isGreeted = true;
    this.#parser.frameBytesMax = REPLY_FRAME_BYTES_MAX;
    this.#options.onGreeting(clusterId);
  }
}
