/**
 * The state machine as the blocks of a snapshot, written and loaded in slices: no slice holds the event
 * loop for longer than it takes to encode or decode one block (PITFALLS 25).
 */
import { assert } from "../base/assert.js";
import type { SessionRecord } from "../kv/sessions.js";
import type { StateMachine, StateReader } from "../kv/state-machine.js";
import type { KeyValue } from "../kv/store.js";
import { decodeSnapshotBlock, encodeSnapshotBlock } from "../wire/disk-codec.js";
import { WireError } from "../wire/errors.js";
import type { SnapshotWriter } from "./ports.js";

/** A block is closed when its keys and values exceed this: about a millisecond of encoding. */
const BLOCK_BYTES = 128 * 1024;
/** What a pair or a session is counted for beside its keys and values. */
const ITEM_BYTES = 32;

/**
 * The blocks of `state` in order: the header, then pairs in byte order of keys, then sessions. Nothing may be
 * applied to `state` meanwhile, which a view ensures; only as much is encoded as the caller asks for.
 */
export function* snapshotBlocks(state: StateReader): Generator<Uint8Array> {
  yield encodeSnapshotBlock({ header: { clockMs: state.clockMs }, pairs: [], sessions: [] });
  let bytes = 0;
  let pairs: KeyValue[] = [];
  for (const [key, value] of state.pairs()) {
    pairs.push({ key, value });
    bytes += key.length + value.length + ITEM_BYTES;
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
 * Fills the empty `state` from a snapshot's blocks; resolves to the highest log index that a session is ordered by,
 * which is no higher than the snapshot's. Rejects with WireError where the blocks make no sense, and with whatever
 * reading them rejects with.
 */
export async function loadSnapshot(state: StateMachine, blocks: AsyncIterable<Uint8Array>): Promise<number> {
  assert(
    state.keyCount === 0 && state.sessionCount === 0,
    "a snapshot is loaded into an empty state machine",
  );
  let isFirst = true;
  let lastKey = "";
  let lastOrder = 0;
  for await (const bytes of blocks) {
    const block = decodeSnapshotBlock(bytes);
    demand((block.header !== null) === isFirst, "the header is not in the first block alone");
    isFirst = false;
    if (block.header !== null) state.restoreHeader(block.header);
    for (const { key, value } of block.pairs) {
      demand(key > lastKey || state.keyCount === 0, "keys are out of order");
      state.restorePair(key, value);
      lastKey = key;
    }
    for (const session of block.sessions) {
      demand(session.activeOrder > lastOrder, "sessions are out of order");
      checkResults(session);
      demand(state.restoreSession(session), "a client has two sessions");
      lastOrder = session.activeOrder;
    }
  }
  demand(!isFirst, "the header is missing");
  return lastOrder;
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
