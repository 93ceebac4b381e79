/**
 * The peer port: connections that other members dial, on which they greet and then send. Nothing but the
 * answering Hello is ever sent here. A connection that misbehaves is closed; nothing else notices.
 */

import { createServer, type Server, type Socket } from "node:net";
import { connectionFault } from "../base/connection-fault.js";
import type { MemberId } from "../raft/entry.js";
import type { Message } from "../raft/message.js";
import type { Host } from "../server/ports.js";
import { encodeHello, type Hello } from "../wire/hello.js";
import { PEER_FRAME_BYTES_MAX } from "../wire/limits.js";
import { decodePeerMessage, decodePing, type Ping } from "../wire/peer-codec.js";
import type { BoundSocket } from "./bound-socket.js";
import { GreetedFrames } from "./greeted-frames.js";
import { helloOf, type Identity, refusalOfDialler } from "./greeting.js";
import { closeServer, listen } from "./listen.js";
import { endGently, prepare } from "./sockets.js";

/** Members are few; more connections than this are strangers, dropped as they arrive. */
const CONNECTIONS_MAX = 256;

export interface PeerAcceptorOptions {
  readonly identity: Identity;
  readonly clientAddress: string;
  readonly helloTimeoutMs: number;
  readonly log: Host["log"];
  isMember(id: MemberId): boolean;
  /** A member has greeted, and was welcome. */
  onPeer(id: MemberId, hello: Hello): void;
  /** Before the messages of each chunk. */
  onHeard(id: MemberId): void;
  onMessage(message: Message): void;
  onPing(id: MemberId, ping: Ping): void;
}

export class PeerAcceptor {
  readonly #server: Server;
  readonly #options: PeerAcceptorOptions;
  readonly #sockets = new Set<Socket>();
  /** The one connection of each member: a newer one means that the older is dead. */
  readonly #greeted = new Map<MemberId, Socket>();
  /** A wrong dialler comes back every second: it is loud only when something changes. */
  #lastRefusal = "";

  constructor(options: PeerAcceptorOptions) {
    this.#options = options;
    this.#server = createServer((socket) => this.#accept(socket));
    this.#server.maxConnections = CONNECTIONS_MAX;
  }

  /** Resolves to the bound address; rejects with NetError. */
  async listen(place: string | BoundSocket): Promise<string> {
    const bound = await listen(this.#server, place, "members");
    this.#server.on("error", (error) =>
      this.#options.log("error", "peer port failed", { reason: error.message }),
    );
    return bound;
  }

  /** Closes the connections of those that are members no more. */
  dropStrangers(): void {
    for (const [id, socket] of this.#greeted) if (!this.#options.isMember(id)) socket.destroy();
  }

  async close(): Promise<void> {
    const closed = closeServer(this.#server);
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #accept(socket: Socket): void {
    prepare(socket);
    this.#sockets.add(socket);
    let from: MemberId | null = null;
    const timer = setTimeout(() => {
      this.#refuse(socket, "no greeting in time");
      socket.destroy();
    }, this.#options.helloTimeoutMs);
    const frames = new GreetedFrames({
      frameBytesMax: PEER_FRAME_BYTES_MAX,
      onHello: (hello) => {
        clearTimeout(timer);
        from = this.#greet(socket, hello);
        if (from === null) frames.stop();
      },
      onFrame: (body) => {
        if (from !== null) this.#take(body, from);
      },
    });
    socket.on("data", (chunk: Buffer) => {
      if (from !== null) this.#options.onHeard(from);
      const error = frames.push(chunk);
      if (error === null) return;
      this.#refuse(socket, `does not speak the protocol: ${error.message}`);
      socket.destroy();
    });
    socket.on("error", (error) => {
      this.#options.log("debug", "peer connection broke", { peer: from, reason: connectionFault(error) });
    });
    socket.on("close", () => {
      clearTimeout(timer);
      this.#sockets.delete(socket);
      if (from !== null && this.#greeted.get(from) === socket) this.#greeted.delete(from);
    });
  }

  #take(body: Uint8Array, from: MemberId): void {
    const { identity, onMessage, onPing } = this.#options;
    const ping = decodePing(body);
    if (ping !== null) onPing(from, ping);
    else onMessage(decodePeerMessage(body, { from, to: identity.memberId }));
  }

  /** Answers a Hello. The member that now sends on this connection, or null: it is being closed. */
  #greet(socket: Socket, hello: Hello): MemberId | null {
    const { identity, clientAddress } = this.#options;
    const refusal = refusalOfDialler(hello, identity, (id) => this.#options.isMember(id));
    // Only a dialler that is welcome is named in the answer.
    const targetMemberId = refusal === null ? hello.memberId : "";
    socket.write(encodeHello(helloOf(identity, "peer", { clientAddress, targetMemberId })));
    if (refusal !== null) {
      this.#refuse(socket, refusal);
      endGently(socket);
      return null;
    }
    this.#greeted.get(hello.memberId)?.destroy();
    this.#greeted.set(hello.memberId, socket);
    this.#options.onPeer(hello.memberId, hello);
    return hello.memberId;
  }

  #refuse(socket: Socket, reason: string): void {
    const level = reason === this.#lastRefusal ? "debug" : "warn";
    this.#lastRefusal = reason;
    this.#options.log(level, "peer connection refused", { from: socket.remoteAddress, reason });
  }
}
