/**
 * The file system of this machine behind the Disk port. Files are opened with O_DSYNC where the system has an
 * honest one: for overwriting zeros that are already allocated, one write to such a file costs one system
 * call and touches no metadata, and was measured to be the fastest way to durable bytes.
 */
import fs from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import type { Disk, DiskFile, OpenMode } from "./disk.js";
import { StorageError } from "./storage-error.js";

/**
 * Elsewhere (macOS leaves the bytes in the drive's cache) every write is followed by fdatasync, which flushes
 * that too.
 */
const WRITES_ARE_DURABLE = process.platform === "linux";
const DURABLE_WRITES = WRITES_ARE_DURABLE ? fs.constants.O_DSYNC : 0;

const OPEN_FLAGS: Readonly<Record<OpenMode, number>> = {
  read: fs.constants.O_RDONLY,
  write: fs.constants.O_RDWR | DURABLE_WRITES,
  create: fs.constants.O_RDWR | fs.constants.O_CREAT | fs.constants.O_EXCL | DURABLE_WRITES,
};

const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;

const fsync = promisify(fs.fsync);
const fstat = promisify(fs.fstat);
const closeDescriptor = promisify(fs.close);
const openDescriptor = promisify(fs.open);

export const nodeDisk: Disk = {
  async open(file, mode) {
    return new NodeFile(await told(file, openDescriptor(file, OPEN_FLAGS[mode], FILE_MODE)), file);
  },
  rename: (from, to) => told(to, fs.promises.rename(from, to)),
  unlink: (file) => told(file, fs.promises.unlink(file)),
  list: async (directory) => (await told(directory, fs.promises.readdir(directory))).sort(),
  async makeDirectory(directory) {
    const first = await told(
      directory,
      fs.promises.mkdir(directory, { recursive: true, mode: DIRECTORY_MODE }),
    );
    if (first === undefined) return;
    // Each directory made is an entry of its parent, from the innermost up to the first.
    for (let made = path.resolve(directory); ; made = path.dirname(made)) {
      await nodeDisk.syncDirectory(path.dirname(made));
      if (made === path.resolve(first)) return;
    }
  },
  async syncDirectory(directory) {
    const descriptor = await told(directory, openDescriptor(directory, fs.constants.O_RDONLY));
    try {
      await told(directory, fsync(descriptor));
    } finally {
      await told(directory, closeDescriptor(descriptor));
    }
  },
};

class NodeFile implements DiskFile {
  readonly #descriptor: number;
  readonly #path: string;

  constructor(descriptor: number, file: string) {
    this.#descriptor = descriptor;
    this.#path = file;
  }

  write(bytes: Uint8Array, offset: number, done: (error: StorageError | null) => void): void {
    fs.write(this.#descriptor, bytes, 0, bytes.length, offset, (error, written) => {
      if (error !== null) return done(ioError(this.#path, error, offset));
      // The system took a part: the disk is nearly full or a limit is near. The rest tells which.
      if (written < bytes.length) return this.write(bytes.subarray(written), offset + written, done);
      if (WRITES_ARE_DURABLE) return done(null);
      fs.fdatasync(this.#descriptor, (syncError) =>
        done(syncError === null ? null : ioError(this.#path, syncError)),
      );
    });
  }

  async read(into: Uint8Array, offset: number): Promise<number> {
    let filled = 0;
    while (filled < into.length) {
      const position = offset + filled;
      const got = await told(this.#path, this.#readOnce(into, filled, position), position);
      if (got === 0) break;
      filled += got;
    }
    return filled;
  }

  #readOnce(into: Uint8Array, at: number, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.read(this.#descriptor, into, at, into.length - at, position, (error, got) =>
        error === null ? resolve(got) : reject(error),
      );
    });
  }

  async size(): Promise<number> {
    return (await told(this.#path, fstat(this.#descriptor))).size;
  }

  sync(): Promise<void> {
    return told(this.#path, fsync(this.#descriptor));
  }

  close(): Promise<void> {
    return told(this.#path, closeDescriptor(this.#descriptor));
  }
}

/** Turns a failure of the system into a StorageError that names the file, and the offset where there is one. */
async function told<T>(file: string, operation: Promise<T>, offset?: number): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    throw ioError(file, error, offset);
  }
}

function ioError(file: string, cause: unknown, offset?: number): StorageError {
  const what = cause instanceof Error ? cause.message : String(cause);
  return new StorageError("io", what, { file, offset, cause });
}
