/**
 * A thin client of etcd: gRPC's unary Put and Range over {@link Http2Connection}, messages written straight into the bytes
 * that leave. A call has succeeded when its trailers say `grpc-status: 0` and one whole message came before them;
 * anything else is an error.
 */

import { lengthBytes, writeVarint } from "../../../src/wire/plain-writer.js";
import {
  type ConnectionOptions,
  KEY_EMPTY,
  type LoadConnection,
  type Put,
  type ReplyValue,
} from "./connection.js";
import { KEY_BYTES, writeKey } from "./data.js";
import { Http2Connection } from "./http2.js";
import { FieldReader } from "./protobuf.js";
import { Wire } from "./wire.js";

const PATHS = { put: "/etcdserverpb.KV/Put", range: "/etcdserverpb.KV/Range" } as const;
type Method = keyof typeof PATHS;

/** Before each message: whether it is compressed, and its length in four bytes. */
const PREFIX_BYTES = 5;
/** Tags of PutRequest: key and value; RangeRequest's key is the first, too. Linearizable is what it is without more. */
const TAG_KEY = (1 << 3) | 2;
const TAG_VALUE = (2 << 3) | 2;
const RANGE_RESPONSE_KVS = 2;
const KEY_VALUE_VALUE = 5;

const NO_VALUE: ReplyValue = { bytes: new Uint8Array(0), start: 0, end: 0 };
const BODY_BYTES = 1024;

/** What a worker waits for: the reply's body as far as it has come. */
interface Call {
  method: Method;
  /** Where a request lies that does not leave at once. */
  request: Uint8Array;
  body: Uint8Array;
  bodyBytes: number;
}

export class EtcdConnection implements LoadConnection {
  readonly #options: ConnectionOptions;
  readonly #wire: Wire;
  readonly #http: Http2Connection;
  readonly #calls: readonly Call[];
  /** Header blocks by method, once all of their fields lie in the server's table; good until that grows. */
  readonly #headers: Partial<Record<Method, { readonly block: Uint8Array; readonly entries: number }>> = {};
  /** Requests that found the connection's window shut. */
  readonly #held: (() => void)[] = [];
  readonly #reply = new FieldReader();
  readonly #pair = new FieldReader();

  static async open(options: ConnectionOptions): Promise<EtcdConnection> {
    let connection: EtcdConnection | null = null;
    const wire = await Wire.open(options.address, {
      onChunk: (chunk) => connection?.receive(chunk),
      onLost: (reason) => options.replies.lost(reason),
    });
    connection = new EtcdConnection(options, wire);
    connection.flush();
    return connection;
  }

