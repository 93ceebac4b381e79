/**
 * Messages to and from the other members: one {@link PeerLink} to each for sending, one port for
 * receiving. Owns the sockets between members and what their Hellos said; knows nothing of what
 * the messages mean.
 */
import type { Random } from "../base/random.js";
import type { Member, MemberId } from "../raft/entry.js";
import type { Message } from "../raft/message.js";
import type { Host, PeerContact, Transport } from "../server/ports.js";
import type { Hello } from "../wire/hello.js";
import type { BoundSocket } from "./bound-socket.js";
import type { Identity } from "./greeting.js";
import { PeerAcceptor } from "./peer-acceptor.js";
import { PeerLink } from "./peer-link.js";

export interface PeerTransportOptions {
  readonly identity: Identity;
  /** HOST:PORT that the other members give to clients for this one. */
  readonly clientAddress: string;
  /** All of the cluster; this member among them is passed over. */
  readonly members: readonly Member[];
  readonly random: Random;
  readonly log: Host["log"];
  /** Each message as it arrives, those of one chunk one after the other in one call of the event loop. */
  onMessage(message: Message): void;
  /** Messages can reach that member now, or no longer. Down comes at once when its process ends. */
  onLink?(id: MemberId, up: boolean): void;
  /** Per member; beyond, messages to it are dropped. Default 32 MiB. */
  readonly queueBytesMax?: number;
  /** Default 1 s. */
  readonly dialTimeoutMs?: number;
  /** Default 10 s. */
  readonly helloTimeoutMs?: number;
  /** A connection on which messages go out while nothing comes back is replaced after so long. Default 3 s. */
  readonly silenceMs?: number;
  /** From one ping to the next. Default 500 ms. */
  readonly pingMs?: number;
}

const PING_MS = 500;
const NO_CONTACT: PeerContact = { isConnected: false, heardMs: null, roundTripUs: null };

export class PeerTransport implements Transport {
  readonly #options: PeerTransportOptions;
  readonly #acceptor: PeerAcceptor;
  readonly #links = new Map<MemberId, PeerLink>();
  readonly #clientAddresses = new Map<MemberId, string>();
  #touched: PeerLink[] = [];
  #started = false;
  #pings: NodeJS.Timeout | undefined;
  #address = "";

  constructor(options: PeerTransportOptions) {
    this.#options = options;
    this.#acceptor = new PeerAcceptor({
      identity: options.identity,
      clientAddress: options.clientAddress,
      helloTimeoutMs: options.helloTimeoutMs ?? 10_000,
      log: options.log,
      isMember: (id) => this.#links.has(id),
      onPeer: (id, hello) => {
        this.#learn(id, hello);
        this.#links.get(id)?.dialSoon();
      },
      onHeard: (id) => this.#links.get(id)?.heard(performance.now()),
      onMessage: (message) => options.onMessage(message),
      onPing: (id, ping) => this.#links.get(id)?.pinged(ping, performance.now()),
    });
    this.setMembers(options.members);
  }

  /** The bound address; empty before `listen`. */
  get address(): string {
    return this.#address;
  }

  /** Binds the peer port, or takes a bound one, and begins to dial the others. Rejects with NetError. */
  async listen(place: string | BoundSocket): Promise<void> {
    this.#address = await this.#acceptor.listen(place);
    this.#started = true;
    for (const link of this.#links.values()) link.dial();
    this.#pings = setInterval(() => {
      for (const link of this.#links.values()) link.ping(performance.now());
    }, this.#options.pingMs ?? PING_MS);
  }

  send(messages: readonly Message[]): void {
    const touched = this.#touched;
    for (const message of messages) {
      const link = this.#links.get(message.to);
      if (link === undefined) continue;
      link.add(message);
      if (!touched.includes(link)) touched.push(link);
    }
    const nowMs = performance.now();
    for (const link of touched) link.flush(nowMs);
    touched.length = 0;
  }

  contact(id: MemberId): PeerContact {
    return this.#links.get(id)?.contact(performance.now()) ?? NO_CONTACT;
  }

  clientAddress(id: MemberId): string | undefined {
    return id === this.#options.identity.memberId
      ? this.#options.clientAddress
      : this.#clientAddresses.get(id);
  }

  /** From now on these are the members: links to others are closed, missing ones made. */
  setMembers(members: readonly Member[]): void {
    const addresses = new Map(members.map((member) => [member.id, member.peerAddress]));
    addresses.delete(this.#options.identity.memberId);
    for (const [id, link] of this.#links) {
      if (addresses.get(id) === link.member.peerAddress) continue;
      this.#links.delete(id);
      link.close();
    }
    for (const [id, peerAddress] of addresses) {
      if (this.#links.has(id)) continue;
      const link = this.#newLink({ id, peerAddress });
      this.#links.set(id, link);
      if (this.#started) link.dial();
    }
    this.#acceptor.dropStrangers();
  }

  async close(): Promise<void> {
    this.#started = false;
    clearInterval(this.#pings);
    for (const link of this.#links.values()) link.close();
    await this.#acceptor.close();
  }

  #newLink(member: Member): PeerLink {
    const options = this.#options;
    return new PeerLink(member, {
      identity: options.identity,
      clientAddress: options.clientAddress,
      random: options.random,
      log: options.log,
      queueBytesMax: options.queueBytesMax ?? 32 * 1024 * 1024,
      dialTimeoutMs: options.dialTimeoutMs ?? 1000,
      silenceMs: options.silenceMs ?? 3000,
      onChange: ({ id }, hello) => {
        if (hello !== null) this.#learn(id, hello);
        options.onLink?.(id, hello !== null);
      },
    });
  }

  #learn(id: MemberId, hello: Hello): void {
    if (hello.clientAddress !== "") this.#clientAddresses.set(id, hello.clientAddress);
  }
}
