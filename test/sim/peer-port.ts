/** A member's end of the network between members: the real codecs, and the Transport port of the replica. */
import type { MemberId } from "../../src/raft/entry.js";
import type { Message } from "../../src/raft/message.js";
import type { PeerContact, Transport } from "../../src/server/ports.js";
import { FrameParser } from "../../src/wire/frame.js";
import { PEER_FRAME_BYTES_MAX } from "../../src/wire/limits.js";
import { decodePeerMessage, encodePeerMessage } from "../../src/wire/peer-codec.js";
import { describePeerMessage } from "./describe.js";
import type { World } from "./world.js";

export class PeerPort implements Transport {
  readonly #world: World;
  readonly #id: MemberId;
  readonly #isAlive: () => boolean;
  readonly #parser = new FrameParser(PEER_FRAME_BYTES_MAX);
  /** Whose client address has been heard of. */
  readonly #heard = new Set<MemberId>();

  constructor(world: World, id: MemberId, isAlive: () => boolean) {
    this.#world = world;
    this.#id = id;
    this.#isAlive = isAlive;
  }

  clientAddress(member: MemberId): string | undefined {
    return this.#heard.has(member) ? clientAddress(member) : undefined;
  }

  contact(member: MemberId): PeerContact {
    return { isConnected: this.#heard.has(member), heardMs: null, roundTripUs: null };
  }

  send(messages: readonly Message[]): void {
    // What a process does after its power went out in the middle of a turn has not happened.
    if (!this.#isAlive()) return;
    const { consensus, reads, trace, sendToPeer } = this.#world;
    for (const message of messages) {
      const { from, to } = message;
      consensus.sent(message);
      reads.sent(message);
      const frame = encodePeerMessage(message);
      trace.event(from, ["send", to, message.type, message.term, frame.length], () =>
        describePeerMessage(message),
      );
      sendToPeer(message, frame);
    }
  }

  receive(from: MemberId, frame: Uint8Array, take: (message: Message) => void): void {
    this.#heard.add(from);
    this.#parser.push(frame, (body) => {
      const message = decodePeerMessage(body, { from, to: this.#id });
      this.#world.trace.event(
        this.#id,
        ["receive", message.from, message.type, message.term],
        () => `takes ${describePeerMessage(message)}`,
      );
      this.#world.reads.received(message);
      take(message);
    });
  }
}

export function clientAddress(id: MemberId): string {
  return `${id}:6840`;
}
