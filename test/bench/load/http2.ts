/**
 * The client's side of HTTP/2 (RFC 9113) without TLS, as far as gRPC's unary calls need it: many streams on one connection,
 * each with one request, mostly of one DATA frame, and one reply that is whole at the HEADERS that end the stream. Node's own
 * http2 costs several times as much an operation, and the measurement would be of the client.
 *
 * What is not understood ends the connection: nothing can be taken for a success by accident.
 */

import { BodyQueue } from "./body-queue.js";
import { HeaderDecoder, HeaderEncoder } from "./hpack.js";
import {
  FLAG,
  FRAME_BYTES_MAX,
  FRAME_HEADER_BYTES,
  TYPE,
  uint24,
  uint32,
  writeFrameHeader,
} from "./http2-frame.js";
import type { Outbox } from "./outbox.js";
import { NOBODY, StreamTable } from "./stream-table.js";

const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");
const SETTING = { enablePush: 2, maxConcurrentStreams: 3, initialWindow: 4 } as const;

/** Ours, of a stream and of the connection: no reply is ever held back. */
const STREAM_WINDOW_BYTES = 2 ** 31 - 1;
const WINDOW_STEP_BYTES = 2 ** 30;
const WINDOW_DEFAULT_BYTES = 65_535;

export interface StreamHandlers {
  /** A piece of the reply's body; valid only during the call. */
  onBody(worker: number, bytes: Uint8Array, start: number, end: number): void;
  /** The stream's last HEADERS: of all fields of them, the two that gRPC ends a call with. */
  onEnd(worker: number, status: string, message: string): void;
  /** The server refuses this stream alone. */
  onReset(worker: number, reason: string): void;
  /** The server takes bytes again. */
  onWindow(): void;
}

export class Http2Connection {
  readonly #out: Outbox;
  readonly #workers: number;
  readonly #handlers: StreamHandlers;
  readonly #encoder = new HeaderEncoder();
  readonly #decoder = new HeaderDecoder();
  readonly #onField = (name: string, value: string): void => this.#takeField(name, value);
  readonly #streams: StreamTable;
  readonly #longBodies: BodyQueue;
  #status = "";
  #message = "";
  /** What the server still takes, on the connection and on a new stream. */
  #windowBytes = WINDOW_DEFAULT_BYTES;
  #streamWindowBytes = WINDOW_DEFAULT_BYTES;
  /** Received since the server was last given room. */
  #receivedBytes = 0;
  /** Start of a frame that is not whole yet. */
  #rest: Uint8Array | null = null;

