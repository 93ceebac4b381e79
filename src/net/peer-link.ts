/**
 * The way to one other member: a connection that this side dials, greets on and only ever sends on.
 * It dials again for as long as it is open. What cannot be sent now is dropped, never kept
 * for later: Raft sends what still matters again, and stale messages would only delay it (PITFALLS 55).
 */

import { connect, type Socket } from "node:net";
import { parseAddress } from "../base/address.js";
import { connectionFault } from "../base/connection-fault.js";
import type { Random } from "../base/random.js";
import type { Member } from "../raft/entry.js";
import type { Message } from "../raft/message.js";
import type { LogEvent } from "../server/log-events.js";
import type { Host, PeerContact } from "../server/ports.js";
import { encodeHello, type Hello } from "../wire/hello.js";
import { PEER_FRAME_BYTES_MAX } from "../wire/limits.js";
import { encodePeerMessage, encodePing, type Ping } from "../wire/peer-codec.js";
import { BACK_OFF_MAX_MS, BackOff } from "./back-off.js";
import { GreetedFrames } from "./greeted-frames.js";
import { helloOf, type Identity, refusalOfAcceptor } from "./greeting.js";
import { prepare, writeFrames } from "./sockets.js";

export interface PeerLinkOptions {
  readonly identity: Identity;
  /** Told to the other member, for its clients. */
  readonly clientAddress: string;
  readonly random: Random;
  readonly log: Host["log"];
  /** Messages are dropped while so many bytes wait to be sent; passed by at most one message. */
  readonly queueBytesMax: number;
  /** From the dial to the other side's Hello. */
  readonly dialTimeoutMs: number;
  /** How long messages may go out with nothing heard from that member before the connection is given up. */
  readonly silenceMs: number;
  /** The connection is greeted (`hello` is the other side's), or is gone again (null). */
  onChange(member: Member, hello: Hello | null): void;
}

/** Of a new measurement in the smoothed one, as in TCP (RFC 6298). */
const ROUND_TRIP_WEIGHT = 1 / 8;

type State =
  | { readonly kind: "idle" }
  | { readonly kind: "waiting"; readonly timer: NodeJS.Timeout }
  | { readonly kind: "dialling"; readonly socket: Socket }
  | { readonly kind: "up"; readonly socket: Socket; readonly sinceMs: number }
  | { readonly kind: "closed" };

export class PeerLink {
  readonly member: Member;
  readonly #options: PeerLinkOptions;
  readonly #backOff: BackOff;
  #state: State = { kind: "idle" };
  /** Why the last attempt failed: said once, however often it repeats. */
  #lastReason = "";
  #frames: Uint8Array[] = [];
  #frameBytes = 0;
  /** Messages were dropped since the queue was last empty: said once. */
  #full = false;
  /** When the first message left since that member was last heard of; 0: none did. */
  #unansweredSinceMs = 0;
  /** When anything last came from that member; null: nothing did. */
  #heardMs: number | null = null;
  #roundTripUs: number | null = null;

  constructor(member: Member, options: PeerLinkOptions) {
    this.member = member;
    this.#options = options;
    this.#backOff = new BackOff(options.random);
  }

