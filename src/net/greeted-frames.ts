/**
 * The receiving half of a connection: bytes in, one Hello and then frames out. It knows nothing of
 * sockets; bad bytes come back as the WireError that ends the connection.
 */
import { WireError } from "../wire/errors.js";
import { FrameParser } from "../wire/frame.js";
import { decodeHello, type Hello } from "../wire/hello.js";
import { HELLO_FRAME_BYTES_MAX } from "../wire/limits.js";

export interface GreetedHandlers {
  /** Of the frames after the Hello; the Hello itself has a smaller limit. */
  readonly frameBytesMax: number;
  onHello(hello: Hello): void;
  /** `body` is valid during the call only. */
  onFrame(body: Uint8Array): void;
}

export class GreetedFrames {
  readonly #parser = new FrameParser(HELLO_FRAME_BYTES_MAX);
  readonly #handlers: GreetedHandlers;
  readonly #onFrame = (body: Uint8Array): void => this.#take(body);
  #greeted = false;
  #stopped = false;

  constructor(handlers: GreetedHandlers) {
    this.#handlers = handlers;
  }

  get greeted(): boolean {
    return this.#greeted;
  }

  /** Hands on what `chunk` completes. The WireError that the bytes deserve, or null. */
  push(chunk: Uint8Array): WireError | null {
    if (this.#stopped) return null;
    try {
      this.#parser.push(chunk, this.#onFrame);
      return null;
    } catch (error) {
      // Anything else is a broken invariant of ours, which nobody catches.
      if (!(error instanceof WireError)) throw error;
      // Whoever was turned away is told so in peace: what came behind its Hello changes nothing any more.
      if (this.#stopped) return null;
      this.#stopped = true;
      return error;
    }
  }

  /** Nothing is handed on any more, not even the rest of the chunk being pushed. */
  stop(): void {
    this.#stopped = true;
  }

  #take(body: Uint8Array): void {
    if (this.#stopped) return;
    if (this.#greeted) {
      this.#handlers.onFrame(body);
      return;
    }
    const hello = decodeHello(body);
    this.#greeted = true;
    this.#parser.frameBytesMax = this.#handlers.frameBytesMax;
    this.#handlers.onHello(hello);
  }
}
