/** Random values of every type that travels or is stored, for property tests. */
import fc from "fast-check";
import { HISTOGRAM_BUCKETS } from "../../src/base/histogram.js";
import type { Command, CommandResult, CommandStatus, Operation } from "../../src/kv/command.js";
import type { KeyExplanation, Moment } from "../../src/kv/explanation.js";
import { type KeyMetadata, UNKNOWN_METADATA } from "../../src/kv/key-metadata.js";
import type { SessionRecord } from "../../src/kv/sessions.js";
import type { Configuration, Entry, HardState, SnapshotMetadata } from "../../src/raft/entry.js";
import type { AppendEntries, Message } from "../../src/raft/message.js";
import { utf8ToByteString } from "../../src/wire/bytes.js";
import type {
  ClientReply,
  ClientRequest,
  Consistency,
  ErrorCode,
  Role,
} from "../../src/wire/client-message.js";
import { encodeCommand } from "../../src/wire/command-codec.js";
import type { LogRecord, MemberFile } from "../../src/wire/disk-codec.js";
import type { Hello } from "../../src/wire/hello.js";
import type { MemberStats } from "../../src/wire/member-stats.js";
import type { Ping } from "../../src/wire/peer-codec.js";
import type { SnapshotBlock } from "../../src/wire/snapshot-block-codec.js";

/** Small ones, those around every length of a varint, and the greatest that is safe. */
export const uint64: fc.Arbitrary<number> = fc.oneof(
  fc.nat(),
  fc.maxSafeNat(),
  fc.constantFrom(0, 1, 127, 128, 16383, 16384, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER),
);
const positive = uint64.map((value) => Math.max(1, value));

export const bytes = fc.uint8Array({ maxLength: 300 });
export const byteString: fc.Arbitrary<string> = fc.oneof(
  bytes.map((value) => Buffer.from(value).toString("latin1")),
  fc.string().map(utf8ToByteString),
  fc.constantFrom("", "__proto__", "\0", "\xff\xff", "constructor"),
);
const clientId = fc
  .uint8Array({ minLength: 8, maxLength: 8 })
  .map((id) => Buffer.from(id).toString("latin1"));
const clusterId = fc.uint8Array({ minLength: 8, maxLength: 8 });

export const memberId: fc.Arbitrary<string> = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,31}$/);
const optionalMemberId = fc.oneof(fc.constant(""), memberId);
const text = fc.string({ unit: "grapheme", maxLength: 40 });

export const configuration: fc.Arbitrary<Configuration> = fc
  .uniqueArray(fc.record({ id: memberId, peerAddress: text }), { selector: ({ id }) => id, maxLength: 5 })
  .map((voters) => ({ voters: voters.sort((a, b) => (a.id < b.id ? -1 : 1)) }));

const status = fc.constantFrom<CommandStatus>(
  "done",
  "absent",
  "value-too-large",
  "session-expired",
  "stale-sequence",
  "session-full",
);
const result: fc.Arbitrary<CommandResult> = fc.record({ status, index: uint64 });

const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ kind: fc.constant("put" as const), key: byteString, value: byteString }),
  fc.record({ kind: fc.constant("append" as const), key: byteString, value: byteString }),
  fc.record({ kind: fc.constant("delete" as const), key: byteString }),
);

export const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    kind: fc.constant("session" as const),
    clientId,
    session: uint64,
    sequence: positive,
    acknowledgedBelow: uint64,
    operation,
  }),
  fc.record({ kind: fc.constant("open" as const), clientId }),
  fc.record({ kind: fc.constant("close" as const), clientId, session: uint64 }),
  fc.record({ kind: fc.constant("clock" as const), timeMs: uint64 }),
);

const consistency = fc.constantFrom<Consistency>("linearizable", "stale", "unknown");
const behindMs = fc.oneof(fc.constant(null), uint64);

const uint32 = uint64.map((value) => value % 2 ** 32);

const moment: fc.Arbitrary<Moment> = fc.record({ index: positive, term: uint64, seconds: uint32 });
const appends = fc.oneof(fc.constant(null), uint32);

