/**
 * The client library of kvraft, and the entry of the package: the Clerk of the Raft labs with promises.
 * Everything that matters is decided in {@link ClerkCore}; this file turns promises, strings and
 * Uint8Arrays into its terms and back.
 */
import { ADDRESS_FORM, parseAddress } from "../base/address.js";
import type { ByteString } from "../base/byte-string.js";
import type { Operation } from "../kv/command.js";
import type { ScanPage, ScanRange } from "../kv/store.js";
import { fromByteString, toByteString, utf8ToByteString } from "../wire/bytes.js";
import { ClerkCore } from "./clerk-core.js";
import { ClerkError } from "./clerk-error.js";
import type { MemberReport } from "./status-query.js";
import { systemEntropy, systemTimers } from "./system-ports.js";
import { TcpDialer } from "./tcp-dialer.js";

export { ClerkError, type ClerkErrorCode } from "./clerk-error.js";
export type { MemberReport } from "./status-query.js";

/** A key or a value: raw bytes, or a string that stands for its UTF-8. */
export type Bytes = string | Uint8Array;

export interface ClerkOptions {
  /** Client addresses of members, HOST:PORT. One that answers is enough: it tells of the others. */
  readonly endpoints: readonly string[];
  /** For each operation, retries included. Default 5000. */
  readonly timeoutMs?: number;
}

export interface ScanOptions {
  /** Only keys that begin with this. */
  readonly prefix?: Bytes;
  /** First key, inclusive. */
  readonly from?: Bytes;
  /** Last key, exclusive. */
  readonly to?: Bytes;
  /** Pairs at most. */
  readonly limit?: number;
  /** Leaves values empty. */
  readonly keysOnly?: boolean;
}

export interface Pair {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

const TIMEOUT_MS_DEFAULT = 5000;
/** The longest that a timer of Node can wait. */
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

/**
 * A client of one cluster. Any number of operations may be in flight; they run in no particular order, each
 * write exactly once, and reads are linearizable. A call that gives up throws {@link ClerkError}.
 */
export class Clerk {
  readonly #dialer = new TcpDialer();
  readonly #core: ClerkCore;
  #closing: Promise<void> | null = null;

  /** Throws ClerkError "invalid". Connects when the first operation needs it. */
  constructor(options: ClerkOptions) {
    const { endpoints, timeoutMs = TIMEOUT_MS_DEFAULT } = options;
    if (endpoints.length === 0) throw new ClerkError("invalid", "a Clerk needs at least one endpoint");
    for (const endpoint of endpoints) {
      if (parseAddress(endpoint) === null) {
        throw new ClerkError("invalid", `"${endpoint}" is no endpoint: expected ${ADDRESS_FORM}`);
      }
    }
    if (!(timeoutMs > 0 && timeoutMs <= TIMEOUT_MS_MAX)) {
      throw new ClerkError("invalid", `timeoutMs is a number of milliseconds above 0, not ${timeoutMs}`);
    }
    const ports = { dialer: this.#dialer, timers: systemTimers, entropy: systemEntropy };
    this.#core = new ClerkCore({ endpoints, timeoutMs, ...ports });
  }

  async put(key: Bytes, value: Bytes): Promise<void> {
    await this.#write({ kind: "put", key: bytes(key), value: bytes(value) });
  }

  /** Appends to what is there; to nothing where there is no such key. */
  async append(key: Bytes, value: Bytes): Promise<void> {
    await this.#write({ kind: "append", key: bytes(key), value: bytes(value) });
  }

  /** Whether the key was there. */
  async delete(key: Bytes): Promise<boolean> {
    return await this.#write({ kind: "delete", key: bytes(key) });
  }

  /** Null where there is no such key. */
  async get(key: Bytes): Promise<Uint8Array | null> {
    const name = bytes(key);
    const value = await this.#settled<ByteString | null>((done) => this.#core.get(name, done));
    return value === null ? null : fromByteString(value);
  }

  /** Pairs in byte order of keys. Each page is one linearizable read; pages are read as they are needed. */
  async *scan(options: ScanOptions = {}): AsyncGenerator<Pair, void, undefined> {
    const { prefix = "", from = "", to = "", limit = Number.POSITIVE_INFINITY, keysOnly = false } = options;
    if (!(limit >= 0)) throw new ClerkError("invalid", `the limit of a scan cannot be ${limit}`);
    let range: ScanRange = { prefix: bytes(prefix), from: bytes(from), to: bytes(to), limit: 0, keysOnly };
    for (let wanted = limit; wanted > 0; ) {
      const page = await this.#page({ ...range, limit: Math.min(wanted, PAGE_PAIRS_MAX) });
      for (const { key, value } of page.pairs) {
        yield { key: fromByteString(key), value: fromByteString(value) };
      }
      if (page.nextKey === "") return;
      wanted -= page.pairs.length;
      range = { ...range, from: page.nextKey };
    }
  }

  /** What every member says of itself, sorted by id; those that cannot be asked are listed with an `error`. */
  status(): Promise<readonly MemberReport[]> {
    return this.#settled((done) => this.#core.status(done));
  }

  /** What is still under way fails with "closed". The process can end once this has resolved. */
  close(): Promise<void> {
    if (this.#closing === null) {
      this.#core.close();
      this.#closing = this.#dialer.idle();
    }
    return this.#closing;
  }

  #write(operation: Operation): Promise<boolean> {
    return this.#settled((done) => this.#core.write(operation, done));
  }

  #page(range: ScanRange): Promise<ScanPage> {
    return this.#settled((done) => this.#core.scan(range, done));
  }

  #settled<T>(start: (done: (outcome: T | ClerkError) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      start((outcome) => {
        if (outcome instanceof ClerkError) reject(outcome);
        else resolve(outcome);
      });
    });
  }
}

/** Pairs asked for in one page at most: what 32 bits can say. */
const PAGE_PAIRS_MAX = 2 ** 32 - 1;

function bytes(data: Bytes): ByteString {
  if (typeof data === "string") return utf8ToByteString(data);
  if (data instanceof Uint8Array) return toByteString(data);
  throw new TypeError("keys and values are strings or Uint8Arrays");
}
