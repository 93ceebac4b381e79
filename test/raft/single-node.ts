/**
 * One RawNode by itself, with its peers played by the test: makers of nodes, logs and messages, and an
 * owner that writes at once.
 */
import { assert } from "../../src/base/assert.js";
import { seededRandom } from "../../src/base/random.js";
import type { Entry, HardState, MemberId, SnapshotMetadata } from "../../src/raft/entry.js";
import type { RaftLimits } from "../../src/raft/limits.js";
import type { Message, MessageType } from "../../src/raft/message.js";
import { RawNode } from "../../src/raft/raw-node.js";
import type { ChunkRequest, ConfirmedRead, Persist, Ready } from "../../src/raft/ready.js";
import { bytesOf, configurationOf } from "./cluster.js";

export const ELECTION_TIMEOUT_TICKS = 10;

export interface NodeOptions {
  readonly id?: MemberId;
  readonly ids?: readonly MemberId[];
  readonly hardState?: Partial<HardState>;
  readonly snapshot?: SnapshotMetadata;
  readonly entries?: readonly Entry[];
  readonly limits?: Partial<RaftLimits>;
  readonly seed?: number;
}

/** Member a of a, b and c, unless told otherwise. */
export function makeNode(options: NodeOptions = {}): RawNode {
  const { id = "a", ids = ["a", "b", "c"], entries = [], limits = {}, seed = 1 } = options;
  const snapshot = options.snapshot ?? snapshotAt(0, 0, ids);
  const term = Math.max(entries.at(-1)?.term ?? 0, snapshot.lastIncludedTerm);
  return new RawNode({
    id,
    electionTimeoutTicks: ELECTION_TIMEOUT_TICKS,
    heartbeatTicks: 2,
    random: seededRandom(seed),
    restored: {
      hardState: { currentTerm: term, votedFor: null, commitIndex: 0, ...options.hardState },
      snapshot,
      entries,
    },
    limits,
  });
}

export function snapshotAt(
  index: number,
  term: number,
  ids: readonly MemberId[] = ["a", "b", "c"],
): SnapshotMetadata {
  return { lastIncludedIndex: index, lastIncludedTerm: term, configuration: configurationOf(ids) };
}

/** Commands with these terms, the first of them at `first`. */
export function logOf(terms: readonly number[], first = 1): Entry[] {
  return terms.map((term, at) => ({
    kind: "command",
    index: first + at,
    term,
    data: bytesOf(`${first + at}@${term}`),
  }));
}

type MessageOf<T extends MessageType> = Extract<Message, { readonly type: T }>;
type Fields<T extends MessageType> = Partial<Omit<MessageOf<T>, "type">>;

const ADDRESS = { from: "b", to: "a", term: 1 };

/** One message of each type, from b to a in term 1, and blank besides. */
const BLANK: { readonly [T in MessageType]: MessageOf<T> } = {
  preVote: { ...ADDRESS, type: "preVote", lastLogIndex: 0, lastLogTerm: 0 },
  preVoteReply: { ...ADDRESS, type: "preVoteReply", granted: true },
  requestVote: {
    ...ADDRESS,
    type: "requestVote",
    lastLogIndex: 0,
    lastLogTerm: 0,
    leadershipTransfer: false,
  },
  requestVoteReply: { ...ADDRESS, type: "requestVoteReply", granted: true },
  appendEntries: {
    ...ADDRESS,
    type: "appendEntries",
    prevLogIndex: 0,
    prevLogTerm: 0,
    leaderCommit: 0,
    entries: [],
  },
  appendEntriesReply: {
    ...ADDRESS,
    type: "appendEntriesReply",
    accepted: true,
    matchIndex: 0,
    prevLogIndex: 0,
    conflictTerm: 0,
    conflictIndex: 0,
  },
  heartbeat: { ...ADDRESS, type: "heartbeat", leaderCommit: 0, readSequence: 0, completeIndex: 0 },
  heartbeatReply: { ...ADDRESS, type: "heartbeatReply", readSequence: 0 },
  installSnapshot: {
    ...ADDRESS,
    type: "installSnapshot",
    lastIncludedIndex: 1,
    lastIncludedTerm: 1,
    configuration: configurationOf(["a", "b", "c"]),
    offset: 0,
    data: bytesOf("snapshot"),
    done: true,
  },
  installSnapshotReply: {
    ...ADDRESS,
    type: "installSnapshotReply",
    lastIncludedIndex: 1,
    offset: 0,
    installed: false,
  },
  timeoutNow: { ...ADDRESS, type: "timeoutNow" },
  readIndex: { ...ADDRESS, type: "readIndex", context: 1 },
  readIndexReply: { ...ADDRESS, type: "readIndexReply", context: 1, index: 1 },
};

