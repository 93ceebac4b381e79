/**
 * A TCP proxy in front of one port of one member: accepts connections, finds out from whom they are, and joins them to
 * the member by two {@link FramePipe}s, one a direction. Who may reach whom is for the network to say.
 */
import { connect, createServer, type Server, type Socket } from "node:net";
import { formatAddress, parseAddress } from "../../../src/base/address.js";
import { assert } from "../../../src/base/assert.js";
import { WireError } from "../../../src/wire/errors.js";
import { FRAME_HEADER_BYTES } from "../../../src/wire/frame.js";
import { decodeHello } from "../../../src/wire/hello.js";
import { HELLO_FRAME_BYTES_MAX } from "../../../src/wire/limits.js";
import type { Dice } from "../../sim/dice.js";
import type { Conditions } from "./conditions.js";
import { FramePipe } from "./frame-pipe.js";

export interface TcpProxyOptions {
  /** Who connects here; null: members, whose greeting says which one. */
  readonly from: string | null;
  readonly to: string;
  /** Where `to` really listens, HOST:PORT. */
  readonly target: string;
  readonly dice: Dice;
  conditions(from: string, to: string): Conditions;
}

interface Joined {
  readonly from: string;
  readonly sockets: readonly Socket[];
  readonly pipes: readonly FramePipe[];
}

export class TcpProxy {
  readonly #options: TcpProxyOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #joined = new Set<Joined>();
  #address = "";

  private constructor(options: TcpProxyOptions) {
    this.#options = options;
    // An end is passed on like everything else, in its turn: it must not be answered by itself.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => this.#accept(near));
  }

  static async listen(options: TcpProxyOptions): Promise<TcpProxy> {
    const proxy = new TcpProxy(options);
    const server = proxy.#server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host: "127.0.0.1", port: 0 }, resolve);
    });
    const bound = server.address();
    assert(bound !== null && typeof bound === "object", "a TCP server has an address");
    proxy.#address = formatAddress({ host: bound.address, port: bound.port });
    return proxy;
  }

  /** HOST:PORT: what is told in place of the target. */
  get address(): string {
    return this.#address;
  }

  /** Connections that stand. */
  get connections(): number {
    return this.#joined.size;
  }

  /** The conditions have changed: what they do not allow ends, what they held back goes on. */
  onChange(): void {
    for (const joined of this.#joined) {
      if (this.#isCut(joined.from)) reset(joined.sockets);
      else for (const pipe of joined.pipes) pipe.onChange();
    }
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => void this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #isCut(from: string): boolean {
    const { to, conditions } = this.#options;
    return conditions(from, to).path === "cut" || conditions(to, from).path === "cut";
  }

  #accept(near: Socket): void {
    this.#keep(near);
    const { from } = this.#options;
    if (from !== null) this.#join(near, from);
    else readGreeting(near, (memberId) => this.#join(near, memberId));
  }

  #join(near: Socket, from: string): void {
    const { to, target, dice, conditions } = this.#options;
    if (this.#isCut(from)) {
      reset([near]);
      return;
    }
    const address = parseAddress(target);
    assert(address !== null, `${target} is an address`);
    const far = connect({ ...address, noDelay: true, allowHalfOpen: true });
    this.#keep(far);
    const sockets = [near, far];
    const onBroken = () => reset(sockets);
    const pipes = [
      new FramePipe({ from: near, to: far, dice, onBroken, conditions: () => conditions(from, to) }),
      new FramePipe({ from: far, to: near, dice, onBroken, conditions: () => conditions(to, from) }),
    ];
    const joined = { from, sockets, pipes };
    this.#joined.add(joined);
    for (const socket of sockets) {
      socket.on("close", () => {
        if (sockets.every(({ destroyed }) => destroyed)) this.#joined.delete(joined);
      });
    }
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => {}); // It closes after an error, and that is all that matters here.
    socket.on("close", () => this.#sockets.delete(socket));
  }
}

function reset(sockets: readonly Socket[]): void {
  for (const socket of sockets) {
    // What is not connected yet cannot be reset. Nor can what is ending already: Node would say nothing, keep the
    // handle, and at the exit of the process wait for it for ever.
    if (socket.connecting || socket.writableEnded) socket.destroy();
    else if (!socket.destroyed) socket.resetAndDestroy();
  }
}

/** Reads the first frame and puts it back. A connection that does not greet as a member is closed. */
function readGreeting(near: Socket, onGreeting: (memberId: string) => void): void {
  let bytes: Buffer = Buffer.alloc(0);
  const onEnd = (): void => void near.destroy();
  const onData = (chunk: Buffer): void => {
    bytes = Buffer.concat([bytes, chunk]);
    if (bytes.length < FRAME_HEADER_BYTES) return;
    const end = FRAME_HEADER_BYTES + bytes.readUInt32BE(0);
    const memberId = end > HELLO_FRAME_BYTES_MAX ? "" : undefined;
    if (memberId === undefined && bytes.length < end) return;
    near.off("data", onData);
    near.off("end", onEnd);
    const from = memberId ?? memberIdOf(bytes.subarray(FRAME_HEADER_BYTES, end));
    if (from === "") {
      near.destroy();
      return;
    }
    near.pause();
    near.unshift(bytes);
    onGreeting(from);
    near.resume();
  };
  near.on("data", onData);
  near.on("end", onEnd);
}

/** Empty where there is none. */
function memberIdOf(body: Uint8Array): string {
  try {
    return decodeHello(body).memberId;
  } catch (error) {
    if (error instanceof WireError) return "";
    throw error;
  }
}
