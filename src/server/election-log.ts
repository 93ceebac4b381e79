/**
 * Says in the log which elections this member stands in, how they end and whom it follows: once each, however often it asks. Looks at the
 * core once a turn and changes nothing.
 */
import type { MemberId } from "../raft/entry.js";
import type { RawNode } from "../raft/raw-node.js";
import type { Role } from "../wire/client-message.js";
import type { Host } from "./ports.js";

interface Seen {
  readonly role: Role;
  readonly term: number;
  readonly leader: MemberId | null;
}

export class ElectionLog {
  readonly #raft: RawNode;
  readonly #host: Host;
  #seen: Seen;

  constructor({ raft, host }: { readonly raft: RawNode; readonly host: Host }) {
    this.#raft = raft;
    this.#host = host;
    this.#seen = { role: raft.role, term: raft.currentTerm, leader: raft.leaderId };
  }

  /** Once a turn. */
  turn(): void {
    const { role, currentTerm: term, leaderId: leader } = this.#raft;
    const before = this.#seen;
    if (role === before.role && term === before.term && leader === before.leader) return;
    this.#seen = { role, term, leader };
    if (role !== before.role) this.#leave(before);
    if (role !== before.role && role !== "follower") this.#enter(role);
    if (role === "follower" && leader !== null) this.#host.log("info", "following", { term, leader });
  }

  /** The role is no longer what it was. */
  #leave({ role, term }: Seen): void {
    const { leader } = this.#seen;
    if (role === "candidate" && this.#seen.role !== "leader")
      this.#host.log("info", "election lost", { term, leader });
    if (role !== "leader") return;
    const last = this.#raft.elections().at(-1);
    if (last?.reason === "quorum-lost" && last.term === term)
      this.#host.log("warn", "no longer leader", { term, leader, reason: "quorum-lost" });
    else this.#host.log("info", "no longer leader", { term, leader, reason: "later-term" });
  }

  #enter(role: Exclude<Role, "follower">): void {
    // Whatever it stands for or won has been noted last.
    const { term, reason } = this.#raft.elections().at(-1) ?? {};
    if (role === "pre-candidate") this.#host.log("info", "asking for pre-votes", { term, reason });
    else if (role === "candidate") this.#host.log("info", "standing for election", { term, reason });
    else this.#host.log("info", "became leader", { term, reason });
  }
}