const explanation: fc.Arbitrary<KeyExplanation> = fc.oneof(
  fc.record({
    sizeBytes: uint32,
    created: fc.oneof(fc.constant(null), moment),
    changed: moment,
    clientId,
    sequence: uint64,
    appends,
  }),
  uint32.map((sizeBytes) => ({
    sizeBytes,
    created: null,
    changed: null,
    clientId: "",
    sequence: 0,
    appends: null,
  })),
);

export const clientRequest: fc.Arbitrary<ClientRequest> = fc.oneof(
  fc
    .record({ kind: fc.constant("command" as const), requestId: positive, command })
    .map((request) => ({ ...request, bytes: encodeCommand(request.command) })),
  fc.record({ kind: fc.constant("get" as const), requestId: positive, key: byteString, consistency }),
  fc.record({
    kind: fc.constant("scan" as const),
    requestId: positive,
    from: byteString,
    to: byteString,
    prefix: byteString,
    limit: fc.nat({ max: 0xffffffff }),
    keysOnly: fc.boolean(),
    consistency,
  }),
  fc.record({ kind: fc.constant("explain" as const), requestId: positive, key: byteString }),
  fc.record({ kind: fc.constant("status" as const), requestId: positive }),
  fc.record({ kind: fc.constant("stats" as const), requestId: positive }),
  fc.record({ kind: fc.constant("transfer" as const), requestId: positive, to: optionalMemberId }),
);

const memberStatus = fc.record({
  id: memberId,
  role: fc.constantFrom<Role>("leader", "follower", "candidate", "pre-candidate"),
  term: uint64,
  leader: optionalMemberId,
  lastIndex: uint64,
  commitIndex: uint64,
  appliedIndex: uint64,
  snapshotIndex: uint64,
  logBytes: uint64,
  members: fc.array(fc.record({ id: memberId, client: text, peer: text }), { maxLength: 5 }),
  clusterId,
  version: text,
});

const histogram = fc
  .record({
    count: uint64,
    sum: uint64,
    max: uint64,
    buckets: fc.array(uint64, { maxLength: HISTOGRAM_BUCKETS }),
  })
  // Trailing zeros do not travel.
  .map((counts) => ({ ...counts, buckets: [...counts.buckets, 1].slice(-HISTOGRAM_BUCKETS) }));
const unlessUnknown = fc.oneof(fc.constant(null), uint64);

const memberStats: fc.Arbitrary<MemberStats> = fc.record({
  status: memberStatus,
  uptimeMs: uint64,
  termAgeMs: uint64,
  wallClockMs: uint64,
  heartbeatMs: uint64,
  electionTimeoutMs: uint64,
  openFilesMax: uint64,
  keys: uint64,
  sessions: uint64,
  snapshotBytes: uint64,
  waitingWrites: uint64,
  waitingReads: uint64,
  counts: fc.record({
    proposals: uint64,
    reads: uint64,
    staleReads: uint64,
    leaderChanges: uint64,
    snapshotsTaken: uint64,
    snapshotsInstalled: uint64,
    electionsStood: uint64,
    electionsWon: uint64,
    refusals: fc.record({
      "not-leader": uint64,
      overloaded: uint64,
      "outcome-unknown": uint64,
      invalid: uint64,
      "too-large": uint64,
      unavailable: uint64,
    }),
  }),
  latencies: fc.record({ commit: histogram, apply: histogram, logWrite: histogram, loopDelay: histogram }),
  peers: fc.array(
    fc.record({
      id: memberId,
      isConnected: fc.boolean(),
      heardMs: unlessUnknown,
      roundTripUs: unlessUnknown,
      progress: fc.oneof(
        fc.constant(null),
        fc.record({
          state: fc.constantFrom("probe", "replicate", "snapshot"),
          matchIndex: uint64,
          nextIndex: uint64,
          snapshotIndex: uint64,
          snapshotSentBytes: uint64,
          snapshotBytes: uint64,
        }),
      ),
    }),
    { maxLength: 5 },
  ),
  elections: fc.array(
    fc.record({
      term: uint64,
      reason: fc.constantFrom("timeout", "leader-lost", "transfer", "quorum-lost"),
      outcome: fc.constantFrom("asking", "standing", "won", "lost", "stepped-down"),
      attempts: uint64,
      ageMs: uint64,
    }),
    { maxLength: 5 },
  ),
});

