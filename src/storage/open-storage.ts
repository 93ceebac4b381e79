/**
 * Opens a member's data directory as a whole, in the order in which its parts rest on each other:
 *
 *     DATA/LOCK          one daemon at a time
 *     DATA/member        whose data this is; written last, so its absence means that nothing was promised yet
 *     DATA/snapshots/    what the log may have forgotten
 *     DATA/log/          everything since
 *
 * Nothing is changed before all of it was read and found sound.
 */
import path from "node:path";
import type { Member, MemberId, SnapshotMetadata } from "../raft/entry.js";
import type { MemberFile } from "../wire/disk-codec.js";
import type { Disk } from "./disk.js";
import { lockDirectory } from "./lock.js";
import { readLog } from "./log-recovery.js";
import { MEMBER_FILE_NAME, readMemberFile, writeMemberFile } from "./member-file.js";
import { nodeDisk } from "./node-disk.js";
import { listSegments } from "./segment.js";
import { FileSnapshotStore } from "./snapshot-store.js";
import { StorageError } from "./storage-error.js";
import { type RecoveredLog, WriteAheadLog } from "./write-ahead-log.js";

export interface StorageOptions {
  /** Made where it is missing, for its owner alone. */
  readonly directory: string;
  readonly memberId: MemberId;
  /** The first members as the operator names them, if at all: data of a cluster with none of them is refused. */
  readonly given?: readonly Member[];
  /** What a new directory begins with; asked for only then. */
  readonly initial: () => Pick<MemberFile, "clusterId" | "configuration">;
  /** See LogOptions. */
  readonly segmentBytes?: number;
  /** Called while the log is read, after each segment. */
  readonly onProgress?: () => void;
  /** See LogOptions. */
  readonly onFault: (error: StorageError) => void;
}

export interface Storage {
  readonly member: MemberFile;
  readonly snapshots: FileSnapshotStore;
  readonly log: WriteAheadLog;
  readonly recovered: RecoveredLog & {
    /**
     * The newest snapshot, which `entries` follow; index 0 and the member's first configuration where there
     * is none.
     */
    readonly snapshot: SnapshotMetadata;
  };
  /** What was repaired, for the operator. */
  readonly notes: readonly string[];
  /** Closes the log and gives the directory free. */
  close(): Promise<void>;
}

/** Locks and opens a data directory of this machine. Rejects with StorageError; then nothing stays locked. */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  await nodeDisk.makeDirectory(options.directory);
  const lock = lockDirectory(options.directory);
  try {
    const storage = await openStorageOn(nodeDisk, options);
    const close = (): Promise<void> => storage.close().finally(lock.release);
    return { ...storage, close };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** The same on any disk and without a lock. */
export async function openStorageOn(disk: Disk, options: StorageOptions): Promise<Storage> {
  const { directory, onFault } = options;
  await disk.makeDirectory(directory);
  const found = await readMemberFile(disk, directory);
  if (found !== null) checkOwner(found, options);
  const logDirectory = path.join(directory, "log");
  const snapshotDirectory = path.join(directory, "snapshots");
  await disk.makeDirectory(logDirectory);
  await disk.makeDirectory(snapshotDirectory);
  const snapshots = await FileSnapshotStore.open({ disk, directory: snapshotDirectory });
  const { sequences } = await listSegments(disk, logDirectory);
  if (found !== null && sequences.length === 0) {
    throw new StorageError("missing", "this data directory has been used, but its log is gone", {
      file: logDirectory,
    });
  }
  const member = found ?? { memberId: options.memberId, ...options.initial() };
  const none = { lastIncludedIndex: 0, lastIncludedTerm: 0, configuration: member.configuration };
  const snapshot = snapshots.newest ?? none;
  // Before the log is opened, which puts it in order and so changes it.
  if (found === null) checkUnused(await readLog(disk, logDirectory, snapshot), snapshot, directory);
  const segmentBytes = options.segmentBytes === undefined ? {} : { segmentBytes: options.segmentBytes };
  const onProgress = options.onProgress === undefined ? {} : { onProgress: options.onProgress };
  const opened = await WriteAheadLog.open({
    disk,
    directory: logDirectory,
    ...segmentBytes,
    ...onProgress,
    snapshot,
    onFault,
  });
  const { log, recovered, notes } = opened;
  try {
    if (found === null) await writeMemberFile(disk, directory, member);
    await snapshots.removeLeftovers();
  } catch (error) {
    await log.close();
    throw error;
  }
  return { member, snapshots, log, recovered: { ...recovered, snapshot }, notes, close: () => log.close() };
}

function checkOwner(found: MemberFile, { directory, memberId, given }: StorageOptions): void {
  const file = path.join(directory, MEMBER_FILE_NAME);
  if (found.memberId !== memberId) {
    throw new StorageError(
      "wrong-member",
      `this is the data of member ${found.memberId}, not of ${memberId}`,
      { file },
    );
  }
  const { voters } = found.configuration;
  const isOf = ({ id, peerAddress }: Member) =>
    voters.some((voter) => voter.id === id && voter.peerAddress === peerAddress);
  if (given !== undefined && !given.some(isOf)) {
    const theirs = voters.map(({ id, peerAddress }) => `${id}=${peerAddress}`).join(",");
    throw new StorageError("wrong-cluster", `this is data of another cluster, of ${theirs}`, { file });
  }
}

/** Without a member file there may be what an interrupted first start left, and nothing else. */
function checkUnused(
  { hardState, entries }: RecoveredLog,
  snapshot: SnapshotMetadata,
  directory: string,
): void {
  if (hardState.currentTerm === 0 && entries.length === 0 && snapshot.lastIncludedIndex === 0) return;
  throw new StorageError(
    "missing",
    "this data directory has been used, but the file that says whose it is is gone",
    {
      file: path.join(directory, MEMBER_FILE_NAME),
    },
  );
}
