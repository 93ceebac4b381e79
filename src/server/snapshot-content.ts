/**
 * The state machine as the blocks of a snapshot, written and loaded in slices: no slice holds the event
 * loop for longer than it takes to encode or decode one block (PITFALLS 25).
 */
import { assert } from "../base/assert.js";
import type { KeptPair, KeyMetadata } from "../kv/key-metadata.js";
import type { SessionRecord } from "../kv/sessions.js";
import type { StateHeader, StateMachine, StateReader } from "../kv/state-machine.js";
import type { SnapshotMetadata } from "../raft/entry.js";
import { WireError } from "../wire/errors.js";
import { decodeSnapshotBlock, encodeSnapshotBlock } from "../wire/snapshot-block-codec.js";
import type { SnapshotWriter } from "./ports.js";

/** A block is closed when its keys and values exceed this: about a millisecond of encoding. */
const BLOCK_BYTES = 128 * 1024;
/** What a pair or a session is counted for beside its keys and values. */
const ITEM_BYTES = 64;

/**
 * The blocks of `state` in order: the header, then pairs in byte order of keys, then sessions. Nothing may be
 * applied to `state` meanwhile, which a view ensures; only as much is encoded as the caller asks for.
 */
export function* snapshotBlocks(state: StateReader): Generator<Uint8Array> {
  yield encodeSnapshotBlock({ header: state.header, pairs: [], sessions: [] });
  let bytes = 0;
  let pairs: KeptPair[] = [];
  for (const pair of state.pairs()) {
    pairs.push(pair);
    bytes += pair.key.length + pair.value.length + ITEM_BYTES;
    if (bytes < BLOCK_BYTES) continue;
    yield encodeSnapshotBlock({ header: null, pairs, sessions: [] });
    pairs = [];
    bytes = 0;
  }
  if (pairs.length > 0) yield encodeSnapshotBlock({ header: null, pairs, sessions: [] });
  let sessions: SessionRecord[] = [];
  bytes = 0;
  for (const session of state.sessions()) {
    sessions.push(session);
    bytes += ITEM_BYTES * (1 + session.results.length);
    if (bytes < BLOCK_BYTES) continue;
    yield encodeSnapshotBlock({ header: null, pairs: [], sessions });
    sessions = [];
    bytes = 0;
  }
  if (sessions.length > 0) yield encodeSnapshotBlock({ header: null, pairs: [], sessions });
}

/** Writes all blocks; `cancelled` is asked before each. False: it was cancelled, and nothing is committed. */
export async function writeSnapshot(
  state: StateReader,
  writer: SnapshotWriter,
  cancelled: () => boolean,
): Promise<boolean> {
  for (const block of snapshotBlocks(state)) {
    if (cancelled()) {
      await writer.abort();
      return false;
    }
    await writer.write(block);
  }
  await writer.commit();
  return true;
}

/**
 * Fills the empty `state` from the blocks of the snapshot that `metadata` names. Rejects with WireError where the blocks make
 * no sense, or know of what came later than that, and with whatever reading them rejects with.
 */
export async function loadSnapshot(
  state: StateMachine,
  metadata: SnapshotMetadata,
  blocks: AsyncIterable<Uint8Array>,
): Promise<void> {
  assert(
    state.keyCount === 0 && state.sessionCount === 0,
    "a snapshot is loaded into an empty state machine",
  );
  const { lastIncludedIndex } = metadata;
  let isFirst = true;
  let lastKey = "";
  let lastOrder = 0;
  for await (const bytes of blocks) {
    const block = decodeSnapshotBlock(bytes);
    demand((block.header !== null) === isFirst, "the header is not in the first block alone");
    isFirst = false;
    if (block.header !== null) restoreHeader(state, block.header, metadata);
    for (const pair of block.pairs) {
      demand(pair.key > lastKey || state.keyCount === 0, "keys are out of order");
      checkIndexes(pair.metadata, lastIncludedIndex);
      demand(state.restorePair(pair), "a key bears an index of an unknown term");
      lastKey = pair.key;
    }
    for (const session of block.sessions) {
      demand(session.activeOrder > lastOrder, "sessions are out of order");
      demand(session.activeOrder <= lastIncludedIndex, "a session was active after the snapshot");
      checkResults(session);
      demand(state.restoreSession(session), "a client has two sessions");
      lastOrder = session.activeOrder;
    }
  }
  demand(!isFirst, "the header is missing");
}

function restoreHeader(
  state: StateMachine,
  header: StateHeader,
  { lastIncludedIndex, lastIncludedTerm }: SnapshotMetadata,
): void {
  let [lastIndex, lastTerm] = [0, 0];
  for (const { index, term } of header.termStarts) {
    demand(index > lastIndex && term > lastTerm, "terms are out of order");
    [lastIndex, lastTerm] = [index, term];
  }
  demand(lastIndex <= lastIncludedIndex && lastTerm <= lastIncludedTerm, "a term began after the snapshot");
  state.restoreHeader(header);
}

function checkIndexes({ createdIndex, changedIndex }: KeyMetadata, lastIncludedIndex: number): void {
  demand(createdIndex <= changedIndex, "a key was created after its last change");
  demand(changedIndex <= lastIncludedIndex, "a key was changed after the snapshot");
}

function checkResults({ acknowledgedBelow, results }: SessionRecord): void {
  let least = acknowledgedBelow;
  for (const { sequence } of results) {
    demand(sequence >= least, "results of a session are out of order");
    least = sequence + 1;
  }
}

function demand(condition: boolean, fault: string): void {
  if (!condition) throw new WireError("field-invalid", fault);
}
