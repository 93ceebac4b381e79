/**
 * One TCP connection of a thin client: what it sends within a turn leaves with one write; what it receives comes in one buffer
 * that is used again for each read.
 */
import { connect, type Socket } from "node:net";
import { parseAddress } from "../../../src/base/address.js";
import { Outbox } from "./outbox.js";

const READ_BYTES = 64 * 1024;

export interface WireHandlers {
  /** `chunk` is valid only during the call. What it throws ends the connection. */
  onChunk(chunk: Uint8Array): void;
  /** At most once, and not after {@link Wire.close}. */
  onLost(reason: string): void;
}

export class Wire {
  readonly outbox = new Outbox();
  #closed = false;
  readonly #socket: Socket;
  readonly #handlers: WireHandlers;

  private constructor(socket: Socket, handlers: WireHandlers) {
    this.#socket = socket;
    this.#handlers = handlers;
  }

  /** Resolves when it is connected, rejects when it cannot be. */
  static open(address: string, handlers: WireHandlers): Promise<Wire> {
    const target = parseAddress(address);
    if (target === null) throw new Error(`${address} is no address`);
    return new Promise((resolve, reject) => {
      let wire: Wire | null = null;
      const onread = {
        buffer: new Uint8Array(READ_BYTES),
        callback: (length: number, buffer: Uint8Array): boolean => {
          wire?.receive(buffer.subarray(0, length));
          return true;
        },
      };
      const socket = connect({ ...target, noDelay: true, onread }, () => {
        wire = new Wire(socket, handlers);
        resolve(wire);
      });
      socket.on("error", (error) => {
        if (wire === null) reject(error);
        else wire.lose(error.message);
      });
      socket.on("close", () => wire?.lose("the connection was closed"));
    });
  }

  /** Everything that the outbox holds, in one write. */
  flush(): void {
    if (this.#closed) return;
    const bytes = this.outbox.take();
    if (bytes !== null) this.#socket.write(bytes);
  }

  receive(chunk: Uint8Array): void {
    if (this.#closed) return;
    try {
      this.#handlers.onChunk(chunk);
    } catch (error) {
      this.lose(error instanceof Error ? error.message : String(error));
      return;
    }
    this.flush();
  }

  lose(reason: string): void {
    if (this.#closed) return;
    this.close();
    this.#handlers.onLost(reason);
  }

  close(): void {
    this.#closed = true;
    this.#socket.destroy();
  }
}