  constructor(out: Outbox, workers: number, handlers: StreamHandlers) {
    this.#out = out;
    this.#workers = workers;
    this.#handlers = handlers;
    this.#streams = new StreamTable(workers);
    this.#longBodies = new BodyQueue(out);
    out.append(PREFACE);
    const settings = Buffer.alloc(12);
    settings.writeUInt16BE(SETTING.enablePush, 0);
    settings.writeUInt16BE(SETTING.initialWindow, 6);
    settings.writeUInt32BE(STREAM_WINDOW_BYTES, 8);
    writeFrameHeader(this.#out, TYPE.settings, { length: settings.length, flags: 0, stream: 0 });
    out.append(settings);
    this.#growWindow(WINDOW_STEP_BYTES);
  }

  /** A header block for {@link begin}. It has to be sent at once: it may rest on being the next one. */
  encodeHeaders(fields: readonly (readonly [name: string, value: string])[]): Uint8Array {
    return this.#encoder.encode(fields);
  }

  /** How many header fields of ours the server's table holds. */
  get headerEntries(): number {
    return this.#encoder.entries;
  }

  /** Whether so long a body is one for {@link begin}; otherwise it is for {@link beginLong}. */
  isShort(bodyBytes: number): boolean {
    return bodyBytes <= FRAME_BYTES_MAX && bodyBytes <= this.#streamWindowBytes;
  }

  /** Whether the server takes so many bytes of a short body now. */
  takes(bodyBytes: number): boolean {
    return bodyBytes <= this.#windowBytes;
  }

  /**
   * Opens a stream with its headers and the frame for its whole body, which the caller writes next: room for
   * `bodyBytes` is reserved there.
   */
  begin(worker: number, headers: Uint8Array, bodyBytes: number): void {
    this.#out.reserve(2 * FRAME_HEADER_BYTES + headers.length + bodyBytes);
    const stream = this.#open(worker, headers);
    writeFrameHeader(this.#out, TYPE.data, { length: bodyBytes, flags: FLAG.endStream, stream });
    this.#windowBytes -= bodyBytes;
  }

  /** Opens a stream whose body leaves as the server takes it: `body` must not change before the stream has ended. */
  beginLong(worker: number, headers: Uint8Array, body: Uint8Array): void {
    this.#longBodies.add(this.#open(worker, headers), body, this.#streamWindowBytes);
    this.#sendLongBodies();
  }

  /** The number of the worker's new stream, whose headers are written. */
  #open(worker: number, headers: Uint8Array): number {
    const stream = this.#streams.open(worker);
    writeFrameHeader(this.#out, TYPE.headers, { length: headers.length, flags: FLAG.endHeaders, stream });
    this.#out.append(headers);
    return stream;
  }

  #sendLongBodies(): void {
    this.#windowBytes -= this.#longBodies.send(this.#windowBytes);
  }

  /** Takes what the socket delivered. Throws where it is not understood. */
  receive(chunk: Uint8Array): void {
    const bytes = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (bytes.length - at >= FRAME_HEADER_BYTES) {
      const length = uint24(bytes, at);
      if (length > FRAME_BYTES_MAX) throw new Error(`HTTP/2: a frame of ${length} bytes`);
      const start = at + FRAME_HEADER_BYTES;
      if (bytes.length < start + length) break;
      this.#takeFrame(bytes, at, start + length);
      at = start + length;
    }
    this.#rest = at === bytes.length ? null : Uint8Array.from(bytes.subarray(at));
  }

  #takeFrame(bytes: Uint8Array, header: number, end: number): void {
    const type = bytes[header + 3] as number;
    const flags = bytes[header + 4] as number;
    const stream = uint32(bytes, header + 5) & 0x7fffffff;
    const start = header + FRAME_HEADER_BYTES;
    switch (type) {
      case TYPE.data:
        this.#takeData(bytes, { start, end, flags, stream });
        break;
      case TYPE.headers:
        this.#takeHeaders(bytes, { start, end, flags, stream });
        break;
      case TYPE.reset:
        this.#close(stream, (worker) =>
          this.#handlers.onReset(worker, `the stream was reset, code ${uint32(bytes, start)}`),
        );
        break;
      case TYPE.settings:
        if ((flags & FLAG.ack) === 0) this.#takeSettings(bytes, start, end);
        break;
      case TYPE.ping:
        if ((flags & FLAG.ack) === 0) this.#answerPing(bytes.subarray(start, end));
        break;
      case TYPE.window:
        this.#takeWindow(stream, uint32(bytes, start) & 0x7fffffff);
        break;
      case TYPE.goAway:
        throw new Error(`HTTP/2: the server ends the connection, code ${uint32(bytes, start + 4)}`);
      case TYPE.priority:
        break;
      default:
        // CONTINUATION and PUSH_PROMISE among them: replies of a few bytes need neither.
        throw new Error(`HTTP/2: a frame of type ${type}`);
    }
  }

  #takeWindow(stream: number, byBytes: number): void {
    // Only long bodies ever wait for their stream's own window.
    if (stream === 0) this.#windowBytes += byBytes;
    else this.#longBodies.widen(stream, byBytes);
    this.#sendLongBodies();
    if (stream === 0) this.#handlers.onWindow();
  }

  #takeData(bytes: Uint8Array, { start, end, flags, stream }: Frame): void {
    if ((flags & FLAG.padded) !== 0) throw new Error("HTTP/2: padding");
    this.#receivedBytes += end - start;
    if (this.#receivedBytes >= WINDOW_STEP_BYTES / 2) {
      this.#growWindow(this.#receivedBytes);
      this.#receivedBytes = 0;
    }
    const worker = this.#streams.workerOf(stream);
    if (worker !== NOBODY) this.#handlers.onBody(worker, bytes, start, end);
    if ((flags & FLAG.endStream) !== 0) {
      this.#close(stream, (ended) => this.#handlers.onReset(ended, "the reply has no trailers"));
    }
  }

  #takeHeaders(bytes: Uint8Array, { start, end, flags, stream }: Frame): void {
    if ((flags & FLAG.endHeaders) === 0 || (flags & (FLAG.padded | FLAG.priority)) !== 0) {
      throw new Error(`HTTP/2: headers with flags ${flags}`);
    }
    this.#status = "";
    this.#message = "";
    this.#decoder.decode(bytes, start, end, this.#onField);
    if ((flags & FLAG.endStream) === 0) return;
    this.#close(stream, (worker) => this.#handlers.onEnd(worker, this.#status, this.#message));
  }

  #takeField(name: string, value: string): void {
    if (name === "grpc-status") this.#status = value;
    else if (name === "grpc-message") this.#message = value;
  }

  #takeSettings(bytes: Uint8Array, start: number, end: number): void {
    for (let at = start; at + 6 <= end; at += 6) {
      const name = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
      const value = uint32(bytes, at + 2);
      if (name === SETTING.initialWindow) this.#takeStreamWindow(value);
      if (name === SETTING.maxConcurrentStreams && value < this.#workers) {
        throw new Error(`HTTP/2: the server takes only ${value} streams at a time`);
      }
    }
    writeFrameHeader(this.#out, TYPE.settings, { length: 0, flags: FLAG.ack, stream: 0 });
  }

  #takeStreamWindow(bytes: number): void {
    this.#longBodies.widenAll(bytes - this.#streamWindowBytes);
    this.#streamWindowBytes = bytes;
    this.#sendLongBodies();
  }

  #answerPing(data: Uint8Array): void {
    writeFrameHeader(this.#out, TYPE.ping, { length: data.length, flags: FLAG.ack, stream: 0 });
    this.#out.append(data);
  }

  #growWindow(bytes: number): void {
    writeFrameHeader(this.#out, TYPE.window, { length: 4, flags: 0, stream: 0 });
    const increment = Buffer.alloc(4);
    increment.writeUInt32BE(bytes);
    this.#out.append(increment);
  }

  #close(stream: number, tell: (worker: number) => void): void {
    this.#longBodies.drop(stream);
    const worker = this.#streams.close(stream);
    if (worker !== NOBODY) tell(worker);
  }
}

interface Frame {
  readonly start: number;
  readonly end: number;
  readonly flags: number;
  readonly stream: number;
}