/** As in {@link BLANK}, unless told otherwise. */
export function makeMessage<T extends MessageType>(type: T, fields: Fields<T> = {}): MessageOf<T> {
  return { ...BLANK[type], ...fields };
}

/** All that a node has asked for while it was made to settle. */
export class Outcome {
  readonly messages: Message[] = [];
  readonly persists: Persist[] = [];
  readonly committed: Entry[] = [];
  readonly reads: ConfirmedRead[] = [];
  readonly failedReads: number[] = [];
  readonly chunkRequests: ChunkRequest[] = [];

  add(ready: Ready): void {
    this.messages.push(...ready.messages);
    if (ready.persist !== null) this.persists.push(ready.persist);
    this.committed.push(...ready.committed);
    this.reads.push(...ready.reads);
    this.failedReads.push(...ready.failedReads);
    this.chunkRequests.push(...ready.chunkRequests);
  }

  sent<T extends MessageType>(type: T): MessageOf<T>[] {
    return this.messages.filter((message): message is MessageOf<T> => message.type === type);
  }

  /** The only message of that type. */
  only<T extends MessageType>(type: T): MessageOf<T> {
    const [first, ...others] = this.sent(type);
    assert(first !== undefined && others.length === 0, `${others.length + (first ? 1 : 0)} messages ${type}`);
    return first;
  }
}

/** Takes Readies, writing at once, until there is nothing left to do. */
export function settle(node: RawNode): Outcome {
  const outcome = new Outcome();
  while (node.hasReady()) {
    const ready = node.ready();
    outcome.add(ready);
    if (ready.persist === null) continue;
    outcome.messages.push(...ready.persist.messages);
    node.advance();
  }
  return outcome;
}

export function stepAndSettle(node: RawNode, ...messages: readonly Message[]): Outcome {
  for (const message of messages) node.step(message);
  return settle(node);
}

export function tickUntil(node: RawNode, isReached: () => boolean): number {
  for (let ticks = 0; ticks <= 4 * ELECTION_TIMEOUT_TICKS; ticks++) {
    if (isReached()) return ticks;
    node.tick();
  }
  throw new Error("time does not bring it about");
}

/** Has it elected by everybody. Answers what it sent as the new leader. */
export function elect(node: RawNode): Outcome {
  tickUntil(node, () => node.role === "pre-candidate" || node.role === "candidate");
  settle(node);
  const peers = node.configuration.voters.map((voter) => voter.id).filter((id) => id !== node.id);
  const term = node.currentTerm + 1;
  for (const from of peers) node.step(makeMessage("preVoteReply", { from, to: node.id, term }));
  settle(node);
  for (const from of peers) node.step(makeMessage("requestVoteReply", { from, to: node.id, term }));
  assert(node.role === "leader", `${node.id} was not elected`);
  return settle(node);
}

/** As {@link elect}, and its whole log is acknowledged by everybody and committed. */
export function electAndCommit(node: RawNode): void {
  elect(node);
  for (const { id } of node.configuration.voters) if (id !== node.id) acknowledge(node, id);
  settle(node);
}

/** Follower `from` acknowledges everything up to `matchIndex`: the whole log, unless told otherwise. */
export function acknowledge(node: RawNode, from: MemberId, matchIndex = node.lastIndex): void {
  node.step(makeMessage("appendEntriesReply", { from, to: node.id, term: node.currentTerm, matchIndex }));
}

export function proposeText(node: RawNode, text: string): void {
  const result = node.propose(bytesOf(text));
  assert(result.kind === "proposed", `the proposal is ${result.kind}`);
}
