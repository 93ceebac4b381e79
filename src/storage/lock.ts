/**
 * One daemon to a data directory (PITFALLS 46). The lock is the kernel's, on an open file (F_OFD_SETLK on
 * Linux): it goes when the process goes, however that happens, so there is no stale lock to clean up. The
 * process id in the file is for people. The only file of storage that is not reached through the Disk port.
 */
import fs from "node:fs";
import path from "node:path";
import { tryLock } from "fs-native-extensions";
import { StorageError } from "./storage-error.js";

export const LOCK_FILE_NAME = "LOCK";

export interface DirectoryLock {
  /** Gives the directory free. Once is enough; more do nothing. */
  release(): void;
}

/**
 * Locks `directory`, which exists. Throws StorageError "in-use" at once where another holds it, in this
 * process or any other.
 */
export function lockDirectory(directory: string): DirectoryLock {
  const file = path.join(directory, LOCK_FILE_NAME);
  let descriptor: number | null = null;
  const release = (): void => {
    if (descriptor !== null) fs.closeSync(descriptor);
    descriptor = null;
  };
  try {
    descriptor = fs.openSync(file, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o600);
    if (!tryLock(descriptor)) throw inUse(directory, file, fs.readFileSync(descriptor, "latin1").trim());
    fs.ftruncateSync(descriptor);
    fs.writeSync(descriptor, `${process.pid}\n`, 0);
  } catch (error) {
    release();
    if (error instanceof StorageError) throw error;
    throw new StorageError("io", `cannot lock: ${error instanceof Error ? error.message : String(error)}`, {
      file,
      cause: error,
    });
  }
  return { release };
}

function inUse(directory: string, file: string, holder: string): StorageError {
  const who = /^\d+$/.test(holder) ? `process ${holder}` : "another process";
  return new StorageError("in-use", `the data directory ${directory} is used by ${who}`, { file });
}
