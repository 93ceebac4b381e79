/**
 * Holds all members against figure 3's properties and against what has to be durable before a message
 * leaves, after every step. Keeps the one canonical list of what is committed: index, term and bytes, made
 * from what a majority of disks holds at the moment when the first member calls it committed.
 */
import { assert } from "../../src/base/assert.js";
import { type Entry, entryBytes, type MemberId } from "../../src/raft/entry.js";
import type { Message } from "../../src/raft/message.js";
import type { LogRecord } from "../../src/server/ports.js";
import type { Storage } from "../../src/storage/open-storage.js";
import type { MemberStatus } from "../../src/wire/client-message.js";
import type { ClusterPlan } from "./cluster-plan.js";
import { DurableLog } from "./durable-log.js";
import { ElectionChecker, type Leader } from "./election-checker.js";
import { contentOf, LogMatching } from "./log-matching.js";
import { majority } from "./majority.js";

/** Of one life of a member. */
interface Seen {
  term: number;
  commitIndex: number;
  appliedIndex: number;
  /** The commit index when the newest record was handed to the log. */
  writtenCommitIndex: number;
  /** So much of the log on disk was compared with the canonical one. */
  checkedIndex: number;
}

/** Called once for each, in order. */
export interface ConsensusEvents {
  readonly committed: (entry: Entry) => void;
  /** `id` is first seen to lead a term. */
  readonly elected: (id: MemberId) => void;
}

const NOTHING_SEEN: Seen = {
  term: 0,
  commitIndex: 0,
  appliedIndex: 0,
  writtenCommitIndex: 0,
  checkedIndex: 0,
};

export class ConsensusChecker {
  readonly #logs = new Map<MemberId, DurableLog>();
  readonly #seen = new Map<MemberId, Seen>();
  readonly #elections: ElectionChecker;
  readonly #matching = new LogMatching();
  /** From index 1. */
  readonly #committed: Entry[] = [];
  readonly #events: ConsensusEvents;
  readonly #uncommittedBytesMax: number;

  constructor(plan: Pick<ClusterPlan, "ids" | "raftLimits">, events: ConsensusEvents) {
    this.#elections = new ElectionChecker(plan.ids.length);
    for (const id of plan.ids) this.#logs.set(id, new DurableLog(id));
    this.#uncommittedBytesMax = plan.raftLimits.uncommittedBytesMax ?? Number.POSITIVE_INFINITY;
    this.#events = events;
  }

  /** The highest index that any member ever called committed. */
  get committedIndex(): number {
    return this.#committed.length;
  }

  get highestTerm(): number {
    return this.#elections.highestTerm;
  }

  /** 0 where nothing is committed. */
  termAt(index: number): number {
    return this.#committed[index - 1]?.term ?? 0;
  }

  /** A new life of `id` begins with what its disk held. */
  booted(id: MemberId, recovered: Storage["recovered"]): void {
    this.#logOf(id).recovered(recovered);
    this.#matching.follow(recovered.snapshot.lastIncludedTerm, recovered.entries);
    const { lastIncludedIndex: index, lastIncludedTerm: term } = recovered.snapshot;
    assert(
      term === this.termAt(index),
      `${id} boots with a snapshot at ${index}@${term} that nobody committed`,
    );
    this.#seen.set(id, { ...NOTHING_SEEN });
    this.#logIsCanonical(id, { from: index + 1, to: recovered.hardState.commitIndex });
  }

  persisting(id: MemberId, record: LogRecord): void {
    const log = this.#logOf(id);
    const [first] = record.entries;
    if (first !== undefined) {
      const before = record.snapshot === null ? log.entryAt(first.index - 1) : undefined;
      this.#matching.follow(before?.term ?? null, record.entries);
    }
    const seen = this.#seenOf(id);
    seen.writtenCommitIndex = seen.commitIndex;
    log.persisting(record);
  }

  persisted(id: MemberId): void {
    this.#logOf(id).persisted();
    const seen = this.#seenOf(id);
    // The record holds all that was not on disk yet: what was committed by then is there in its final form.
    this.#logIsCanonical(id, { from: seen.checkedIndex + 1, to: seen.writtenCommitIndex });
    seen.checkedIndex = seen.writtenCommitIndex;
  }

  /** A message leaves. */
  sent(message: Message): void {
    const { from, to, term } = message;
    const log = this.#logOf(from);
    assert(
      !isPromise(message) || log.hardState.currentTerm >= term,
      `${from} sends ${message.type} of term ${term}, and has term ${log.hardState.currentTerm} on disk`,
    );
    switch (message.type) {
      case "preVoteReply":
        if (message.granted) this.#elections.preVoted(from, { term, candidate: to });
        return;
      case "requestVote":
        if (!message.leadershipTransfer) this.#elections.stands({ term, candidate: from });
        this.#elections.voted(from, { term, candidate: from }, log.hardState);
        return;
      case "requestVoteReply":
        if (message.granted) this.#elections.voted(from, { term, candidate: to }, log.hardState);
        return;
      case "appendEntries":
        this.#leads(from, term);
        this.#matching.follow(message.prevLogTerm, message.entries);
        this.#leaderIsComplete(term, message.entries);
        return;
      case "appendEntriesReply":
        if (message.accepted) log.acknowledges({ term, matchIndex: message.matchIndex });
        return;
      case "installSnapshotReply":
        assert(
          !message.installed || message.lastIncludedIndex <= log.lastIndex,
          `${from} acknowledges a snapshot at ${message.lastIncludedIndex} and has ${log.lastIndex} on disk`,
        );
        return;
      case "heartbeat":
      case "installSnapshot":
        this.#leads(from, term);
        return;
      default:
        return;
    }
  }