  private constructor(options: ConnectionOptions, wire: Wire) {
    this.#options = options;
    this.#wire = wire;
    this.#calls = Array.from({ length: options.workers }, () => ({
      method: "put",
      request: new Uint8Array(0),
      body: new Uint8Array(BODY_BYTES),
      bodyBytes: 0,
    }));
    this.#http = new Http2Connection(wire.outbox, options.workers, {
      onBody: (worker, bytes, start, end) => this.#takeBody(worker, bytes.subarray(start, end)),
      onEnd: (worker, status, message) => this.#end(worker, status, message),
      onReset: (worker, reason) => options.replies.failed(worker, reason),
      onWindow: () => this.#resume(),
    });
  }

  put(worker: number, put: Put): void {
    const { pool, valueBytes } = this.#options;
    const keyBytes = put.key === KEY_EMPTY ? 0 : KEY_BYTES;
    const messageBytes = lengthBytes(keyBytes) + lengthBytes(valueBytes);
    if (!this.#http.isShort(PREFIX_BYTES + messageBytes)) {
      this.#putLong(worker, put, messageBytes);
      return;
    }
    if (!this.#http.takes(PREFIX_BYTES + messageBytes)) {
      const { key, valueStart } = put;
      this.#held.push(() => this.put(worker, { key, valueStart }));
      return;
    }
    this.#begin(worker, "put", messageBytes);
    const { outbox } = this.#wire;
    outbox.at = writePutRequest(outbox.bytes, outbox.at, { put, pool, valueBytes });
  }

  get(worker: number, key: number): void {
    const messageBytes = lengthBytes(KEY_BYTES);
    if (!this.#http.takes(PREFIX_BYTES + messageBytes)) {
      this.#held.push(() => this.get(worker, key));
      return;
    }
    this.#begin(worker, "range", messageBytes);
    const { outbox } = this.#wire;
    outbox.at = writeKeyField(outbox.bytes, outbox.at, key);
  }

  flush(): void {
    this.#wire.flush();
  }

  close(): void {
    this.#wire.close();
  }

  receive(chunk: Uint8Array): void {
    this.#http.receive(chunk);
  }

  /** Headers, and the message's prefix; the message is written next. */
  #begin(worker: number, method: Method, messageBytes: number): void {
    this.#expect(worker, method);
    this.#http.begin(worker, this.#headersOf(method), PREFIX_BYTES + messageBytes);
    const { outbox } = this.#wire;
    outbox.at = writePrefix(outbox.bytes, outbox.at, messageBytes);
  }

  #putLong(worker: number, put: Put, messageBytes: number): void {
    const { pool, valueBytes } = this.#options;
    const call = this.#expect(worker, "put");
    const bodyBytes = PREFIX_BYTES + messageBytes;
    if (call.request.length < bodyBytes) call.request = new Uint8Array(bodyBytes);
    const at = writePrefix(call.request, 0, messageBytes);
    writePutRequest(call.request, at, { put, pool, valueBytes });
    this.#http.beginLong(worker, this.#headersOf("put"), call.request.subarray(0, bodyBytes));
  }

  #expect(worker: number, method: Method): Call {
    const call = this.#calls[worker] as Call;
    call.method = method;
    call.bodyBytes = 0;
    return call;
  }

  #headersOf(method: Method): Uint8Array {
    const known = this.#headers[method];
    const entries = this.#http.headerEntries;
    if (known?.entries === entries) return known.block;
    const block = this.#http.encodeHeaders([
      [":method", "POST"],
      [":scheme", "http"],
      [":path", PATHS[method]],
      [":authority", this.#options.address],
      ["content-type", "application/grpc"],
      ["te", "trailers"],
    ]);
    if (this.#http.headerEntries === entries) this.#headers[method] = { block, entries };
    return block;
  }

  #takeBody(worker: number, piece: Uint8Array): void {
    const call = this.#calls[worker] as Call;
    const needed = call.bodyBytes + piece.length;
    if (needed > call.body.length) {
      const grown = new Uint8Array(2 * needed);
      grown.set(call.body);
      call.body = grown;
    }
    call.body.set(piece, call.bodyBytes);
    call.bodyBytes = needed;
  }

  #end(worker: number, status: string, message: string): void {
    const { replies } = this.#options;
    const call = this.#calls[worker] as Call;
    if (status !== "0") replies.failed(worker, `grpc-status ${status}: ${message}`);
    else if (!isWholeMessage(call)) replies.failed(worker, "the reply has no message");
    else if (call.method === "put") replies.done(worker, NO_VALUE);
    else this.#endRange(worker, call);
  }

  #endRange(worker: number, { body, bodyBytes }: Call): void {
    const { replies } = this.#options;
    this.#reply.over(body, PREFIX_BYTES, bodyBytes);
    while (this.#reply.next()) {
      if (this.#reply.field !== RANGE_RESPONSE_KVS) continue;
      this.#pair.over(body, this.#reply.start, this.#reply.end);
      while (this.#pair.next()) {
        if (this.#pair.field !== KEY_VALUE_VALUE) continue;
        replies.done(worker, this.#pair);
        return;
      }
    }
    replies.failed(worker, "there is no such key");
  }

  #resume(): void {
    for (const ask of this.#held.splice(0)) ask();
  }
}

/** One message, not compressed, and nothing behind it. */
function isWholeMessage({ body, bodyBytes }: Call): boolean {
  if (bodyBytes < PREFIX_BYTES || body[0] !== 0) return false;
  const [, a = 0, b = 0, c = 0, d = 0] = body;
  return bodyBytes === PREFIX_BYTES + a * 2 ** 24 + ((b << 16) | (c << 8) | d);
}

function writePrefix(target: Uint8Array, at: number, messageBytes: number): number {
  target[at] = 0;
  target[at + 1] = messageBytes >>> 24;
  target[at + 2] = messageBytes >>> 16;
  target[at + 3] = messageBytes >>> 8;
  target[at + 4] = messageBytes;
  return at + PREFIX_BYTES;
}

interface PutRequest {
  readonly put: Put;
  readonly pool: Uint8Array;
  readonly valueBytes: number;
}

function writePutRequest(target: Uint8Array, start: number, request: PutRequest): number {
  const { put, pool, valueBytes } = request;
  let at = writeKeyField(target, start, put.key);
  target[at++] = TAG_VALUE;
  at = writeVarint(target, at, valueBytes);
  target.set(pool.subarray(put.valueStart, put.valueStart + valueBytes), at);
  return at + valueBytes;
}

function writeKeyField(target: Uint8Array, start: number, key: number): number {
  const keyBytes = key === KEY_EMPTY ? 0 : KEY_BYTES;
  target[start] = TAG_KEY;
  target[start + 1] = keyBytes;
  if (keyBytes > 0) writeKey(target, start + 2, key);
  return start + 2 + keyBytes;
}
