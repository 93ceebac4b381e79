/**
 * The client library of kvraft, and the entry of the package: the Clerk of the Raft labs with promises.
 * Everything that matters is decided in {@link ClerkCore}; this file turns promises, strings and
 * Uint8Arrays into its terms and back.
 */
import { ADDRESS_FORM, parseAddress } from "../base/address.js";
import type { ByteString } from "../base/byte-string.js";
import type { Operation } from "../kv/command.js";
import type { KeyExplanation } from "../kv/explanation.js";
import type { KeyValue, ScanPage, ScanRange } from "../kv/store.js";
import { fromByteString, toByteString, utf8ToByteString } from "../wire/bytes.js";
import type { ScanReply } from "./call.js";
import { ClerkCore, type ReadFrom } from "./clerk-core.js";
import { ClerkError } from "./clerk-error.js";
import { type Explanation, toExplanation } from "./explanation.js";
import type { SessionKeeper } from "./session.js";
import type { MemberReport } from "./status-query.js";
import { systemEntropy, systemTimers } from "./system-ports.js";
import { TcpDialer } from "./tcp-dialer.js";

export type { ReadFrom } from "./clerk-core.js";
export { ClerkError, type ClerkErrorCode } from "./clerk-error.js";
export type { Explanation, LastWrite, PastWrite } from "./explanation.js";
export type { SessionKeeper, WriteName } from "./session.js";
export type { MemberReport } from "./status-query.js";

/** A key or a value: raw bytes, or a string that stands for its UTF-8. */
export type Bytes = string | Uint8Array;

export interface ClerkOptions {
  /** Client addresses of members, HOST:PORT. One that answers is enough: it tells of the others. */
  readonly endpoints: readonly string[];
  /** For each operation, retries included. Default 5000. */
  readonly timeoutMs?: number;
  /**
   * Whom `get` and `scan` ask; they are linearizable either way. "any": one member after the other, each of which asks the leader
   * how far it must have applied. That takes a step more, and spreads values over all members' processors and networks where the
   * leader has become too slow. Default "leader".
   */
  readonly readFrom?: ReadFrom;
  /**
   * For a program that finishes, after its own crash, what it had begun: each write's name is told before it is sent, and can be given
   * back. Then the first write of this Clerk has to be the one that was sent under that name: it runs unless it has run. Only the last
   * write of a session can be given back, and none of a Clerk that was closed while nothing was under way.
   */
  readonly sessions?: SessionKeeper;
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

/** Where a stale read comes from. */
export interface StaleRead {
  /** Id of the member that answered. */
  readonly member: string;
  /** Of the log: what was read is the state after this entry. */
  readonly index: number;
  /**
   * So many milliseconds ago that state lacked nothing that the member's leader knew to be committed; null: not since the member
   * started. What was on its way through the network then is not in it; nor is, of a leader that has lost its majority
   * and does not know it yet, up to an election timeout.
   */
  readonly behindMs: number | null;
}

export interface StaleValue extends StaleRead {
  /** Null where there is no such key. */
  readonly value: Uint8Array | null;
}

export interface StalePage extends StaleRead {
  /** In byte order of keys; there may be none. */
  readonly pairs: readonly Pair[];
}

const TIMEOUT_MS_DEFAULT = 5000;
/** The longest that a timer of Node can wait. */
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

/**
 * A client of one cluster. Any number of operations may be in flight; they run in no particular order, each
 * write exactly once, and reads are linearizable but where their names say stale. A call that gives up throws {@link ClerkError}.
 */
export class Clerk {
  readonly #dialer = new TcpDialer();
  readonly #core: ClerkCore;
  #closing: Promise<void> | null = null;