  /** What a member says of itself after a step. */
  observe({ id, role, term, commitIndex, appliedIndex, lastIndex }: MemberStatus): void {
    const seen = this.#seenOf(id);
    assert(term >= seen.term, `${id} goes back from term ${seen.term} to ${term}`);
    assert(
      commitIndex >= seen.commitIndex,
      `${id} goes back from commit ${seen.commitIndex} to ${commitIndex}`,
    );
    assert(
      appliedIndex >= seen.appliedIndex,
      `${id} goes back from ${seen.appliedIndex} applied to ${appliedIndex}`,
    );
    assert(
      appliedIndex <= commitIndex && commitIndex <= lastIndex,
      `${id}: ${appliedIndex}, ${commitIndex}, ${lastIndex}`,
    );
    const acknowledged = this.#logOf(id).acknowledgedIn(term);
    assert(lastIndex >= acknowledged, `${id} ends at ${lastIndex}, and has acknowledged ${acknowledged}`);
    seen.term = term;
    seen.appliedIndex = appliedIndex;
    if (role === "leader") {
      this.#isBounded(id, { term, commitIndex });
      const { committedBefore } = this.#leads(id, term);
      assert(
        lastIndex >= committedBefore,
        `leader ${id} of term ${term} has ${lastIndex} entries of ${committedBefore} committed before`,
      );
    }
    for (let index = seen.commitIndex + 1; index <= commitIndex; index++) this.#commits(id, index);
    seen.commitIndex = commitIndex;
  }

  /** State machine safety (§5.4.3), and that a majority would still have the entry after a crash of all. */
  #commits(id: MemberId, index: number): void {
    if (index <= this.#committed.length) return;
    assert(index === this.#committed.length + 1, `${id} commits ${index} after ${this.#committed.length}`);
    const logs = [...this.#logs.values()];
    const entry = logs
      .map((log) => log.entryAt(index))
      .find(
        (candidate) =>
          candidate !== undefined &&
          logs.filter((log) => log.holds(index, candidate.term)).length >= majority(logs.length),
      );
    assert(
      entry !== undefined,
      `${id} calls ${index} committed, and no majority of disks holds the same entry there`,
    );
    this.#committed.push(entry);
    this.#events.committed(entry);
  }

  /** PITFALLS 15: of the commands that a leader has taken and that are not committed; a single one may be larger. */
  #isBounded(id: MemberId, { term, commitIndex }: Pick<MemberStatus, "term" | "commitIndex">): void {
    if (this.#uncommittedBytesMax === Number.POSITIVE_INFINITY) return;
    const log = this.#logOf(id);
    let commands = 0;
    let bytes = 0;
    for (let index = commitIndex + 1; index <= log.lastIndex; index++) {
      const entry = log.entryAt(index);
      if (entry?.kind !== "command" || entry.term !== term) continue;
      commands++;
      bytes += entryBytes(entry);
    }
    assert(
      commands <= 1 || bytes <= this.#uncommittedBytesMax,
      `${id} holds ${bytes} bytes of uncommitted commands`,
    );
  }

  #logIsCanonical(id: MemberId, range: { readonly from: number; readonly to: number }): void {
    for (let index = range.from; index <= range.to; index++) {
      const entry = this.#logOf(id).entryAt(index);
      if (entry !== undefined) this.#isCanonical(id, entry);
    }
  }

  #isCanonical(id: MemberId, entry: Entry): void {
    const canonical = this.#committed[entry.index - 1];
    assert(canonical !== undefined, `${id} holds ${entry.index} to be committed, and nobody committed it`);
    assert(
      contentOf(canonical) === contentOf(entry),
      `${id} holds ${entry.index}@${entry.term} to be committed, and ${canonical.term} is the committed term there`,
    );
  }

  /** Leader completeness (§5.4). */
  #leaderIsComplete(term: number, entries: readonly Entry[]): void {
    const leader = this.#elections.leaderOf(term);
    if (leader === undefined) return;
    for (const entry of entries) {
      if (entry.index > leader.committedBefore) return;
      this.#isCanonical(leader.id, entry);
    }
  }

  /** How much was committed in earlier terms: one who wakes up with the votes of an old term may lead it, late. */
  #committedBefore(term: number): number {
    let index = this.#committed.length;
    while (index > 0 && this.termAt(index) >= term) index--;
    return index;
  }

  /** How many of the entries on the disk of `id` may lie above `index` although others took their place. */
  astrayAbove(id: MemberId, index: number): number {
    const { highestIndex, replacedCount } = this.#logOf(id);
    return highestIndex > index ? replacedCount : 0;
  }

  #leads(id: MemberId, term: number): Leader {
    const known = this.#elections.leaderOf(term);
    const leader = known ?? { id, committedBefore: this.#committedBefore(term) };
    this.#elections.leads(term, id, leader);
    if (known === undefined) this.#events.elected(id);
    return leader;
  }

  #logOf(id: MemberId): DurableLog {
    const log = this.#logs.get(id);
    assert(log !== undefined, `${id} is a member`);
    return log;
  }

  #seenOf(id: MemberId): Seen {
    return this.#seen.get(id) ?? { ...NOTHING_SEEN };
  }
}

/** Whether somebody will count on it: then its term is durable. Refusals, heartbeat replies and pre-votes are no promises. */
function isPromise(message: Message): boolean {
  switch (message.type) {
    case "requestVote":
    case "appendEntries":
    case "heartbeat":
    case "installSnapshot":
      return true;
    case "requestVoteReply":
      return message.granted;
    case "appendEntriesReply":
      return message.accepted;
    case "installSnapshotReply":
      return message.installed;
    default:
      return false;
  }
}
