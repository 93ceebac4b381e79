/**
 * Writes on their way out and their results on the way back: owns the session that makes each of them
 * take effect at most once. It opens the session before the first write, numbers what it sends,
 * and when a session has ended decides what may be sent in a new one.
 */
import { assert, unreachable } from "../base/assert.js";
import { CLIENT_ID_BYTES, type Command, type CommandResult } from "../kv/command.js";
import { toByteString } from "../wire/bytes.js";
import { Call } from "./call.js";
import type { ClerkError } from "./clerk-error.js";
import { Fifo } from "./fifo.js";
import { failed } from "./give-up.js";
import type { Entropy } from "./ports.js";
import { ON_STATUS } from "./retry-table.js";
import type { Router } from "./router.js";
import { Session, type SessionKeeper, type WriteName } from "./session.js";

/** Keys and values under way at a time; one write may be larger by itself. */
const BYTES_MAX = 16 * 1024 * 1024;

export interface WriteLaneOptions {
  readonly router: Pick<Router, "route" | "postpone">;
  readonly entropy: Entropy;
  /** Null: nobody goes on with a session when this client is gone. */
  readonly sessions: SessionKeeper | null;
  /** The write took effect at `index` of the log; see `WriteDone`. Settles it, which releases it here; so does `fail`. */
  finish(call: Call, outcome: boolean, index: number): void;
  fail(call: Call, error: ClerkError): void;
}

export class WriteLane {
  readonly #options: WriteLaneOptions;
  /** May hold settled calls. */
  readonly #queue = new Fifo<Call>();
  #bytesUnderWay = 0;
  /** Null until the first write. */
  #session: Session | null = null;
  #opening: Call | null = null;

  constructor(options: WriteLaneOptions) {
    this.#options = options;
  }

  /** Ends the session, if there is one that nothing is under way in and nobody goes on with. */
  get farewell(): Command | null {
    if (this.#session === null) return null;
    const { clientId, index, idle, isInDoubt } = this.#session;
    const isKept = isInDoubt && this.#options.sessions !== null;
    return index > 0 && idle && !isKept ? { kind: "close", clientId, session: index } : null;
  }

  /** How often the opening of the session was put off, which the whole queue waits for. */
  get openingDelays(): number {
    return this.#opening?.delays ?? 0;
  }

  add(call: Call): void {
    this.#queue.push(call);
  }

  /** Sends what the limits allow; opens a session first where there is none. */
  admit(): void {
    for (let call = this.#queue.first; call !== undefined; call = this.#queue.first) {
      if (call.settled) {
        this.#queue.shift();
        continue;
      }
      this.#session ??= this.#firstSession();
      const session = this.#session;
      if (session.index === 0) {
        this.#open(session);
        return;
      }
      const full = this.#bytesUnderWay > 0 && this.#bytesUnderWay + call.bytes > BYTES_MAX;
      if (full || !session.hasRoom) return;
      this.#queue.shift();
      call.admitted = true;
      call.session = session;
      call.sequence = session.take();
      if (call.sequence === session.resumedSequence) call.mayHaveRun = true;
      else this.#options.sessions?.sending(nameOf(call, session));
      this.#bytesUnderWay += call.bytes;
      this.#options.router.route(call);
    }
    this.#abandonOpening();
  }

  /** The call has its outcome, or leaves its session: its place is free, and its result may be forgotten. */
  release(call: Call): void {
    if (!call.admitted) return;
    call.admitted = false;
    call.session?.answer(call.sequence);
    this.#bytesUnderWay -= call.bytes;
  }

  onResult(call: Call, result: CommandResult): void {
    if (call.purpose.kind === "open") {
      this.#onOpened(call, result);
      return;
    }
    const verdict = ON_STATUS[result.status];
    const { finish, fail, router } = this.#options;
    switch (verdict) {
      case "done":
      case "absent":
        finish(call, verdict === "done", result.index);
        return;
      case "refused":
        fail(call, failed("value-over-limit", "the value would become larger than any value may be", false));
        return;
      case "new-session":
        this.#onExpired(call);
        return;
      case "later":
        router.postpone(call);
        return;
      case "unknown":
        fail(call, failed("session-expired", "its result is no longer kept", true));
        return;
      default:
        unreachable(verdict);
    }
  }

  /** Without a session none of the writes that wait for one can ever be sent. */
  onOpeningRefused(call: Call, error: ClerkError): void {
    call.settled = true;
    this.#opening = null;
    for (let write = this.#queue.shift(); write !== undefined; write = this.#queue.shift()) {
      if (!write.settled) this.#options.fail(write, error);
    }
  }

  #open(session: Session): void {
    if (this.#opening !== null) return;
    // It has no deadline: the writes that wait for it have.
    const call = new Call({ kind: "open" }, Number.POSITIVE_INFINITY);
    call.session = session;
    this.#opening = call;
    this.#options.router.route(call);
  }

  /** Nobody waits for a session any more. The next write asks anew, for the same one, and with fresh patience. */
  #abandonOpening(): void {
    const opening = this.#opening;
    if (opening === null) return;
    this.#opening = null;
    opening.settled = true;
    opening.member?.forget(opening);
    opening.member = null;
  }

  #onOpened(call: Call, result: CommandResult): void {
    if (result.status !== "done") {
      this.#options.router.postpone(call);
      return;
    }
    const { session } = call;
    assert(
      call === this.#opening && session !== null && session === this.#session,
      "another session was opened",
    );
    call.settled = true;
    this.#opening = null;
    session.index = result.index;
    this.admit();
  }

  /** What certainly did not run in the session that ended runs in a new one (PITFALLS 35). */
  #onExpired(call: Call): void {
    if (call.session === this.#session) this.#session = this.#newSession();
    if (call.mayHaveRun) {
      const reason = "the session ended while the answer was outstanding";
      this.#options.fail(call, failed("session-expired", reason, true));
      return;
    }
    this.release(call);
    call.session = null;
    call.member = null;
    this.add(call);
    this.admit();
  }

  #firstSession(): Session {
    const resumed = this.#options.sessions?.resumed ?? null;
    return resumed === null ? this.#newSession() : new Session(resumed.clientId, resumed);
  }

  #newSession(): Session {
    return new Session(toByteString(this.#options.entropy(CLIENT_ID_BYTES)));
  }
}

function nameOf({ sequence }: Call, { clientId, index }: Session): WriteName {
  return { clientId, index, sequence };
}