  /** Throws ClerkError "invalid". Connects when the first operation needs it. */
  constructor(options: ClerkOptions) {
    const { endpoints, timeoutMs = TIMEOUT_MS_DEFAULT, readFrom = "leader", sessions } = options;
    if (endpoints.length === 0) throw new ClerkError("invalid", "a Clerk needs at least one endpoint");
    for (const endpoint of endpoints) {
      if (parseAddress(endpoint) === null) {
        throw new ClerkError("invalid", `"${endpoint}" is no endpoint: expected ${ADDRESS_FORM}`);
      }
    }
    if (!(timeoutMs > 0 && timeoutMs <= TIMEOUT_MS_MAX)) {
      throw new ClerkError("invalid", `timeoutMs is a number of milliseconds above 0, not ${timeoutMs}`);
    }
    if (readFrom !== "leader" && readFrom !== "any") {
      throw new ClerkError("invalid", `readFrom is "leader" or "any", not ${JSON.stringify(readFrom)}`);
    }
    const ports = { dialer: this.#dialer, timers: systemTimers, entropy: systemEntropy };
    const keeper = sessions === undefined ? {} : { sessions };
    this.#core = new ClerkCore({ endpoints, timeoutMs, readFrom, ...keeper, ...ports });
  }

  /** The client address of the member that is believed to lead; null: it is not known (yet). */
  get leader(): string | null {
    return this.#core.topology.leader?.address ?? null;
  }

  /** The id of the member at {@link leader}; null: it is not known (yet). */
  get leaderId(): string | null {
    const { leader, servers } = this.#core.topology;
    return servers.find(({ address }) => address === leader?.address)?.id || null;
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

  /**
   * In a session that was given back, instead of its first write: makes sure that this never runs if it has not, and answers the log
   * index at which it ran; null: it has not. A delete that found no key counts as one that has not run.
   */
  async preclude(): Promise<number | null> {
    return await this.#settled<number | null>((done) => this.#core.preclude(done));
  }

  /** Null where there is no such key. */
  async get(key: Bytes): Promise<Uint8Array | null> {
    const name = bytes(key);
    const value = await this.#settled<ByteString | null>((done) => this.#core.get(name, done));
    return value === null ? null : fromByteString(value);
  }

  /**
   * What some member has applied by now: answered at once, also while nobody leads, and by whichever member can be reached. It may
   * lack writes that were acknowledged, one's own too, and a later one may answer with an earlier state.
   */
  async getStale(key: Bytes): Promise<StaleValue> {
    const name = bytes(key);
    return await this.#settled<StaleValue>((done) => {
      this.#core.getStale(name, (outcome, member) => {
        if (outcome instanceof ClerkError) return done(outcome);
        const { value, index, behindMs } = outcome;
        done({ member, index, behindMs, value: value === null ? null : fromByteString(value) });
      });
    });
  }

  /** What the members keep of a key beside its value; null where there is no such key. Linearizable, as {@link get}. */
  async explain(key: Bytes): Promise<Explanation | null> {
    const name = bytes(key);
    const explanation = await this.#settled<KeyExplanation | null>((done) => this.#core.explain(name, done));
    return explanation === null ? null : toExplanation(explanation);
  }

  /** Pairs in byte order of keys. Each page is one linearizable read; pages are read as they are needed. */
  async *scan(options: ScanOptions = {}): AsyncGenerator<Pair, void, undefined> {
    const read = (range: ScanRange) => this.#settled<ScanPage>((done) => this.#core.scan(range, done));
    for await (const { pairs } of pages(options, read)) for (const pair of pairs) yield toPair(pair);
  }

  /**
   * As {@link scan}, of what some member has applied by then; see {@link getStale}. Page by page, an empty one where there is nothing: each
   * is a read of its own, of the same member as long as it can be reached.
   */
  async *scanStale(options: ScanOptions = {}): AsyncGenerator<StalePage, void, undefined> {
    let member = "";
    const read = (range: ScanRange) =>
      this.#settled<ScanReply>((done) => {
        this.#core.scanStale(range, member, (outcome, from) => {
          member = from;
          done(outcome);
        });
      });
    for await (const { pairs, index, behindMs } of pages(options, read)) {
      yield { member, index, behindMs, pairs: pairs.map(toPair) };
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

/** Of a whole scan: each is read when it is wanted. */
async function* pages<Page extends ScanPage>(
  { prefix = "", from = "", to = "", limit = Number.POSITIVE_INFINITY, keysOnly = false }: ScanOptions,
  read: (range: ScanRange) => Promise<Page>,
): AsyncGenerator<Page, void, undefined> {
  if (!(limit >= 0)) throw new ClerkError("invalid", `the limit of a scan cannot be ${limit}`);
  let range: ScanRange = { prefix: bytes(prefix), from: bytes(from), to: bytes(to), limit: 0, keysOnly };
  for (let wanted = limit; wanted > 0; ) {
    const page = await read({ ...range, limit: Math.min(wanted, PAGE_PAIRS_MAX) });
    yield page;
    if (page.nextKey === "") return;
    wanted -= page.pairs.length;
    range = { ...range, from: page.nextKey };
  }
}

function toPair({ key, value }: KeyValue): Pair {
  return { key: fromByteString(key), value: fromByteString(value) };
}

function bytes(data: Bytes): ByteString {
  if (typeof data === "string") return utf8ToByteString(data);
  if (data instanceof Uint8Array) return toByteString(data);
  throw new TypeError("keys and values are strings or Uint8Arrays");
}
