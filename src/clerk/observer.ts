/**
 * Watches a whole cluster: each member is asked about itself on a connection of its own and with a deadline of its own, so
 * that one that hangs delays nothing, with or without a quorum. Members that others name are asked as well.
 */
import type { ByteString } from "../base/byte-string.js";
import type { MemberAddresses } from "../wire/client-message.js";
import type { MemberStats } from "../wire/member-stats.js";
import { ClerkError } from "./clerk-error.js";
import { ObservedMember, reasonOf } from "./observed-member.js";
import type { Dialer, Timers } from "./ports.js";

/** What is known of one member. */
export interface Observation {
  /** Empty: nobody has told who is at `client`. */
  readonly id: string;
  /** HOST:PORT for clients, and for members; empty: not known. */
  readonly client: string;
  readonly peer: string;
  /** Its newest answer, also when it has fallen silent since; null: it never answered. */
  readonly stats: MemberStats | null;
  /** When that came, by `timers`. */
  readonly answeredMs: number | null;
  /** From the newest question that was answered to its answer. */
  readonly roundTripMs: number | null;
  /** Why the newest question was not answered, completing a sentence about the member; null: it was, or none has ended. */
  readonly error: string | null;
}

/** What it answered to the newest question; null: it did not. */
export function answerOf({ stats, error }: Observation): MemberStats | null {
  return error === null ? stats : null;
}

export interface ObserverOptions {
  readonly endpoints: readonly string[];
  /** For one answer of one member. */
  readonly timeoutMs: number;
  readonly dialer: Dialer;
  readonly timers: Timers;
  /** After each answer and each failure. */
  onChange(): void;
}

export class Observer {
  readonly #options: ObserverOptions;
  /** By address, in the order in which they became known. */
  readonly #asked = new Map<string, ObservedMember>();
  /** As members tell of each other, by id. */
  readonly #named = new Map<string, MemberAddresses>();
  #clusterId: ByteString = "";
  #isClosed = false;

  constructor(options: ObserverOptions) {
    this.#options = options;
    for (const address of options.endpoints) this.#add(address);
  }

  /** Asks everybody who is not being asked just now. */
  poll(): void {
    for (const member of this.#asked.values()) member.poll();
  }

  /** Somebody has not answered yet, and still may. */
  get isAsking(): boolean {
    return [...this.#asked.values()].some((member) => member.isAsked);
  }

  /** Sorted by id. Once somebody has told who the members are, an endpoint that nobody names is not one of them. */
  get members(): readonly Observation[] {
    const observations: Observation[] = [];
    for (const { id, client, peer } of this.#named.values()) {
      const member = this.#memberCalled(id) ?? this.#asked.get(client);
      observations.push(observed(member, { id, client: client || (member?.address ?? ""), peer }));
    }
    if (this.#named.size === 0) {
      for (const member of this.#asked.values())
        observations.push(observed(member, { id: "", client: member.address, peer: "" }));
    }
    return observations.sort((left, right) => (left.id < right.id ? -1 : 1));
  }

  /** Asks the leader to hand leadership to `to`. Resolves when it has begun to. @throws ClerkError */
  transferLeadership(to: string): Promise<void> {
    const leader = this.#leader();
    if (leader === null) return Promise.reject(new ClerkError("no-leader", "no leader is known"));
    return new Promise((resolve, reject) => {
      leader.ask({ kind: "transfer", to }, (answer) => {
        if (typeof answer !== "string" && answer.kind === "transfer") resolve();
        else
          reject(new ClerkError("invalid", `${leader.stats?.status.id ?? "the leader"} ${reasonOf(answer)}`));
      });
    });
  }

  /** Asks nobody any more. */
  close(): void {
    this.#isClosed = true;
    for (const member of this.#asked.values()) member.close();
    this.#asked.clear();
  }

  #add(address: string): void {
    if (this.#asked.has(address)) return;
    const { timeoutMs, dialer, timers } = this.#options;
    const member = new ObservedMember({
      address,
      timeoutMs,
      dialer,
      timers,
      clusterId: () => this.#clusterId,
      onGreeting: (clusterId) => {
        this.#clusterId = clusterId;
      },
      onChange: (changed) => this.#onChange(changed),
    });
    this.#asked.set(address, member);
  }

  #onChange(member: ObservedMember): void {
    if (this.#isClosed) return;
    const { stats, error } = member;
    if (stats !== null && error === null) this.#learn(member, stats);
    this.#options.onChange();
  }

  #learn(member: ObservedMember, { status }: MemberStats): void {
    for (const [address, other] of this.#asked) {
      // Two endpoints may be one member: one of them is enough.
      if (other === member || other.stats?.status.id !== status.id) continue;
      this.#asked.delete(address);
      other.close();
    }
    for (const named of status.members) {
      const known = this.#named.get(named.id);
      if (known === undefined || named.client !== "") this.#named.set(named.id, named);
      if (named.client === "" || this.#memberCalled(named.id) !== undefined || this.#asked.has(named.client))
        continue;
      this.#add(named.client);
      this.#asked.get(named.client)?.poll();
    }
  }

  #memberCalled(id: string): ObservedMember | undefined {
    for (const member of this.#asked.values()) if (member.stats?.status.id === id) return member;
    return undefined;
  }

  #leader(): ObservedMember | null {
    let leader: ObservedMember | null = null;
    for (const member of this.#asked.values()) {
      const { stats, error } = member;
      if (stats?.status.role !== "leader" || error !== null) continue;
      if (stats.status.term > (leader?.stats?.status.term ?? 0)) leader = member;
    }
    return leader;
  }
}

function observed(
  member: ObservedMember | undefined,
  addresses: Pick<Observation, "id" | "client" | "peer">,
): Observation {
  const unknown = addresses.client === "" ? "no other member knows its client address yet" : null;
  return {
    ...addresses,
    stats: member?.stats ?? null,
    answeredMs: member?.answeredMs ?? null,
    roundTripMs: member?.roundTripMs ?? null,
    error: member?.error ?? unknown,
  };
}
