/** A pretended member behind a real port, for tests of the Clerk as callers have it. */
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { decodeClientRequest, encodeClientReply } from "../../src/wire/client-codec.js";
import type { ClientReply } from "../../src/wire/client-message.js";
import { FrameParser } from "../../src/wire/frame.js";
import type { FakeMember } from "./fake-cluster.js";

export class TcpMember {
  readonly member: FakeMember;
  readonly sockets = new Set<Socket>();
  readonly #server: Server;

  constructor(member: FakeMember) {
    this.member = member;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  async listen(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    this.member.address = `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  #accept(socket: Socket): void {
    this.sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.on("close", () => this.sockets.delete(socket));
    socket.write(this.member.greeting());
    const parser = new FrameParser(2 ** 31);
    let greeted = false;
    socket.on("data", (chunk: Buffer) => {
      parser.push(chunk, (body) => {
        if (greeted) this.#take(socket, body);
        greeted = true;
      });
    });
  }

  #take(socket: Socket, body: Uint8Array): void {
    const request = decodeClientRequest(body);
    const answer = this.member.answer(request);
    if (answer === null) return;
    socket.write(encodeClientReply({ ...answer, requestId: request.requestId } as ClientReply));
  }
}
