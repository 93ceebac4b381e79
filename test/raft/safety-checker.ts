/**
 * Holds every member of a cluster against figure 3's five properties, against what has to be
 * durable before a message leaves, and against linearizability of reads, after every single step.
 * Keeps one canonical log of everything that anybody ever called committed.
 */
import { assert } from "../../src/base/assert.js";
import type { Entry, MemberId } from "../../src/raft/entry.js";
import type { Message } from "../../src/raft/message.js";
import { quorumSize } from "../../src/raft/quorum.js";
import type { ConfirmedRead, Persist } from "../../src/raft/ready.js";
import type { Disk } from "./disk.js";
import { describeEntry } from "./format.js";

export class SafetyChecker {
  readonly #disks: () => readonly Disk[];
  /** By term. */
  readonly #leaders = new Map<number, MemberId>();
  /** By term and voter. */
  readonly #votes = new Map<string, MemberId>();
  /** By position: the entry and the term before it. */
  readonly #entries = new Map<string, string>();
  /** What is committed, from index 1. */
  readonly #committed: Entry[] = [];
  /** Hashes of the committed log up to each index. */
  readonly #hashes: number[] = [0];
  readonly #reads = new Map<string, number>();
  #answeredReads = 0;

  constructor(disks: () => readonly Disk[]) {
    this.#disks = disks;
  }

  get committedIndex(): number {
    return this.#committed.length;
  }

  get answeredReads(): number {
    return this.#answeredReads;
  }

  /** Of everything committed up to `index`: what a state machine that applied it looks like. */
  hashAt(index: number): number {
    const hash = this.#hashes[index];
    assert(hash !== undefined, `nothing is committed at ${index}`);
    return hash;
  }

  /** Of the committed entry at `index`. */
  termAt(index: number): number {
    return this.#committed[index - 1]?.term ?? 0;
  }

  /** Leader completeness (§5.4): `holds` says whether the new leader's log has an entry. */
  electedLeader(id: MemberId, term: number, holds: (index: number, term: number) => boolean): void {
    this.#leads(id, term);
    for (const { index, term: entryTerm } of this.#committed) {
      assert(
        holds(index, entryTerm),
        `leader ${id} of term ${term} lacks committed entry ${index}@${entryTerm}`,
      );
    }
  }

  /** Log matching (§5.3): a position determines its entry, and everything before it. */
  entriesFollow(prevLogTerm: number, entries: readonly Entry[]): void {
    let previous = prevLogTerm;
    for (const entry of entries) {
      const key = `${entry.index}@${entry.term}`;
      const content = `${describeEntry(entry)} after term ${previous}`;
      const known = this.#entries.get(key);
      assert(known === undefined || known === content, `two entries at ${key}: ${known}, ${content}`);
      if (known === undefined) this.#entries.set(key, content);
      previous = entry.term;
    }
  }

  /** State machine safety (§5.4.3), and that a majority would still have the entry after a crash of all. */
  committed(id: MemberId, entries: readonly Entry[], lastApplied: number): void {
    let expected = lastApplied + 1;
    for (const entry of entries) {
      assert(entry.index === expected, `${id} applies ${entry.index} instead of ${expected}`);
      expected++;
      const known = this.#committed[entry.index - 1];
      if (known !== undefined) {
        assert(
          describeEntry(known) === describeEntry(entry),
          `${id} applies another entry at ${entry.index}`,
        );
        continue;
      }
      assert(entry.index === this.#committed.length + 1, `entry ${entry.index} is committed out of order`);
      const disks = this.#disks();
      const durable = disks.filter((disk) => disk.holds(entry.index, entry.term)).length;
      assert(durable >= quorumSize(disks.length), `entry ${entry.index} is committed on ${durable} disks`);
      this.#committed.push(entry);
      this.#hashes.push(hash(this.hashAt(entry.index - 1), describeEntry(entry)));
    }
  }

  /** A message leaves while its sender's disk is `disk`. */
  sent(message: Message, disk: Disk): void {
    const { from, to, term } = message;
    const { hardState } = disk;
    switch (message.type) {
      case "requestVote":
        this.#voted(from, term, from);
        assert(isVoteDurable(hardState, term, from), `${from} stands in term ${term} before that is durable`);
        return;
      case "requestVoteReply":
        if (!message.granted) return;
        this.#voted(from, term, to);
        assert(isVoteDurable(hardState, term, to), `${from} votes in term ${term} before that is durable`);
        return;
      case "appendEntries":
        this.#leads(from, term);
        this.entriesFollow(message.prevLogTerm, message.entries);
        return;
      case "appendEntriesReply":
        assert(
          !message.accepted || message.matchIndex <= disk.lastIndex,
          `${from} acknowledges before the disk does`,
        );
        return;
      case "installSnapshotReply":
        assert(
          !message.installed || message.lastIncludedIndex <= disk.lastIndex,
          `${from} lies about a snapshot`,
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

  persisting(before: Entry | undefined, record: Persist): void {
    const first = record.entries[0];
    if (first !== undefined && before?.index === first.index - 1)
      this.entriesFollow(before.term, record.entries);
  }

  askedRead(id: MemberId, context: number): void {
    this.#reads.set(`${id}/${context}`, this.#committed.length);
  }

  /** Linearizability: the read sees whatever was committed when it was asked (§8). */
  confirmedRead(id: MemberId, read: ConfirmedRead): void {
    const asked = this.failedRead(id, read.context);
    assert(read.index >= asked, `${id} reads at ${read.index}, but ${asked} was committed before`);
    this.#answeredReads++;
  }

  failedRead(id: MemberId, context: number): number {
    const asked = this.#reads.get(`${id}/${context}`);
    assert(asked !== undefined, `${id} answers read ${context} that nobody waits for`);
    this.#reads.delete(`${id}/${context}`);
    return asked;
  }

  /** The member went down, and with it those who waited there. */
  forgetReads(id: MemberId): void {
    for (const key of this.#reads.keys()) if (key.startsWith(`${id}/`)) this.#reads.delete(key);
  }

  get openReads(): number {
    return this.#reads.size;
  }

  /** Election safety (§5.2). */
  #leads(id: MemberId, term: number): void {
    const known = this.#leaders.get(term);
    assert(known === undefined || known === id, `${known} and ${id} both lead term ${term}`);
    this.#leaders.set(term, id);
  }

  #voted(voter: MemberId, term: number, candidate: MemberId): void {
    const key = `${term}/${voter}`;
    const known = this.#votes.get(key);
    assert(known === undefined || known === candidate, `${voter} votes twice in term ${term}`);
    this.#votes.set(key, candidate);
  }
}

function isVoteDurable(state: Disk["hardState"], term: number, candidate: MemberId): boolean {
  return state.currentTerm > term || (state.currentTerm === term && state.votedFor === candidate);
}

function hash(seed: number, text: string): number {
  let value = seed;
  for (let at = 0; at < text.length; at++) value = (Math.imul(value, 31) + text.charCodeAt(at)) | 0;
  return value;
}
