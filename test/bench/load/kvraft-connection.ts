/**
 * A thin client of kvraft: one connection, a session for each worker, nothing repeated and no hint followed. Puts are
 * written straight into the bytes that leave, and replies are read where they lie; what is rare (greeting, sessions, errors)
 * goes through the product's codecs, and a test holds the rest to them.
 */
import { randomBytes } from "node:crypto";
import { decodeClientReply, encodeClientRequest } from "../../../src/wire/client-codec.js";
import { encodeCommand } from "../../../src/wire/command-codec.js";
import { FrameParser } from "../../../src/wire/frame.js";
import { clientHello, decodeHello, encodeHello } from "../../../src/wire/hello.js";
import { REPLY_FRAME_BYTES_MAX } from "../../../src/wire/limits.js";
import type { ConnectionOptions, LoadConnection, Put, ReplyValue } from "./connection.js";
import { REQUEST_OVERHEAD_BYTES, type WorkerSession, writeGet, writePut } from "./kvraft-messages.js";
import { FieldReader } from "./protobuf.js";
import { Wire } from "./wire.js";

const REPLY = { requestId: 1, result: 2, get: 3 } as const;
const STATUS_DONE = 1;

const NO_VALUE: ReplyValue = { bytes: new Uint8Array(0), start: 0, end: 0 };

export class KvraftConnection implements LoadConnection {
  readonly #options: ConnectionOptions;
  readonly #wire: Wire;
  readonly #parser = new FrameParser(REPLY_FRAME_BYTES_MAX);
  readonly #take = (body: Uint8Array): void => this.#takeFrame(body);
  readonly #sessions: readonly WorkerSession[];
  /** Times the number of workers, plus the worker's number: a request id says whose it is. */
  readonly #rounds: Float64Array;
  readonly #fields = new FieldReader();
  readonly #inner = new FieldReader();
  #greeted = false;
  /** While sessions are opened. */
  #onOpened: ((failure: string | null) => void) | null = null;
  #opened = 0;

  /** Resolves when every worker has its session. */
  static async open(options: ConnectionOptions): Promise<KvraftConnection> {
    let connection: KvraftConnection | null = null;
    const wire = await Wire.open(options.address, {
      onChunk: (chunk) => connection?.receive(chunk),
      onLost: (reason) => connection?.abandon(reason),
    });
    connection = new KvraftConnection(options, wire);
    await connection.#openSessions();
    return connection;
  }

  private constructor(options: ConnectionOptions, wire: Wire) {
    this.#options = options;
    this.#wire = wire;
    this.#rounds = new Float64Array(options.workers);
    this.#sessions = Array.from({ length: options.workers }, () => ({
      clientId: randomBytes(8),
      session: 0,
      sequence: 0,
    }));
  }

  put(worker: number, put: Put): void {
    const { pool, valueBytes } = this.#options;
    const session = this.#sessions[worker] as WorkerSession;
    session.sequence++;
    const requestId = this.#nextRequestId(worker);
    const { outbox } = this.#wire;
    outbox.reserve(REQUEST_OVERHEAD_BYTES + valueBytes);
    outbox.at = writePut(outbox.bytes, outbox.at, { requestId, session, put, pool, valueBytes });
  }

  get(worker: number, key: number): void {
    const requestId = this.#nextRequestId(worker);
    const { outbox } = this.#wire;
    outbox.reserve(REQUEST_OVERHEAD_BYTES);
    outbox.at = writeGet(outbox.bytes, outbox.at, { requestId, key });
  }

  flush(): void {
    this.#wire.flush();
  }

  close(): void {
    this.#wire.close();
  }

  receive(chunk: Uint8Array): void {
    this.#parser.push(chunk, this.#take);
  }

  abandon(reason: string): void {
    if (this.#onOpened === null) this.#options.replies.lost(reason);
    else this.#onOpened(reason);
  }

  #openSessions(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#onOpened = (failure) => {
        this.#onOpened = null;
        if (failure === null) resolve();
        else reject(new Error(failure));
      };
      this.#wire.outbox.append(encodeHello(clientHello()));
      for (const [worker, { clientId }] of this.#sessions.entries()) {
        const command = { kind: "open", clientId: Buffer.from(clientId).toString("latin1") } as const;
        const requestId = this.#nextRequestId(worker);
        this.#wire.outbox.append(
          encodeClientRequest({ kind: "command", requestId, bytes: encodeCommand(command), command }),
        );
      }
      this.flush();
    });
  }

  #nextRequestId(worker: number): number {
    const round = this.#rounds[worker] as number;
    this.#rounds[worker] = round + 1;
    return round * this.#options.workers + worker + 1;
  }

  #takeFrame(body: Uint8Array): void {
    if (!this.#greeted) {
      decodeHello(body);
      this.#greeted = true;
      return;
    }
    const fields = this.#fields;
    let requestId = 0;
    fields.over(body, 0, body.length);
    while (fields.next()) {
      if (fields.field === REPLY.requestId) {
        requestId = fields.value;
        continue;
      }
      const worker = (requestId - 1) % this.#options.workers;
      if (requestId < 1) throw new Error("a reply to nobody");
      if (fields.field === REPLY.result) this.#takeResult(worker, body);
      else if (fields.field === REPLY.get) this.#takeValue(worker);
      else this.#fail(worker, body);
      return;
    }
    throw new Error("a reply that says nothing");
  }

  #takeResult(worker: number, body: Uint8Array): void {
    const { bytes, start, end } = this.#fields;
    let status = 0;
    let index = 0;
    this.#inner.over(bytes, start, end);
    while (this.#inner.next()) {
      if (this.#inner.field === 1) status = this.#inner.value;
      else if (this.#inner.field === 2) index = this.#inner.value;
    }
    if (status !== STATUS_DONE) this.#fail(worker, body);
    else if (this.#onOpened === null) this.#options.replies.done(worker, NO_VALUE);
    else this.#sessionOpened(worker, index);
  }

  #sessionOpened(worker: number, index: number): void {
    (this.#sessions[worker] as WorkerSession).session = index;
    if (++this.#opened === this.#options.workers) this.#onOpened?.(null);
  }

  #takeValue(worker: number): void {
    const { bytes, start, end } = this.#fields;
    this.#inner.over(bytes, start, end);
    while (this.#inner.next()) {
      if (this.#inner.field !== 2) continue;
      this.#options.replies.done(worker, this.#inner);
      return;
    }
    this.#options.replies.failed(worker, "there is no such key");
  }

  #fail(worker: number, body: Uint8Array): void {
    const reply = decodeClientReply(body);
    const reason = reply.kind === "error" ? `${reply.code}: ${reply.message}` : JSON.stringify(reply);
    if (this.#onOpened === null) this.#options.replies.failed(worker, reason);
    else this.#onOpened(`no session: ${reason}`);
  }
}
