/**
 * Bodies of requests that are longer than a frame or than what the server takes of a new stream: they leave frame by frame, as the
 * windows of their stream and of the connection open (RFC 9113, section 5.2), the oldest first.
 */
import { FLAG, FRAME_BYTES_MAX, FRAME_HEADER_BYTES, TYPE, writeFrameHeader } from "./http2-frame.js";
import type { Outbox } from "./outbox.js";

interface WaitingBody {
  readonly stream: number;
  readonly bytes: Uint8Array;
  /** Sent so far. */
  at: number;
  /** What the server still takes on this stream; below 0 where it changed its mind. */
  windowBytes: number;
}

export class BodyQueue {
  readonly #out: Outbox;
  #waiting: WaitingBody[] = [];

  constructor(out: Outbox) {
    this.#out = out;
  }

  /** `bytes` must not change before they are sent or dropped. */
  add(stream: number, bytes: Uint8Array, windowBytes: number): void {
    this.#waiting.push({ stream, bytes, at: 0, windowBytes });
  }

  widen(stream: number, byBytes: number): void {
    const body = this.#waiting.find((waiting) => waiting.stream === stream);
    if (body !== undefined) body.windowBytes += byBytes;
  }

  /** The window that streams begin with has changed, and with it those of all open ones. */
  widenAll(byBytes: number): void {
    for (const body of this.#waiting) body.windowBytes += byBytes;
  }

  /** The stream has ended: nobody reads the rest. */
  drop(stream: number): void {
    if (this.#waiting.length > 0) this.#waiting = this.#waiting.filter((body) => body.stream !== stream);
  }

  /** Sends what may leave; returns how much of `connectionBytes`, the connection's window, that took. */
  send(connectionBytes: number): number {
    let left = connectionBytes;
    for (const body of this.#waiting) {
      for (;;) {
        const length = Math.min(FRAME_BYTES_MAX, left, body.windowBytes, body.bytes.length - body.at);
        if (length <= 0) break;
        this.#sendFrame(body, length);
        left -= length;
      }
    }
    this.#waiting = this.#waiting.filter(({ at, bytes }) => at < bytes.length);
    return connectionBytes - left;
  }

  #sendFrame(body: WaitingBody, length: number): void {
    const { stream, bytes, at } = body;
    body.at += length;
    body.windowBytes -= length;
    const flags = body.at === bytes.length ? FLAG.endStream : 0;
    this.#out.reserve(FRAME_HEADER_BYTES + length);
    writeFrameHeader(this.#out, TYPE.data, { length, flags, stream });
    this.#out.append(bytes.subarray(at, body.at));
  }
}
