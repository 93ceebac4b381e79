/**
 * Connections of clients: streams of bytes in both directions, in order, cut into chunks anyhow, stalled while
 * the link is cut or clogged, broken at any moment. Implements the Clerk's Dialer.
 */
import type { Connection, ConnectionHandlers, Dialer } from "../../src/clerk/ports.js";
import type { MemberId } from "../../src/raft/entry.js";
import type { Dice } from "./dice.js";
import type { EventLoop } from "./event-loop.js";
import type { Links } from "./links.js";

/** The member's end of a connection. */
export interface Served {
  receive(chunk: Uint8Array): void;
  /** The client is gone. */
  closed(): void;
}

/** What the member's end may do. */
export interface ServerEnd {
  send(bytes: Uint8Array): void;
  close(): void;
}

export interface ClientNetworkOptions {
  readonly loop: EventLoop;
  readonly links: Links;
  readonly dice: Dice;
  /** Null: nobody listens there. */
  accept(member: MemberId, end: ServerEnd): Served | null;
}

const LATENCY_US_MAX = 1500;
/** From the moment when a connection is of no more use to that when the client notices. */
const STALL_US_MAX = 300_000;
/** How long a server may leave unread what a client that is gone has sent. */
const HELD_US_MAX = 2_000_000;
/** How soon a stalled stream tries again. */
const RETRY_US = 20_000;

export class ClientNetwork {
  readonly #options: ClientNetworkOptions;
  readonly #open = new Set<SimulatedConnection>();

  constructor(options: ClientNetworkOptions) {
    this.#options = options;
  }

  dialer(client: string): Dialer {
    return {
      dial: (address, handlers) => {
        const member = address.slice(0, address.indexOf(":"));
        const connection = new SimulatedConnection({
          ...this.#options,
          client,
          member,
          handlers,
          onOver: () => this.#open.delete(connection),
        });
        this.#open.add(connection);
        return connection;
      },
    };
  }

  /** Breaks about so many of a hundred connections, after a while in which nothing gets through to the server. */
  breakSome(percent: number): void {
    const { dice, loop } = this.#options;
    for (const connection of [...this.#open]) {
      if (!dice.chance(percent)) continue;
      const stallUs = dice.skewed(0, STALL_US_MAX);
      connection.stall(stallUs);
      loop.after(stallUs, () => connection.break("broke the connection"));
    }
  }
}

interface ConnectionOptions extends ClientNetworkOptions {
  readonly client: string;
  readonly member: MemberId;
  readonly handlers: ConnectionHandlers;
  onOver(): void;
}

class SimulatedConnection implements Connection {
  readonly #options: ConnectionOptions;
  readonly #toServer: Stream;
  readonly #toClient: Stream;
  #served: Served | null = null;
  #over = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const { client, member } = options;
    this.#toServer = new Stream(options, client, member, (chunk) => this.#served?.receive(chunk));
    this.#toClient = new Stream(options, member, client, (chunk) => {
      if (!this.#over) options.handlers.onData(chunk);
    });
    // Ahead of all bytes, the request for a connection itself.
    this.#toServer.push(() => this.#accept());
  }

  send(bytes: Uint8Array): void {
    if (!this.#over) this.#toServer.push(Uint8Array.from(bytes));
  }

  /** The client's own end. */
  close(): void {
    if (this.#over) return;
    this.#end();
    // What was sent before still leaves.
    this.#toServer.push(() => this.#served?.closed());
  }

  /** What the client sends stays on its way for so long. */
  stall(durationUs: number): void {
    this.#toServer.hold(durationUs);
  }

  /** Both ends lose it, the client at once, with whatever is on its way to it. */
  break(reason: string): void {
    if (this.#over) return;
    this.#end();
    this.#toClient.stop();
    if (this.#options.dice.chance(50)) {
      this.#toServer.stop();
      this.#served?.closed();
    } else {
      // What was sent may be read much later, when the client has long asked somebody again.
      this.#toServer.hold(this.#options.dice.skewed(1000, HELD_US_MAX));
      this.#toServer.push(() => this.#served?.closed());
    }
    this.#options.handlers.onClose(reason);
  }

  #accept(): void {
    const { accept, member } = this.#options;
    this.#served = accept(member, {
      send: (bytes) => this.#toClient.push(Uint8Array.from(bytes)),
      close: () => this.#toClient.push(() => this.break("closed the connection")),
    });
    if (this.#served === null) this.#toClient.push(() => this.break("refused the connection"));
  }

  #end(): void {
    this.#over = true;
    this.#options.onOver();
  }
}

/** One direction: bytes, and marks between them. */
class Stream {
  readonly #options: ConnectionOptions;
  readonly #from: string;
  readonly #to: string;
  readonly #deliver: (chunk: Uint8Array) => void;
  #queue: (Uint8Array | (() => void))[] = [];
  #heldUntilUs = 0;
  #moving = false;
  #stopped = false;

  constructor(options: ConnectionOptions, from: string, to: string, deliver: (chunk: Uint8Array) => void) {
    this.#options = options;
    this.#from = from;
    this.#to = to;
    this.#deliver = deliver;
  }

  push(item: Uint8Array | (() => void)): void {
    if (this.#stopped) return;
    this.#queue.push(item);
    if (!this.#moving) this.#move(this.#options.dice.between(50, LATENCY_US_MAX));
  }

  stop(): void {
    this.#stopped = true;
    this.#queue = [];
  }

  /** Nothing arrives before that. */
  hold(durationUs: number): void {
    this.#heldUntilUs = this.#options.loop.nowUs + durationUs;
  }

  #move(delayUs: number): void {
    this.#moving = true;
    this.#options.loop.after(delayUs, () => this.#arrive());
  }

  #arrive(): void {
    const { loop, links } = this.#options;
    this.#moving = false;
    if (this.#stopped) return;
    const untilUs = Math.max(this.#heldUntilUs, links.cloggedUntilUs(this.#from, this.#to));
    const clogUs = untilUs - loop.nowUs;
    if (links.isCut(this.#from, this.#to) || clogUs > 0) {
      this.#move(Math.max(RETRY_US, clogUs));
      return;
    }
    const items = this.#queue;
    this.#queue = [];
    let bytes: Uint8Array[] = [];
    const flush = (): void => {
      if (bytes.length > 0) this.#cut(Buffer.concat(bytes));
      bytes = [];
    };
    for (const item of items) {
      if (typeof item !== "function") {
        bytes.push(item);
        continue;
      }
      flush();
      item();
    }
    flush();
  }

  /** Whole, or in pieces that respect no frame. */
  #cut(bytes: Uint8Array): void {
    const { dice } = this.#options;
    let at = 0;
    while (at < bytes.length && !this.#stopped) {
      const end = dice.chance(80) ? bytes.length : Math.min(bytes.length, at + dice.between(1, 100));
      this.#deliver(bytes.slice(at, end));
      at = end;
    }
  }
}
