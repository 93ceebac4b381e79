/**
 * One client: greets it, hands its requests on, writes its replies. Memory per connection is bounded: a
 * client that sends faster than it is served, or does not read its replies, is not read from
 * (PITFALLS 53), and replies wait as values until the socket takes them, so that only what fits
 * into the socket's buffer is ever encoded.
 */

import type { Socket } from "node:net";
import { connectionFault } from "../base/connection-fault.js";
import type { Host } from "../server/ports.js";
import { errorReply } from "../server/replies.js";
import { decodeClientRequest, encodeClientReplies, encodeClientReply } from "../wire/client-codec.js";
import type { ClientReply, ClientRequest, ErrorCode } from "../wire/client-message.js";
import { RequestError, type WireError } from "../wire/errors.js";
import { encodeHello, type Hello } from "../wire/hello.js";
import { GreetedFrames } from "./greeted-frames.js";
import { helloOf, type Identity, refusalOfClient } from "./greeting.js";
import { endGently, prepare } from "./sockets.js";

/** Replies are encoded and written in pieces of about this size. */
const WRITE_BYTES = 64 * 1024;

export interface ClientConnectionOptions {
  readonly identity: Identity;
  readonly clientAddress: string;
  readonly frameBytesMax: number;
  /** Reading pauses at so many unanswered requests; passed by at most what one chunk holds. */
  readonly inFlightMax: number;
  readonly helloTimeoutMs: number;
  readonly log: Host["log"];
  handle(request: ClientRequest, reply: (reply: ClientReply) => void): void;
  onClosed(connection: ClientConnection): void;
}

export class ClientConnection {
  readonly #socket: Socket;
  readonly #options: ClientConnectionOptions;
  readonly #frames: GreetedFrames;
  readonly #helloTimer: NodeJS.Timeout;
  readonly #reply = (reply: ClientReply): void => this.#enqueue(reply);
  readonly #flushNow = (): void => this.#flush();
  /** Requests whose replies are not written yet. */
  #inFlight = 0;
  #replies: ClientReply[] = [];
  #flushScheduled = false;
  #paused = false;
  #draining = false;
  /** No request is handed on and no reply written any more. */
  #ended = false;

  constructor(socket: Socket, options: ClientConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#frames = new GreetedFrames({
      frameBytesMax: options.frameBytesMax,
      onHello: (hello) => this.#greet(hello),
      onFrame: (body) => this.#take(body),
    });
    this.#helloTimer = setTimeout(() => this.#abort("no greeting in time"), options.helloTimeoutMs);
    prepare(socket);
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    socket.on("drain", this.#flushNow);
    socket.on("error", (error) => {
      options.log("debug", "client connection broke", {
        from: socket.remoteAddress,
        reason: connectionFault(error),
      });
    });
    socket.on("close", () => {
      this.#stop();
      options.onClosed(this);
    });
    const { identity, clientAddress } = options;
    socket.write(encodeHello(helloOf(identity, "server", { clientAddress, targetMemberId: "" })));
  }

  /** Says why and ends, in a reply to request 0: it is about the connection. */
  refuse(code: ErrorCode, message: string): void {
    this.#options.log("warn", "client connection refused", {
      from: this.#socket.remoteAddress,
      reason: message,
    });
    this.#end(code, message);
  }

  /** From now on requests are turned away; ends once what is under way has been answered. */
  drain(): void {
    this.#draining = true;
    this.#endIfDrained();
  }

  destroy(): void {
    this.#stop();
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    const error = this.#frames.push(chunk);
    if (error !== null) this.#malformed(error);
    else this.#regulate();
  }

  #greet(hello: Hello): void {
    clearTimeout(this.#helloTimer);
    const refusal = refusalOfClient(hello, this.#options.identity);
    if (refusal !== null) this.refuse("invalid", refusal);
  }

  #take(body: Uint8Array): void {
    this.#inFlight++;
    let request: ClientRequest;
    try {
      request = decodeClientRequest(body);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.#enqueue(errorReply(error.requestId, "invalid", error.message));
      return;
    }
    if (this.#draining) {
      this.#enqueue(errorReply(request.requestId, "unavailable", "the member is shutting down"));
      return;
    }
    this.#options.handle(request, this.#reply);
  }

  #malformed(error: WireError): void {
    if (error.code === "frame-too-large" && this.#frames.greeted) {
      // Which request it was is not known: its number lies in the body that is not read.
      this.refuse("too-large", `the request is too large: ${error.message} (--max-request-bytes)`);
      return;
    }
    this.#abort(`the other side does not speak the protocol: ${error.message}`);
  }

  #enqueue(reply: ClientReply): void {
    if (this.#ended) return;
    this.#replies.push(reply);
    if (this.#flushScheduled || this.#socket.writableNeedDrain) return;
    // After the callback that is running, so that all replies of a turn leave in one write.
    this.#flushScheduled = true;
    process.nextTick(this.#flushNow);
  }

  #flush(): void {
    this.#flushScheduled = false;
    if (this.#ended) return;
    const replies = this.#replies;
    let next = 0;
    while (next < replies.length && !this.#socket.writableNeedDrain) {
      const { frames, count } = encodeClientReplies(replies, { first: next, bytesMax: WRITE_BYTES });
      this.#socket.write(frames);
      next += count;
    }
    this.#replies = next === replies.length ? [] : replies.slice(next);
    this.#inFlight -= next;
    this.#regulate();
    this.#endIfDrained();
  }

  /** Reads on, or not. */
  #regulate(): void {
    if (this.#ended) return;
    const pause = this.#inFlight >= this.#options.inFlightMax || this.#socket.writableNeedDrain;
    if (pause === this.#paused) return;
    this.#paused = pause;
    if (pause) this.#socket.pause();
    else this.#socket.resume();
  }

  #endIfDrained(): void {
    if (!this.#draining || this.#ended || this.#inFlight > 0) return;
    this.#stop();
    endGently(this.#socket);
  }

  /** Ends a connection of somebody who may be anybody: a port scanner is nothing to warn of. */
  #abort(reason: string): void {
    this.#options.log("info", "client connection closed", { from: this.#socket.remoteAddress, reason });
    this.#end("invalid", reason);
  }

  #end(code: ErrorCode, message: string): void {
    this.#stop();
    this.#socket.write(encodeClientReply(errorReply(0, code, message)));
    endGently(this.#socket);
  }

  #stop(): void {
    clearTimeout(this.#helloTimer);
    this.#frames.stop();
    this.#ended = true;
    this.#replies = [];
  }
}
