/**
 * Frames between members. Stricter than TCP: each frame by itself may be lost, repeated, or take so
 * long that others overtake it, and may even arrive in the receiver's next life.
 */
import type { MemberId } from "../../src/raft/entry.js";
import type { Message } from "../../src/raft/message.js";
import type { Dice } from "./dice.js";
import type { EventLoop } from "./event-loop.js";
import type { Links } from "./links.js";

export interface PeerNetworkProfile {
  readonly lossPercent: number;
  readonly duplicatePercent: number;
  readonly delayUsMin: number;
  readonly delayUsMax: number;
  /** So many of a hundred are up to two seconds late, mostly much less. */
  readonly stragglerPercent: number;
  /** So many of a hundred replies take 200 to 2200 ms more, mostly below 1200; none where it is not given. */
  readonly lateReplyPercent?: number;
}

const STRAGGLER_US_MAX = 2_000_000;
const LATE_US_MIN = 200_000;
const LATE_US_SPREAD = 2_000_000;

/** What is left of it when all is well. */
const CALM: PeerNetworkProfile = {
  lossPercent: 0,
  duplicatePercent: 0,
  delayUsMin: 100,
  delayUsMax: 1000,
  stragglerPercent: 0,
};

export interface PeerNetworkOptions {
  readonly loop: EventLoop;
  readonly links: Links;
  readonly dice: Dice;
  readonly profile: PeerNetworkProfile;
  readonly ids: readonly MemberId[];
  deliver(from: MemberId, to: MemberId, frame: Uint8Array): void;
  /** `at` learns that its connection to `peer` stands or broke. */
  linkChanged(at: MemberId, peer: MemberId, up: boolean): void;
}

export class PeerNetwork {
  profile: PeerNetworkProfile;
  /** Asked of each message that is not lost. True: it goes on only when `goOn` is called. */
  detain: ((message: Message, goOn: () => void) => boolean) | null = null;
  /** Messages sent that are no replies, whatever became of them. */
  requests = 0;
  /** Of everything sent, in frames. */
  bytes = 0;
  /** Of the largest snapshot whose last part was sent; 0: none was. */
  largestSnapshotBytes = 0;
  readonly #options: PeerNetworkOptions;

  constructor(options: PeerNetworkOptions) {
    this.#options = options;
    this.profile = options.profile;
  }

  /** From now on nothing is lost, repeated or late; what is cut stays cut. */
  calmDown(): void {
    this.profile = CALM;
    this.detain = null;
  }

  /** The others learn of it, each at its own time, if they can reach the machine of `id` at all. */
  processChanged(id: MemberId, up: boolean): void {
    for (const other of this.#options.ids) if (other !== id) this.changeLink(other, id, up);
  }

  changeLink(at: MemberId, peer: MemberId, up: boolean): void {
    const { loop, links, dice, linkChanged } = this.#options;
    const delayUs = dice.between(this.profile.delayUsMin, this.profile.delayUsMax);
    const arrive = (): void => {
      if (!links.isCut(at, peer) && !links.isCut(peer, at)) linkChanged(at, peer, up);
    };
    loop.after(delayUs, arrive, { quiet: true });
  }

  /** `frame` holds `message`. */
  send(message: Message, frame: Uint8Array): void {
    const { dice, links } = this.#options;
    if (!isReply(message)) this.requests++;
    this.bytes += frame.length;
    if (message.type === "installSnapshot" && message.done) {
      this.largestSnapshotBytes = Math.max(this.largestSnapshotBytes, message.offset + message.data.length);
    }
    if (links.isCut(message.from, message.to)) return;
    const { lossPercent, duplicatePercent } = this.profile;
    if (dice.chance(lossPercent)) return;
    if (this.detain?.(message, () => this.#carry(message, frame)) === true) return;
    this.#carry(message, frame);
    if (dice.chance(duplicatePercent)) this.#carry(message, frame);
  }

  #carry(message: Message, frame: Uint8Array): void {
    const { loop, links, dice, deliver } = this.#options;
    const { from, to } = message;
    const { delayUsMin, delayUsMax, stragglerPercent, lateReplyPercent } = this.profile;
    let delayUs = dice.between(delayUsMin, delayUsMax);
    if (dice.chance(stragglerPercent)) delayUs += dice.skewed(delayUs, STRAGGLER_US_MAX);
    if (lateReplyPercent !== undefined && isReply(message) && dice.chance(lateReplyPercent)) {
      delayUs += LATE_US_MIN + dice.below(1 + dice.below(LATE_US_SPREAD));
    }
    const clogUs = links.cloggedUntilUs(from, to) - loop.nowUs;
    if (clogUs > 0) delayUs += clogUs;
    const arrive = (): void => {
      if (!links.isCut(from, to)) deliver(from, to, frame);
    };
    loop.after(delayUs, arrive, { quiet: true });
  }
}

function isReply({ type }: Message): boolean {
  return type.endsWith("Reply");
}
