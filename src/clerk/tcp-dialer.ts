/** The Clerk's connections over node:net. What one turn sends leaves in one write. */

import { connect, type Socket } from "node:net";
import { type Address, parseAddress } from "../base/address.js";
import { connectionFault } from "../base/connection-fault.js";
import type { Connection, ConnectionHandlers, Dialer } from "./ports.js";

/** From when on the kernel probes a connection that nothing travels on. */
const KEEP_ALIVE_MS = 10_000;
/** Of the memory that a connection receives into. */
const RECEIVE_BYTES = 64 * 1024;
/** How long a closed connection may take to deliver its last bytes. */
const LINGER_MS = 100;

export class TcpDialer implements Dialer {
  readonly #open = new Set<Socket>();
  #onIdle: (() => void) | null = null;

  dial(address: string, handlers: ConnectionHandlers): Connection {
    const target = parseAddress(address);
    // Members' addresses come from other members: a bad one is refused like any that nobody listens on.
    if (target === null) return refusedConnection(handlers);
    const connection = new TcpConnection(target, handlers);
    const { socket } = connection;
    this.#open.add(socket);
    socket.on("close", () => {
      this.#open.delete(socket);
      if (this.#open.size === 0) this.#onIdle?.();
    });
    return connection;
  }

  /** Resolves when the last connection that was closed is gone. */
  idle(): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onIdle = resolve;
    });
  }
}

class TcpConnection implements Connection {
  readonly socket: Socket;
  readonly #flush = (): void => this.#writeTurn();
  #frames: Uint8Array[] = [];
  #closed = false;

  constructor(target: Address, handlers: ConnectionHandlers) {
    const socket = connect({
      ...target,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
      // Always into the same memory: nobody keeps a chunk, and a stream of them takes longer to set up than a short command to ask.
      onread: {
        buffer: Buffer.allocUnsafeSlow(RECEIVE_BYTES),
        callback: (length, memory) => {
          if (!this.#closed) handlers.onData(memory.subarray(0, length));
          return true;
        },
      },
    });
    this.socket = socket;
    let reason = "closed the connection";
    socket.on("error", (error) => {
      reason = connectionFault(error);
    });
    socket.on("close", () => {
      if (this.#closed) return;
      this.#closed = true;
      handlers.onClose(reason);
    });
  }

  send(bytes: Uint8Array): void {
    if (this.#closed) return;
    // What waits in the socket is bounded by what the core keeps under way.
    if (this.#frames.push(bytes) === 1) process.nextTick(this.#flush);
  }

  close(): void {
    if (this.#closed) return;
    this.#writeTurn();
    this.#closed = true;
    if (this.socket.connecting) {
      this.socket.destroy();
      return;
    }
    this.socket.end();
    const timer = setTimeout(() => this.socket.destroy(), LINGER_MS);
    this.socket.once("close", () => clearTimeout(timer));
  }

  #writeTurn(): void {
    const frames = this.#frames;
    if (frames.length === 0 || this.#closed) return;
    this.#frames = [];
    const [first] = frames;
    this.socket.write(frames.length === 1 && first !== undefined ? first : Buffer.concat(frames));
  }
}

function refusedConnection(handlers: ConnectionHandlers): Connection {
  let closed = false;
  queueMicrotask(() => {
    if (!closed) handlers.onClose("has an address that makes no sense");
  });
  return {
    send: () => {},
    close: () => {
      closed = true;
    },
  };
}