export const clientReply: fc.Arbitrary<ClientReply> = fc.oneof(
  fc.record({ kind: fc.constant("result" as const), requestId: uint64, result }),
  fc.record({
    kind: fc.constant("get" as const),
    requestId: uint64,
    value: fc.oneof(fc.constant(null), byteString),
    index: uint64,
    behindMs,
  }),
  fc.record({
    kind: fc.constant("scan" as const),
    requestId: uint64,
    pairs: fc.array(fc.record({ key: byteString, value: byteString }), { maxLength: 5 }),
    nextKey: byteString,
    index: uint64,
    behindMs,
  }),
  fc.record({
    kind: fc.constant("explain" as const),
    requestId: uint64,
    explanation: fc.oneof(fc.constant(null), explanation),
    index: uint64,
  }),
  fc.record({ kind: fc.constant("status" as const), requestId: uint64, status: memberStatus }),
  fc.record({ kind: fc.constant("stats" as const), requestId: uint64, stats: memberStats }),
  fc.record({ kind: fc.constant("transfer" as const), requestId: uint64 }),
  fc.record({
    kind: fc.constant("error" as const),
    requestId: uint64,
    code: fc.constantFrom<ErrorCode>(
      "not-leader",
      "overloaded",
      "outcome-unknown",
      "invalid",
      "too-large",
      "unavailable",
    ),
    message: text,
    leaderId: optionalMemberId,
    leaderAddress: text,
  }),
);

type Payload =
  | { kind: "command"; data: Uint8Array }
  | { kind: "noop" }
  | { kind: "configuration"; configuration: Configuration };

const payload: fc.Arbitrary<Payload> = fc.oneof(
  fc.record({ kind: fc.constant("command" as const), data: command.map(encodeCommand) }),
  fc.record({ kind: fc.constant("noop" as const) }),
  fc.record({ kind: fc.constant("configuration" as const), configuration }),
);

/** Entries that follow `prevLogIndex`. */
const entriesAfter = (prevLogIndex: number): fc.Arbitrary<Entry[]> =>
  fc
    .array(fc.record({ term: uint64, payload }), { maxLength: 6 })
    .map((items) =>
      items.map(({ term, payload }, at) => ({ ...payload, term, index: prevLogIndex + 1 + at })),
    );

const logIndex = fc.maxSafeNat().map((index) => Math.max(0, index - 10));

export const ends = { from: "n1", to: "n2" };
const addressed = { from: fc.constant("n1"), to: fc.constant("n2"), term: uint64 };
const lastEntry = { lastLogIndex: uint64, lastLogTerm: uint64 };
export const ping: fc.Arbitrary<Ping> = fc.record({ type: fc.constantFrom("ping", "pong"), sentUs: uint64 });

const metadata = { lastIncludedIndex: uint64, lastIncludedTerm: uint64, configuration };

export const appendEntries: fc.Arbitrary<AppendEntries> = logIndex.chain((prevLogIndex) =>
  fc.record({
    type: fc.constant("appendEntries" as const),
    ...addressed,
    prevLogIndex: fc.constant(prevLogIndex),
    prevLogTerm: uint64,
    leaderCommit: uint64,
    entries: entriesAfter(prevLogIndex),
  }),
);

