/** The client port: accepts connections up to a limit, and ends them all, gently or not. */
import { createServer, type Server, type Socket } from "node:net";
import type { Host } from "../server/ports.js";
import type { ClientReply, ClientRequest } from "../wire/client-message.js";
import { FRAME_OVERHEAD_BYTES } from "../wire/limits.js";
import type { BoundSocket } from "./bound-socket.js";
import { ClientConnection, type ClientConnectionOptions } from "./client-connection.js";
import type { Identity } from "./greeting.js";
import { closeServer, listen } from "./listen.js";

/** Connections over the limit are told so, up to so many at a time; more are dropped without a word. */
const REFUSALS_MAX = 64;

export interface ClientListenerOptions {
  readonly identity: Identity;
  /** Key + value of the largest request that may come; frames much larger end their connection. */
  readonly requestBytesMax: number;
  readonly log: Host["log"];
  /**
   * Takes one request. `reply` is called once for each request, whenever and in whatever order, with the
   * request's id; it may be called after the client has gone. Replies that are given in one callback of the event
   * loop to one client leave in one write, right after that callback.
   */
  handle(request: ClientRequest, reply: (reply: ClientReply) => void): void;
  /** Default 10 000. */
  readonly connectionsMax?: number;
  /** Unanswered requests of one connection at which its reading pauses. Default 4096. */
  readonly inFlightMax?: number;
  /** Default 10 s. */
  readonly helloTimeoutMs?: number;
}

/** Of this port, since it was bound. */
export interface ConnectionCounts {
  readonly open: number;
  readonly accepted: number;
  /** There were too many already. */
  readonly refused: number;
}

export class ClientListener {
  readonly #server: Server;
  readonly #options: ClientListenerOptions;
  readonly #connections = new Set<ClientConnection>();
  readonly #connectionsMax: number;
  #accepted = 0;
  #refused = 0;
  #address = "";
  /** Called when the last connection is gone. */
  #onIdle: (() => void) | null = null;

  constructor(options: ClientListenerOptions) {
    this.#options = options;
    this.#connectionsMax = options.connectionsMax ?? 10_000;
    this.#server = createServer();
    this.#server.maxConnections = this.#connectionsMax + REFUSALS_MAX;
  }

  /** The bound address; empty before `listen`. */
  get address(): string {
    return this.#address;
  }

  get connections(): ConnectionCounts {
    return { open: this.#connections.size, accepted: this.#accepted, refused: this.#refused };
  }

  /** Binds the port, or takes a bound one. `advertised` is what clients are told; by default what is bound. Rejects with NetError. */
  async listen(place: string | BoundSocket, advertised?: string): Promise<void> {
    this.#address = await listen(this.#server, place, "clients");
    const perConnection = this.#connectionOptions(advertised ?? this.#address);
    this.#server.on("connection", (socket) => this.#accept(socket, perConnection));
    this.#server.on("drop", () => this.#refused++);
    this.#server.on("error", (error) =>
      this.#options.log("error", "client port failed", { reason: error.message }),
    );
  }

  /**
   * Stops accepting, turns new requests away as definitely not done, and resolves when everything under
   * way has been answered and every client is gone, at the latest after `timeoutMs`.
   */
  async drain(timeoutMs: number): Promise<void> {
    const closed = closeServer(this.#server);
    if (this.#connections.size > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        this.#onIdle = () => {
          clearTimeout(timer);
          resolve();
        };
        for (const connection of this.#connections) connection.drain();
      });
    }
    for (const connection of this.#connections) connection.destroy();
    await closed;
  }

  /** Ends everything at once. */
  async close(): Promise<void> {
    const closed = closeServer(this.#server);
    for (const connection of this.#connections) connection.destroy();
    await closed;
  }

  #accept(socket: Socket, options: ClientConnectionOptions): void {
    const connection = new ClientConnection(socket, options);
    this.#connections.add(connection);
    if (this.#connections.size <= this.#connectionsMax) this.#accepted++;
    else {
      this.#refused++;
      connection.refuse("overloaded", `all ${this.#connectionsMax} connections are taken`);
    }
  }

  #connectionOptions(clientAddress: string): ClientConnectionOptions {
    const { identity, requestBytesMax, inFlightMax, helloTimeoutMs, log } = this.#options;
    return {
      identity,
      clientAddress,
      frameBytesMax: requestBytesMax + FRAME_OVERHEAD_BYTES,
      inFlightMax: inFlightMax ?? 4096,
      helloTimeoutMs: helloTimeoutMs ?? 10_000,
      log,
      handle: (request, reply) => this.#options.handle(request, reply),
      onClosed: (closed) => {
        this.#connections.delete(closed);
        if (this.#connections.size === 0) this.#onIdle?.();
      },
    };
  }
}
