/**
 * All that storage asks of a file system. One implementation stands on node:fs (node-disk.ts); the tests' one
 * loses, tears and reorders whatever the promises below do not cover. Two properties make everything above
 * simple: a write that has completed is durable, and a name is durable once its directory was synced.
 *
 * Every failure is a StorageError of code "io". No callback is called before the call that got it returned.
 */

import type { StorageError } from "./storage-error.js";

/**
 * "read": an existing file; "write": an existing file, read and written; "create": a new one, which must not
 * exist.
 */
export type OpenMode = "read" | "write" | "create";

export interface Disk {
  open(path: string, mode: OpenMode): Promise<DiskFile>;
  /** Atomic; replaces `to`. Durable after {@link syncDirectory}. */
  rename(from: string, to: string): Promise<void>;
  /** Durable after {@link syncDirectory}. An open file stays readable. */
  unlink(path: string): Promise<void>;
  /** Names in `directory`, sorted. */
  list(directory: string): Promise<string[]>;
  /**
   * Makes a directory for its owner alone (mode 0700), with its parents, durably. There already: nothing
   * happens.
   */
  makeDirectory(path: string): Promise<void>;
  /** Makes durable what was created, renamed and unlinked in this directory. */
  syncDirectory(path: string): Promise<void>;
}

export interface DiskFile {
  /**
   * Writes all of `bytes`, which must stay unchanged until then, and calls `done` once they are durable.
   * After a failure any sectors of them may or may not be on disk. One at a time, and none while the file is
   * being closed.
   */
  write(bytes: Uint8Array, offset: number, done: (error: StorageError | null) => void): void;
  /** Fills `into` from `offset` on; gives the number of bytes read, fewer only at the end of the file. */
  read(into: Uint8Array, offset: number): Promise<number>;
  /** Bytes in the file. */
  size(): Promise<number>;
  /** Makes everything about the file itself durable, its metadata included. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** {@link DiskFile.write} for code where speed does not matter. */
export function writeDurably(file: DiskFile, bytes: Uint8Array, offset: number): Promise<void> {
  return new Promise((resolve, reject) => {
    file.write(bytes, offset, (error) => (error === null ? resolve() : reject(error)));
  });
}

/** Bytes of one write in the background: small enough not to delay the log's own writes noticeably. */
const ZERO_SLICE_BYTES = 512 * 1024;
const ZEROS = new Uint8Array(ZERO_SLICE_BYTES);

/** Writes zeros over [from, to), slice by slice; gives false if `stopped` said so on the way. */
export async function writeZeros(
  file: DiskFile,
  range: { readonly from: number; readonly to: number },
  stopped: () => boolean = () => false,
): Promise<boolean> {
  for (let at = range.from; at < range.to; ) {
    if (stopped()) return false;
    // Slices end at multiples of their size, so that no block of the file system is written twice.
    const end = Math.min(range.to, at - (at % ZERO_SLICE_BYTES) + ZERO_SLICE_BYTES);
    await writeDurably(file, ZEROS.subarray(0, end - at), at);
    at = end;
  }
  return true;
}
