/**
 * Frames: a 4-byte big-endian length and that many bytes of one message. The parser is pushed whatever the
 * socket delivers, however TCP has cut it, and knows nothing of what the frames hold.
 */
import { WireError } from "./errors.js";

export const FRAME_HEADER_BYTES = 4;

const EMPTY = new Uint8Array(0);

/**
 * Cuts a byte stream into frames. A frame that lies whole in one chunk is handed on without a copy. What
 * is still incomplete is copied into memory that grows with what has arrived, never with what a length
 * claims (PITFALLS 54): at most twice the bytes received, and each of them is copied a constant number of
 * times. No chunk is kept after `push` has returned.
 */
export class FrameParser {
  /** Limit for frames that follow; may be raised after the hello. */
  frameBytesMax: number;
  /** Bytes of the length that have arrived, and their value so far. */
  #headerBytes = 0;
  #length = 0;
  /** The start of a body that is not whole yet, and room for more of it. */
  #body = EMPTY;
  #bodyBytes = 0;

  constructor(frameBytesMax: number) {
    this.frameBytesMax = frameBytesMax;
  }

  /** Bytes received of the frame that is not whole yet. */
  get bufferedBytes(): number {
    return this.#headerBytes + this.#bodyBytes;
  }

  /**
   * Takes what the socket delivered and calls `onFrame` for each whole frame, in order. `body` may alias
   * `chunk` and is valid only during the call. A change of `frameBytesMax` in `onFrame` holds from the
   * next frame on. Throws WireError "frame-too-large" or "frame-empty" once a length is known, before
   * a byte of its body is looked at; a parser that has thrown is not used again.
   */
  push(chunk: Uint8Array, onFrame: (body: Uint8Array) => void): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#headerBytes < FRAME_HEADER_BYTES) {
        at = this.#readHeader(chunk, at);
        continue;
      }
      const end = Math.min(chunk.length, at + this.#length - this.#bodyBytes);
      const piece = chunk.subarray(at, end);
      at = end;
      if (piece.length === this.#length) {
        this.#finish();
        onFrame(piece);
        continue;
      }
      this.#keep(piece);
      if (this.#bodyBytes === this.#length) {
        const body = this.#body.subarray(0, this.#length);
        this.#finish();
        onFrame(body);
      }
    }
  }

  #readHeader(chunk: Uint8Array, start: number): number {
    let at = start;
    while (at < chunk.length && this.#headerBytes < FRAME_HEADER_BYTES) {
      this.#length = this.#length * 256 + (chunk[at] as number);
      this.#headerBytes++;
      at++;
    }
    if (this.#headerBytes === FRAME_HEADER_BYTES) {
      if (this.#length === 0) throw new WireError("frame-empty", "a frame of no bytes");
      if (this.#length > this.frameBytesMax) {
        throw new WireError(
          "frame-too-large",
          `a frame of ${this.#length} bytes, where ${this.frameBytesMax} are allowed`,
        );
      }
    }
    return at;
  }

  #keep(piece: Uint8Array): void {
    const needed = this.#bodyBytes + piece.length;
    if (needed > this.#body.length) {
      const grown = Buffer.allocUnsafeSlow(Math.min(this.#length, Math.max(needed, 2 * this.#body.length)));
      grown.set(this.#body.subarray(0, this.#bodyBytes));
      this.#body = grown;
    }
    this.#body.set(piece, this.#bodyBytes);
    this.#bodyBytes = needed;
  }

  #finish(): void {
    this.#headerBytes = 0;
    this.#length = 0;
    this.#body = EMPTY;
    this.#bodyBytes = 0;
  }
}