export const peerMessage: fc.Arbitrary<Message> = fc.oneof(
  fc.record({ type: fc.constant("preVote" as const), ...addressed, ...lastEntry }),
  fc.record({ type: fc.constant("preVoteReply" as const), ...addressed, granted: fc.boolean() }),
  fc.record({
    type: fc.constant("requestVote" as const),
    ...addressed,
    ...lastEntry,
    leadershipTransfer: fc.boolean(),
  }),
  fc.record({ type: fc.constant("requestVoteReply" as const), ...addressed, granted: fc.boolean() }),
  appendEntries,
  fc.record({
    type: fc.constant("appendEntriesReply" as const),
    ...addressed,
    accepted: fc.boolean(),
    matchIndex: uint64,
    prevLogIndex: uint64,
    conflictTerm: uint64,
    conflictIndex: uint64,
  }),
  fc.record({
    type: fc.constant("heartbeat" as const),
    ...addressed,
    leaderCommit: uint64,
    readSequence: uint64,
    completeIndex: uint64,
  }),
  fc.record({ type: fc.constant("heartbeatReply" as const), ...addressed, readSequence: uint64 }),
  fc.record({
    type: fc.constant("installSnapshot" as const),
    ...addressed,
    ...metadata,
    offset: uint64,
    data: bytes,
    done: fc.boolean(),
  }),
  fc.record({
    type: fc.constant("installSnapshotReply" as const),
    ...addressed,
    lastIncludedIndex: uint64,
    offset: uint64,
    installed: fc.boolean(),
  }),
  fc.record({ type: fc.constant("timeoutNow" as const), ...addressed }),
  fc.record({ type: fc.constant("readIndex" as const), ...addressed, context: uint64 }),
  fc.record({ type: fc.constant("readIndexReply" as const), ...addressed, context: uint64, index: uint64 }),
);

const hardState: fc.Arbitrary<HardState> = fc.record({
  currentTerm: uint64,
  votedFor: fc.oneof(fc.constant(null), memberId),
  commitIndex: uint64,
});

export const snapshotMetadata: fc.Arbitrary<SnapshotMetadata> = fc.record(metadata);

export const logRecord: fc.Arbitrary<LogRecord> = fc.record({
  hardState: fc.oneof(fc.constant(null), hardState),
  snapshot: fc.oneof(fc.constant(null), snapshotMetadata),
  entries: logIndex.chain(entriesAfter),
});

export const memberFile: fc.Arbitrary<MemberFile> = fc.record({ clusterId, memberId, configuration });

const sessionRecord: fc.Arbitrary<SessionRecord> = fc.record({
  clientId,
  session: uint64,
  activeMs: uint64,
  activeOrder: uint64,
  acknowledgedBelow: uint64,
  results: fc.array(fc.record({ sequence: positive, status, index: uint64 }), { maxLength: 4 }),
});

const keyMetadata: fc.Arbitrary<KeyMetadata> = fc.oneof(
  fc.constant(UNKNOWN_METADATA),
  fc.record({
    createdIndex: uint64,
    createdSeconds: uint32,
    changedIndex: positive,
    changedSeconds: uint32,
    clientId,
    sequence: uint64,
    appends,
  }),
);
const termStart = fc.record({ index: positive, term: positive });

export const snapshotBlock: fc.Arbitrary<SnapshotBlock> = fc.record({
  header: fc.oneof(
    fc.constant(null),
    fc.record({ clockMs: uint64, termStarts: fc.array(termStart, { maxLength: 3 }) }),
  ),
  pairs: fc.array(fc.record({ key: byteString, value: byteString, metadata: keyMetadata }), { maxLength: 5 }),
  sessions: fc.array(sessionRecord, { maxLength: 4 }),
});

export const hello: fc.Arbitrary<Hello> = fc.oneof(
  fc.record({
    protocolVersion: fc.nat({ max: 0xffffffff }),
    role: fc.constantFrom("server" as const, "peer" as const),
    clusterId,
    memberId,
    clientAddress: text,
    targetMemberId: optionalMemberId,
    version: text,
  }),
  fc.record({
    protocolVersion: fc.nat({ max: 0xffffffff }),
    role: fc.constant("client" as const),
    clusterId: fc.oneof(fc.constant(new Uint8Array(0)), clusterId),
    memberId: fc.constant(""),
    clientAddress: fc.constant(""),
    targetMemberId: optionalMemberId,
    version: text,
  }),
);
