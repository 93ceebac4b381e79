/**
 * What the logic of the client library needs of the world. The public Clerk binds these to
 * node:net, the clock and the operating system's entropy; a simulator binds them to its own.
 */

export interface Dialer {
  /**
   * Begins a connection to `address` (HOST:PORT). No handler is called before this has returned, and none
   * after {@link Connection.close}.
   */
  dial(address: string, handlers: ConnectionHandlers): Connection;
}

export interface ConnectionHandlers {
  /** Bytes in order, however they were cut. Valid during the call only. */
  onData(chunk: Uint8Array): void;
  /**
   * Once: the connection failed to come about, or is over. `reason` completes a sentence about the other side:
   * "refused the connection".
   */
  onClose(reason: string): void;
}

export interface Connection {
  /** Never fails: what cannot be delivered shows as onClose. What one turn sends may travel together. */
  send(bytes: Uint8Array): void;
  /** Ends it. What was sent before still leaves, if that takes no longer than a moment. */
  close(): void;
}

export interface Timers {
  /** Milliseconds since some fixed moment, never falling. */
  nowMs(): number;
  /** Calls `run` once after `delayMs`; the result cancels that. */
  after(delayMs: number, run: () => void): () => void;
}

/** So many bytes that nobody can guess and nobody else will draw. */
export type Entropy = (length: number) => Uint8Array;
