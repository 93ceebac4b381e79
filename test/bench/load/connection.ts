/**
 * What a load needs of a system, however its protocol looks: one connection on which a fixed number of workers each have one
 * request under way. Numbers and bytes lie in objects that are used again, so that an operation allocates nothing.
 */

/** One write of a value that lies in the pool. */
export interface Put {
  /** The number of the key, or {@link KEY_EMPTY}. */
  key: number;
  /** Where the value begins in the pool. */
  valueStart: number;
}

/** Stands for a key of no bytes, which every system has to refuse. */
export const KEY_EMPTY = -1;

/** Where the value of a get lies; empty for a put. Valid only during the call. */
export interface ReplyValue {
  bytes: Uint8Array;
  start: number;
  end: number;
}

export interface Replies {
  done(worker: number, value: ReplyValue): void;
  /** An answer came, and it is an error. */
  failed(worker: number, reason: string): void;
  /** No answer comes any more, to whatever is under way. */
  lost(reason: string): void;
}

export interface LoadConnection {
  put(worker: number, put: Put): void;
  /** Linearizable. */
  get(worker: number, key: number): void;
  /** Sends what was asked outside {@link Replies}; what is asked within leaves by itself. */
  flush(): void;
  close(): void;
}

export interface ConnectionOptions {
  /** HOST:PORT of the member. */
  readonly address: string;
  /** 0 to below this on the connection. */
  readonly workers: number;
  readonly pool: Uint8Array;
  readonly valueBytes: number;
  readonly replies: Replies;
}
