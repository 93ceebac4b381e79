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
  const { lastIncludedIndex } = reader.metadata;
  const damaged = (what: string, cause?: unknown) =>
    new StorageError("corrupt", `the snapshot at index ${lastIncludedIndex} makes no sense: ${what}`, {
      file: options.directory,
      cause,
    });
  try {
    const highest = await loadSnapshot(stateMachine, withProgress(reader.blocks(), options.onProgress));
    if (highest > lastIncludedIndex) throw damaged(`a session was active at index ${highest}`);
  } catch (error) {
    throw error instanceof WireError ? damaged(error.message, error) : error;
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
