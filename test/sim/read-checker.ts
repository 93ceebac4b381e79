/**
 * ReadIndex (thesis §6.4) as it shows in messages: nobody asks twice under one name, and a leader answers a read only when
 * most have answered a round of heartbeats that left after the read had come.
 */
import { assert } from "../../src/base/assert.js";
import type { MemberId } from "../../src/raft/entry.js";
import type { Message } from "../../src/raft/message.js";
import { majority } from "./majority.js";

/** Of one leader in one term. */
interface Rounds {
  /** When each was first sent. */
  readonly sentAt: Map<number, number>;
  /** By follower: the newest that it has answered. */
  readonly answered: Map<MemberId, number>;
}

export class ReadChecker {
  readonly #members: number;
  /** Messages seen so far: what stands for time. */
  #now = 0;
  readonly #asked = new Set<string>();
  /** By leader, asker and context: when it came first. */
  readonly #came = new Map<string, number>();
  /** By leader and term. */
  readonly #rounds = new Map<string, Rounds>();

  constructor(members: number) {
    this.#members = members;
  }

  /** `message` leaves. */
  sent(message: Message): void {
    this.#now++;
    const { from, to, term } = message;
    switch (message.type) {
      case "readIndex": {
        const name = `${from} ${message.context}`;
        assert(!this.#asked.has(name), `${from} asks for a read index as ${message.context} a second time`);
        this.#asked.add(name);
        return;
      }
      case "heartbeat": {
        const { sentAt } = this.#roundsOf(from, term);
        if (!sentAt.has(message.readSequence)) sentAt.set(message.readSequence, this.#now);
        return;
      }
      case "readIndexReply":
        if (message.index > 0) this.#isConfirmed({ leader: from, asker: to, term, context: message.context });
        return;
      default:
        return;
    }
  }

  /** `message` is taken in. */
  received(message: Message): void {
    this.#now++;
    const { from, to, term } = message;
    if (message.type === "readIndex") {
      const name = `${to} ${from} ${message.context}`;
      if (!this.#came.has(name)) this.#came.set(name, this.#now);
    }
    if (message.type !== "heartbeatReply") return;
    const { answered } = this.#roundsOf(to, term);
    answered.set(from, Math.max(answered.get(from) ?? 0, message.readSequence));
  }

  #isConfirmed(read: { leader: MemberId; asker: MemberId; term: number; context: number }): void {
    const { leader, asker, term, context } = read;
    const { sentAt, answered } = this.#roundsOf(leader, term);
    const newestFirst = [...answered.values()].sort((a, b) => b - a);
    // The leader itself is one of the majority.
    const round = newestFirst[majority(this.#members) - 2] ?? 0;
    const cameAt = this.#came.get(`${leader} ${asker} ${context}`) ?? this.#now;
    assert(
      (sentAt.get(round) ?? 0) > cameAt,
      `${leader} answers a read of ${asker}, and most have only answered round ${round}, from before it came`,
    );
  }

  #roundsOf(leader: MemberId, term: number): Rounds {
    const name = `${leader} ${term}`;
    const rounds = this.#rounds.get(name) ?? { sentAt: new Map(), answered: new Map() };
    this.#rounds.set(name, rounds);
    return rounds;
  }
}
