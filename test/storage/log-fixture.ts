/** A log on a simulated disk, for tests of the log alone. */
import { seededRandom } from "../../src/base/random.js";
import type { SnapshotMetadata } from "../../src/raft/entry.js";
import type { LogRecord } from "../../src/server/ports.js";
import type { StorageError } from "../../src/storage/storage-error.js";
import { type OpenedLog, WriteAheadLog } from "../../src/storage/write-ahead-log.js";
import { metadata, SEGMENT_BYTES } from "./driver.js";
import { SimulatedDisk } from "./simulated-disk.js";

export const LOG_DIRECTORY = "/log";
export const NO_SNAPSHOT = metadata(0, 0);

export function segment(sequence: number): string {
  return `${LOG_DIRECTORY}/${String(sequence).padStart(16, "0")}.wal`;
}

export async function emptyDisk(): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk({ random: seededRandom(1) });
  await disk.makeDirectory(LOG_DIRECTORY);
  return disk;
}

export function openLog(
  disk: SimulatedDisk,
  snapshot: SnapshotMetadata = NO_SNAPSHOT,
  onFault: (error: StorageError) => void = (error) => {
    throw error;
  },
): Promise<OpenedLog> {
  return WriteAheadLog.open({
    disk,
    directory: LOG_DIRECTORY,
    segmentBytes: SEGMENT_BYTES,
    snapshot,
    onFault,
  });
}

export function persist(log: WriteAheadLog, record: Partial<LogRecord>): Promise<void> {
  return new Promise((resolve) => {
    log.persist({ hardState: null, snapshot: null, entries: [], ...record }, resolve);
  });
}

/** Opens, writes the records one after the other, closes. */
export async function writeLog(
  disk: SimulatedDisk,
  ...records: readonly Partial<LogRecord>[]
): Promise<void> {
  const { log } = await openLog(disk);
  for (const record of records) await persist(log, record);
  await log.close();
}

/** Opens and closes: what a restart finds. */
export async function reopen(
  disk: SimulatedDisk,
  snapshot: SnapshotMetadata = NO_SNAPSHOT,
): Promise<Omit<OpenedLog, "log">> {
  const { log, recovered, notes } = await openLog(disk, snapshot);
  await log.close();
  return { recovered, notes };
}
