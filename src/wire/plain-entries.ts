/**
 * Entries of commands, in AppendEntries and in records of the log: what nearly all bytes between members and on disk are.
 * Written and read as plain-reader.ts and plain-writer.ts say.
 */
import type { Entry, HardState, MemberId } from "../raft/entry.js";
import type { AppendEntries } from "../raft/message.js";
import { FRAME_HEADER_BYTES } from "./frame.js";
import { fromOptionalMemberId } from "./message.js";
import { isSessionCommand } from "./plain-command.js";
import { PlainReader } from "./plain-reader.js";
import { lengthBytes, numberBytes, PlainWriter } from "./plain-writer.js";

// PeerMessage and AppendEntries (peer.proto).
const TERM = 0x08;
const APPEND_ENTRIES = 0x32;
const PREV_LOG_INDEX = 0x08;
const PREV_LOG_TERM = 0x10;
const LEADER_COMMIT = 0x18;
const ENTRIES = 0x22;
// LogRecord and HardState (disk.proto).
const HARD_STATE = 0x0a;
const CURRENT_TERM = 0x08;
const VOTED_FOR = 0x12;
const COMMIT_INDEX = 0x18;
const RECORD_ENTRIES = 0x1a;
// Entry (disk.proto).
const ENTRY_INDEX = 0x08;
const ENTRY_TERM = 0x10;
const ENTRY_COMMAND = 0x1a;

/** A whole frame. Null: an entry is of a kind that is not written here. */
export function writeAppendEntries(message: AppendEntries): Buffer | null {
  const { term, prevLogIndex, prevLogTerm, leaderCommit, entries } = message;
  const entriesLength = entriesBytes(entries);
  if (entriesLength < 0) return null;
  const length =
    numberBytes(prevLogIndex) + numberBytes(prevLogTerm) + numberBytes(leaderCommit) + entriesLength;
  const bodyBytes = numberBytes(term) + lengthBytes(length);
  const writer = new PlainWriter(Buffer.allocUnsafe(FRAME_HEADER_BYTES + bodyBytes));
  writer.frameHeader(bodyBytes);
  writer.number(TERM, term);
  writer.begin(APPEND_ENTRIES, length);
  writer.number(PREV_LOG_INDEX, prevLogIndex);
  writer.number(PREV_LOG_TERM, prevLogTerm);
  writer.number(LEADER_COMMIT, leaderCommit);
  writeEntries(writer, ENTRIES, entries);
  return writer.memory;
}

/** What most records of the log hold. */
export interface PlainRecord {
  readonly hardState: HardState | null;
  readonly entries: readonly Entry[];
}

/** The body of a record of the log. Null: an entry is of a kind that is not written here. */
export function writeLogRecord({ hardState, entries }: PlainRecord): Buffer | null {
  const entriesLength = entriesBytes(entries);
  if (entriesLength < 0) return null;
  const { currentTerm = 0, votedFor = null, commitIndex = 0 } = hardState ?? {};
  const votedForBytes = votedFor === null ? 0 : lengthBytes(votedFor.length);
  const length = numberBytes(currentTerm) + votedForBytes + numberBytes(commitIndex);
  const hardStateBytes = hardState === null ? 0 : lengthBytes(length);
  const writer = new PlainWriter(Buffer.allocUnsafe(hardStateBytes + entriesLength));
  if (hardState !== null) {
    writer.begin(HARD_STATE, length);
    writer.number(CURRENT_TERM, currentTerm);
    if (votedFor !== null) writer.byteString(VOTED_FOR, votedFor);
    writer.number(COMMIT_INDEX, commitIndex);
  }
  writeEntries(writer, RECORD_ENTRIES, entries);
  return writer.memory;
}

/**
 * The AppendEntries in `body`, which the data of its entries alias. Null: it is of another kind or form, or none at all, or it holds
 * what must not get into a log.
 */
export function readAppendEntries(
  body: Buffer,
  ends: { readonly from: MemberId; readonly to: MemberId },
): AppendEntries | null {
  const reader = new PlainReader(body, 0, body.length);
  const term = reader.number(TERM);
  if (!reader.has(APPEND_ENTRIES)) return null;
  const outer = reader.enter();
  const prevLogIndex = reader.number(PREV_LOG_INDEX);
  const prevLogTerm = reader.number(PREV_LOG_TERM);
  const leaderCommit = reader.number(LEADER_COMMIT);
  const entries: Entry[] = [];
  while (reader.has(ENTRIES)) {
    const entry = readEntry(body, reader);
    if (entry.index !== prevLogIndex + 1 + entries.length || !isOfSession(entry)) return null;
    entries.push(entry);
  }
  reader.leave(outer);
  if (!reader.isPlain) return null;
  const { from, to } = ends;
  return { type: "appendEntries", from, to, term, prevLogIndex, prevLogTerm, leaderCommit, entries };
}

/**
 * The record of the log in `body`, which the data of its entries alias. Null: it holds other things, or is of another form.
 * @throws WireError when it names no member.
 */
export function readLogRecord(body: Buffer): PlainRecord | null {
  const reader = new PlainReader(body, 0, body.length);
  let hardState: HardState | null = null;
  if (reader.has(HARD_STATE)) {
    const outer = reader.enter();
    const currentTerm = reader.number(CURRENT_TERM);
    const isNamed = reader.bytes(VOTED_FOR);
    const name = isNamed ? body.toString("latin1", reader.start, reader.at) : "";
    const votedFor = fromOptionalMemberId(name, "voted_for");
    const commitIndex = reader.number(COMMIT_INDEX);
    reader.leave(outer);
    hardState = { currentTerm, votedFor: votedFor === "" ? null : votedFor, commitIndex };
  }
  const entries: Entry[] = [];
  while (reader.has(RECORD_ENTRIES)) {
    const entry = readEntry(body, reader);
    const previous = entries.at(-1);
    if (entry.index === 0 || (previous !== undefined && entry.index !== previous.index + 1)) return null;
    entries.push(entry);
  }
  return reader.isPlain ? { hardState, entries } : null;
}

function isOfSession(entry: Entry): boolean {
  return entry.kind === "command" && isSessionCommand(entry.data, 0, entry.data.length);
}

/** A command or a no-op: there is no other entry of this form. */
function readEntry(memory: Buffer, reader: PlainReader): Entry {
  const outer = reader.enter();
  const index = reader.number(ENTRY_INDEX);
  const term = reader.number(ENTRY_TERM);
  const isCommand = reader.bytes(ENTRY_COMMAND);
  const { start, at: end } = reader;
  reader.leave(outer);
  if (!isCommand) return { kind: "noop", index, term };
  return { kind: "command", index, term, data: memory.subarray(start, end) };
}

/** With their tags and lengths; −1 where one of them is not written here. */
function entriesBytes(entries: readonly Entry[]): number {
  let bytes = 0;
  for (const entry of entries) {
    const length = entryBytes(entry);
    if (length < 0) return -1;
    bytes += lengthBytes(length);
  }
  return bytes;
}

function entryBytes(entry: Entry): number {
  if (entry.kind === "configuration") return -1;
  const payload = entry.kind === "command" ? lengthBytes(entry.data.length) : 0;
  return numberBytes(entry.index) + numberBytes(entry.term) + payload;
}

function writeEntries(writer: PlainWriter, tag: number, entries: readonly Entry[]): void {
  for (const entry of entries) {
    writer.begin(tag, entryBytes(entry));
    writer.number(ENTRY_INDEX, entry.index);
    writer.number(ENTRY_TERM, entry.term);
    if (entry.kind === "command") writer.bytes(ENTRY_COMMAND, entry.data);
  }
}
