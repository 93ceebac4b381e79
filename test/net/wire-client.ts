/** The other side of a connection in tests: raw sockets with frames on them, and logs that can be asked. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { parseAddress } from "../../src/base/address.js";
import type { Identity } from "../../src/net/greeting.js";
import type { Entry } from "../../src/raft/entry.js";
import type { Host } from "../../src/server/ports.js";
import { decodeClientReply, encodeClientRequest } from "../../src/wire/client-codec.js";
import type { ClientReply } from "../../src/wire/client-message.js";
import { encodeCommand } from "../../src/wire/command-codec.js";
import { FrameParser } from "../../src/wire/frame.js";
import { clientHello, decodeHello, encodeHello, type Hello } from "../../src/wire/hello.js";

export const CLUSTER_ID = Buffer.from("cluster!");
export const OTHER_CLUSTER_ID = Buffer.from("stranger");

export function identity(memberId: string): Identity {
  return { clusterId: CLUSTER_ID, memberId, version: "test" };
}

export function hello(news: Partial<Hello>): Hello {
  return { ...clientHello(), version: "test", ...news };
}

/** A log entry of about so many bytes: members take none that is not a command. */
export function entryOf(valueBytes: number): Entry {
  const operation = { kind: "put", key: "k", value: "v".repeat(valueBytes) } as const;
  const session = { clientId: "client-1", session: 1, sequence: 1, acknowledgedBelow: 0 };
  const data = encodeCommand({ kind: "session", ...session, operation });
  return { kind: "command", index: 1, term: 1, data };
}

export class Log {
  readonly lines: string[] = [];
  #waiters: (() => void)[] = [];
  readonly log: Host["log"] = (level, event, fields) => {
    this.lines.push(`${level} ${event} ${JSON.stringify(fields)}`);
    for (const waiter of this.#waiters.splice(0)) waiter();
  };

  count(part: string): number {
    return this.lines.filter((line) => line.includes(part)).length;
  }

  async until(part: string): Promise<string> {
    for (;;) {
      const line = this.lines.find((candidate) => candidate.includes(part));
      if (line !== undefined) return line;
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }
}

/** Resolves when `condition` holds; it is looked at again each time something has happened in the process. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** A connection whose frames are collected: the first as a Hello, the others as replies. */
export class RawClient {
  readonly socket: Socket;
  readonly hellos: Hello[] = [];
  readonly replies: ClientReply[] = [];
  closed = false;

  constructor(address: string) {
    const target = parseAddress(address);
    if (target === null) throw new Error(`no address: ${address}`);
    this.socket = connect({ ...target, noDelay: true });
    const parser = new FrameParser(2 ** 30);
    this.socket.on("error", () => {});
    this.socket.on("close", () => {
      this.closed = true;
    });
    this.socket.on("data", (chunk: Buffer) => {
      parser.push(chunk, (body) => {
        if (this.hellos.length === 0) this.hellos.push(decodeHello(body));
        else this.replies.push(decodeClientReply(body));
      });
    });
  }

  greet(news: Partial<Hello> = {}): void {
    this.socket.write(encodeHello(hello(news)));
  }

  get(requestId: number, key = "k"): void {
    this.socket.write(encodeClientRequest({ kind: "get", requestId, key, consistency: "linearizable" }));
  }

  async end(): Promise<void> {
    if (this.closed) return;
    const gone = once(this.socket, "close");
    this.socket.destroy();
    await gone;
  }
}
