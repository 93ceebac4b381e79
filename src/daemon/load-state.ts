/** The state machine as the newest snapshot on disk has it: what a starting member applies the log to. */
import { StateMachine, type StateMachineLimits } from "../kv/state-machine.js";
import type { SnapshotStore } from "../server/ports.js";
import { loadSnapshot } from "../server/snapshot-content.js";
import { StorageError } from "../storage/storage-error.js";
import { byteMemory } from "../wire/bytes.js";
import { WireError } from "../wire/errors.js";

/** @throws StorageError */
export async function loadState(
  snapshots: Pick<SnapshotStore, "open">,
  options: {
    readonly limits: StateMachineLimits;
    readonly directory: string;
    /** Called before each block. */
    readonly onProgress?: () => void;
  },
): Promise<StateMachine> {
  const stateMachine = new StateMachine(options.limits, byteMemory);
  const reader = await snapshots.open();
  if (reader === null) return stateMachine;
  try {
    await loadSnapshot(stateMachine, reader.metadata, withProgress(reader.blocks(), options.onProgress));
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    const { lastIncludedIndex } = reader.metadata;
    const what = `the snapshot at index ${lastIncludedIndex} makes no sense: ${error.message}`;
    throw new StorageError("corrupt", what, { file: options.directory, cause: error });
  } finally {
    await reader.close();
  }
  return stateMachine;
}

async function* withProgress(blocks: AsyncIterable<Uint8Array>, onProgress: () => void = () => {}) {
  for await (const block of blocks) {
    onProgress();
    yield block;
  }
}
