/** One member as an {@link Observer} knows it: the connection to it, the question under way, and its newest answer. */
import type { ByteString } from "../base/byte-string.js";
import type { ClientReply } from "../wire/client-message.js";
import type { MemberStats } from "../wire/member-stats.js";
import { type Inquiry, InquiryConnection } from "./inquiry-connection.js";
import type { Dialer, Timers } from "./ports.js";

export interface ObservedMemberOptions {
  readonly address: string;
  readonly timeoutMs: number;
  readonly dialer: Dialer;
  readonly timers: Timers;
  /** Empty: not known yet. */
  clusterId(): ByteString;
  onGreeting(clusterId: ByteString): void;
  /** It has answered about itself, or has failed to. */
  onChange(member: ObservedMember): void;
}

/** An answer, or in words that complete a sentence about the member why there is none. */
type Answered = (answer: ClientReply | string) => void;

export class ObservedMember {
  readonly address: string;
  /** See `Observation`. */
  stats: MemberStats | null = null;
  answeredMs: number | null = null;
  roundTripMs: number | null = null;
  error: string | null = null;
  readonly #options: ObservedMemberOptions;
  #connection: InquiryConnection | null = null;
  readonly #waiting = new Set<Answered>();
  #isAsked = false;

  constructor(options: ObservedMemberOptions) {
    this.#options = options;
    this.address = options.address;
  }

  get isAsked(): boolean {
    return this.#isAsked;
  }

  /** Asks it about itself, unless it is being asked. */
  poll(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    const { timers, onChange } = this.#options;
    const askedMs = timers.nowMs();
    this.ask({ kind: "stats" }, (answer) => {
      this.#isAsked = false;
      if (typeof answer !== "string" && answer.kind === "stats") {
        this.stats = answer.stats;
        this.answeredMs = timers.nowMs();
        this.roundTripMs = this.answeredMs - askedMs;
        this.error = null;
      } else this.error = reasonOf(answer);
      onChange(this);
    });
  }

  /** `answered` is called once, in time. */
  ask(inquiry: Inquiry, answered: Answered): void {
    const { timers, timeoutMs } = this.#options;
    const cancel = timers.after(timeoutMs, () =>
      // Whoever hangs may hang for good on this connection; the next question goes out on another.
      this.#end(`did not answer within ${Math.round(timeoutMs / 100) / 10} s`),
    );
    const settle: Answered = (answer) => {
      cancel();
      if (this.#waiting.delete(settle)) answered(answer);
    };
    this.#waiting.add(settle);
    this.#connection ??= this.#connect();
    this.#connection.ask(inquiry, settle);
  }

  close(): void {
    this.#end("is no longer watched");
  }

  #connect(): InquiryConnection {
    const { address, dialer, onGreeting, clusterId } = this.#options;
    return new InquiryConnection({
      address,
      dialer,
      clusterId: clusterId(),
      onGreeting,
      onDown: (reason) => this.#end(reason),
    });
  }

  #end(reason: string): void {
    this.#connection?.close();
    this.#connection = null;
    for (const settle of [...this.#waiting]) settle(reason);
  }
}

/** Of an answer that is not the one that was asked for. */
export function reasonOf(answer: ClientReply | string): string {
  if (typeof answer === "string") return answer;
  return answer.kind === "error" ? `refused: ${answer.message}` : "answered something else";
}