  /** Adds a message to the write that {@link flush} makes, or drops it. */
  add(message: Message): void {
    if (this.#hasRoom()) this.#push(encodePeerMessage(message));
  }

  /** Asks that member for a sign of life: followers have nothing else to say to each other. */
  ping(nowMs: number): void {
    this.#sendPing({ type: "ping", sentUs: Math.round(nowMs * 1000) }, nowMs);
  }

  /** That member has sent a ping, which is answered, or has answered one. */
  pinged({ type, sentUs }: Ping, nowMs: number): void {
    if (type === "ping") {
      this.#sendPing({ type: "pong", sentUs }, nowMs);
      return;
    }
    const measuredUs = Math.max(0, Math.round(nowMs * 1000) - sentUs);
    const before = this.#roundTripUs ?? measuredUs;
    this.#roundTripUs = Math.round(before + (measuredUs - before) * ROUND_TRIP_WEIGHT);
  }

  contact(nowMs: number): PeerContact {
    return {
      isConnected: this.#state.kind === "up",
      heardMs: this.#heardMs === null ? null : Math.round(nowMs - this.#heardMs),
      roundTripUs: this.#roundTripUs,
    };
  }

  flush(nowMs: number): void {
    if (this.#state.kind !== "up" || this.#frames.length === 0) return;
    writeFrames(this.#state.socket, this.#frames);
    this.#frames = [];
    this.#frameBytes = 0;
    if (this.#unansweredSinceMs === 0) this.#unansweredSinceMs = nowMs;
    else if (nowMs - this.#unansweredSinceMs > this.#options.silenceMs) {
      // After a partition TCP tries again later and later, up to minutes; a new connection does not.
      this.#fail(this.#state.socket, "went silent");
    }
  }

  /** Something came from that member, on whichever connection. */
  heard(nowMs: number): void {
    this.#heardMs = nowMs;
    this.#unansweredSinceMs = 0;
  }

  /** That member has just been heard of: no reason to sit out a pause. */
  dialSoon(): void {
    if (this.#state.kind !== "waiting") return;
    clearTimeout(this.#state.timer);
    this.#backOff.reset();
    this.dial();
  }

  dial(): void {
    const address = parseAddress(this.member.peerAddress);
    if (address === null) {
      this.#pause(`"${this.member.peerAddress}" is no address`);
      return;
    }
    const socket = connect(address);
    this.#state = { kind: "dialling", socket };
    prepare(socket);
    const timer = setTimeout(() => this.#fail(socket, "timed out"), this.#options.dialTimeoutMs);
    const frames = new GreetedFrames({
      frameBytesMax: PEER_FRAME_BYTES_MAX,
      onHello: (hello) => {
        clearTimeout(timer);
        this.#greeted(socket, hello);
      },
      onFrame: () => this.#fail(socket, "sent messages on a connection that is ours to send on"),
    });
    socket.write(encodeHello(this.#hello()));
    socket.on("data", (chunk: Buffer) => {
      const error = frames.push(chunk);
      if (error !== null) this.#fail(socket, `does not speak the protocol: ${error.message}`);
    });
    socket.on("error", (error) => this.#fail(socket, connectionFault(error)));
    socket.on("close", () => {
      clearTimeout(timer);
      this.#fail(
        socket,
        frames.greeted ? "closed the connection" : "closed the connection without a greeting",
      );
    });
  }

  /** For good. */
  close(): void {
    const state = this.#state;
    this.#state = { kind: "closed" };
    if (state.kind === "waiting") clearTimeout(state.timer);
    if (state.kind === "dialling" || state.kind === "up") state.socket.destroy();
    if (state.kind === "up") this.#options.onChange(this.member, null);
  }

  #sendPing(ping: Ping, nowMs: number): void {
    if (!this.#hasRoom()) return;
    this.#push(encodePing(ping));
    this.flush(nowMs);
  }

  #hasRoom(): boolean {
    if (this.#state.kind !== "up") return false;
    const queuedBytes = this.#state.socket.writableLength + this.#frameBytes;
    if (queuedBytes >= this.#options.queueBytesMax) {
      if (!this.#full) this.#log("warn", "peer queue full", {});
      this.#full = true;
      return false;
    }
    if (queuedBytes === 0) this.#full = false;
    return true;
  }

  #push(frame: Uint8Array): void {
    this.#frames.push(frame);
    this.#frameBytes += frame.length;
  }

  #hello(): Hello {
    const { identity, clientAddress } = this.#options;
    return helloOf(identity, "peer", { clientAddress, targetMemberId: this.member.id });
  }

  #greeted(socket: Socket, hello: Hello): void {
    if (this.#state.kind !== "dialling" || this.#state.socket !== socket) return;
    const refusal = refusalOfAcceptor(hello, this.#options.identity, this.member.id);
    if (refusal !== null) {
      this.#fail(socket, refusal);
      return;
    }
    this.#state = { kind: "up", socket, sinceMs: performance.now() };
    this.#unansweredSinceMs = 0;
    this.#lastReason = "";
    this.#log("info", "peer link up", {});
    this.#options.onChange(this.member, hello);
  }

  /** The connection of `socket` is over; later events of it change nothing. */
  #fail(socket: Socket, reason: string): void {
    const state = this.#state;
    if ((state.kind !== "dialling" && state.kind !== "up") || state.socket !== socket) return;
    socket.destroy();
    this.#frames = [];
    this.#frameBytes = 0;
    // A member that greets and then closes must not be dialled in a tight loop: only time that
    // the link stood starts the pauses afresh.
    const stoodMs = state.kind === "up" ? performance.now() - state.sinceMs : 0;
    if (stoodMs >= BACK_OFF_MAX_MS) this.#backOff.reset();
    this.#pause(reason);
    if (state.kind === "up") this.#options.onChange(this.member, null);
  }

  #pause(reason: string): void {
    if (reason !== this.#lastReason) this.#log("warn", "peer link down", { reason });
    this.#lastReason = reason;
    this.#state = { kind: "waiting", timer: setTimeout(() => this.dial(), this.#backOff.nextMs()) };
  }

  #log(level: "info" | "warn", event: LogEvent, fields: Readonly<Record<string, unknown>>): void {
    this.#options.log(level, event, { peer: this.member.id, address: this.member.peerAddress, ...fields });
  }
}
