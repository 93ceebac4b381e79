/**
 * A client of one member and no other: it asks what it is told to ask on the one connection that it has, never repeats
 * anything and follows no hints. For tests in which a certain member must be asked at a certain time.
 */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { parseAddress } from "../../src/base/address.js";
import type { Command, Operation } from "../../src/kv/command.js";
import { decodeClientReply, encodeClientRequest } from "../../src/wire/client-codec.js";
import type { ClientReply, ClientRequest } from "../../src/wire/client-message.js";
import { encodeCommand } from "../../src/wire/command-codec.js";
import { FrameParser } from "../../src/wire/frame.js";
import { clientHello, encodeHello } from "../../src/wire/hello.js";
import type { Teardown } from "./processes.js";

type Asked =
  | { readonly kind: "get"; readonly key: string; readonly consistency: "linearizable" }
  | { readonly kind: "command"; readonly command: Command };

export class MemberClient {
  readonly #socket: Socket;
  readonly #clientId = randomBytes(8).toString("latin1");
  readonly #waiting = new Map<number, (reply: ClientReply | null) => void>();
  #lastRequestId = 0;
  #session = 0;
  #lastSequence = 0;
  #greeted = false;

  /** Closed when the test ends. */
  static async connect(t: Teardown, endpoint: string): Promise<MemberClient> {
    const address = parseAddress(endpoint);
    if (address === null) throw new Error(`${endpoint} is no address`);
    const socket = connect({ ...address, noDelay: true });
    t.teardown(() => socket.destroy());
    await once(socket, "connect");
    return new MemberClient(socket);
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    const parser = new FrameParser(2 ** 25);
    socket.on("error", () => {}); // "close" follows.
    socket.on("close", () => this.#abandon());
    socket.on("data", (chunk: Buffer) => parser.push(chunk, (body) => this.#take(body)));
    socket.write(encodeHello(clientHello()));
  }

  get(key: string): Promise<ClientReply | null> {
    return this.#ask({ kind: "get", key, consistency: "linearizable" });
  }

  /** For writes: the member must lead. */
  async openSession(): Promise<void> {
    const reply = await this.#ask({ kind: "command", command: { kind: "open", clientId: this.#clientId } });
    if (reply?.kind !== "result") throw new Error(`no session: ${JSON.stringify(reply)}`);
    this.#session = reply.result.index;
  }

  /** Null: the connection ended before there was an answer. */
  write(operation: Operation): Promise<ClientReply | null> {
    const sequence = ++this.#lastSequence;
    const session = { clientId: this.#clientId, session: this.#session, sequence, acknowledgedBelow: 0 };
    return this.#ask({ kind: "command", command: { kind: "session", ...session, operation } });
  }

  #ask(asked: Asked): Promise<ClientReply | null> {
    const requestId = ++this.#lastRequestId;
    const request: ClientRequest =
      asked.kind === "get"
        ? { ...asked, requestId }
        : { ...asked, requestId, bytes: encodeCommand(asked.command) };
    return new Promise((resolve) => {
      if (this.#socket.destroyed) return resolve(null);
      this.#waiting.set(requestId, resolve);
      this.#socket.write(encodeClientRequest(request));
    });
  }

  #take(body: Uint8Array): void {
    if (!this.#greeted) {
      this.#greeted = true;
      return;
    }
    const reply = decodeClientReply(body);
    this.#waiting.get(reply.requestId)?.(reply);
    this.#waiting.delete(reply.requestId);
  }

  #abandon(): void {
    for (const resolve of this.#waiting.values()) resolve(null);
    this.#waiting.clear();
  }
}
