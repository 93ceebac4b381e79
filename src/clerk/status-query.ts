/**
 * One round of asking every member about itself. Members that nobody named before are learned from the
 * answers and asked too; each is on its own, and none waits for another.
 */
import type { MemberAddresses, MemberStatus, Role } from "../wire/client-message.js";

/** What one member says of itself. With `error` only `id`, `client` and `peer` mean anything. */
export interface MemberReport {
  /** Empty: nobody who answered knows who is at `client`. */
  readonly id: string;
  readonly role: Role | "unknown";
  readonly term: number;
  /** Empty: none known. */
  readonly leader: string;
  readonly lastIndex: number;
  readonly commitIndex: number;
  readonly appliedIndex: number;
  readonly snapshotIndex: number;
  readonly logBytes: number;
  /** Where clients reach it; empty: not known. */
  readonly client: string;
  /** Where members reach it; empty: not known. */
  readonly peer: string;
  /** Why it could not be asked. */
  readonly error?: string;
}

export interface StatusQueryOptions {
  readonly addresses: readonly string[];
  readonly deadlineMs: number;
  /** Sends the question; the answer comes back through `onStatus` or `onDown`. */
  ask(address: string): void;
  /** Sorted by id. */
  done(reports: readonly MemberReport[]): void;
}

export class StatusQuery {
  readonly deadlineMs: number;
  readonly #options: StatusQueryOptions;
  readonly #outstanding = new Set<string>();
  readonly #answers = new Map<string, { readonly address: string; readonly status: MemberStatus }>();
  /** By address. */
  readonly #errors = new Map<string, string>();
  readonly #members = new Map<string, MemberAddresses>();
  #finished = false;

  constructor(options: StatusQueryOptions) {
    this.#options = options;
    this.deadlineMs = options.deadlineMs;
  }

  start(): void {
    for (const address of this.#options.addresses) this.#outstanding.add(address);
    for (const address of this.#options.addresses) this.#options.ask(address);
  }

  onStatus(address: string, status: MemberStatus): void {
    if (!this.#outstanding.delete(address)) return;
    this.#answers.set(status.id, { address, status });
    for (const member of status.members) this.#learn(member);
    this.#finishIfDone();
  }

  onDown(address: string, reason: string): void {
    if (!this.#outstanding.delete(address)) return;
    this.#errors.set(address, reason);
    this.#finishIfDone();
  }

  /** The time is up: reports what there is. */
  expire(reason: string): void {
    for (const address of this.#outstanding) this.#errors.set(address, reason);
    this.#outstanding.clear();
    this.#finishIfDone();
  }

  #learn(member: MemberAddresses): void {
    const known = this.#members.get(member.id);
    if (known === undefined || known.client === "") this.#members.set(member.id, member);
    const { client } = member;
    const asked = this.#outstanding.has(client) || this.#errors.has(client) || this.#answers.has(member.id);
    if (client === "" || asked) return;
    this.#outstanding.add(client);
    this.#options.ask(client);
  }

  #finishIfDone(): void {
    if (this.#finished || this.#outstanding.size > 0) return;
    this.#finished = true;
    this.#options.done(this.#reports());
  }

  #reports(): readonly MemberReport[] {
    const reports: MemberReport[] = [];
    for (const { address, status } of this.#answers.values()) {
      const member = this.#members.get(status.id);
      reports.push(answered(status, { client: member?.client || address, peer: member?.peer ?? "" }));
    }
    for (const member of this.#members.values()) {
      if (this.#answers.has(member.id)) continue;
      const error = this.#errors.get(member.client) ?? "no other member knows its client address yet";
      reports.push(unanswered(member, error));
    }
    // Once somebody has told who the members are, an endpoint that fails is only another name for one of them.
    if (this.#members.size === 0) {
      for (const [client, error] of this.#errors)
        reports.push(unanswered({ id: "", client, peer: "" }, error));
    }
    return reports.sort((left, right) => (left.id < right.id ? -1 : 1));
  }
}

function answered(status: MemberStatus, where: { client: string; peer: string }): MemberReport {
  const { id, role, term, leader, lastIndex, commitIndex, appliedIndex, snapshotIndex, logBytes } = status;
  return {
    id,
    role,
    term,
    leader,
    lastIndex,
    commitIndex,
    appliedIndex,
    snapshotIndex,
    logBytes,
    client: where.client,
    peer: where.peer,
  };
}

function unanswered({ id, client, peer }: MemberAddresses, error: string): MemberReport {
  return {
    id,
    role: "unknown",
    term: 0,
    leader: "",
    lastIndex: 0,
    commitIndex: 0,
    appliedIndex: 0,
    snapshotIndex: 0,
    logBytes: 0,
    client,
    peer,
    error,
  };
}
