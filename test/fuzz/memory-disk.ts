/**
 * A disk in memory that costs next to nothing: everything succeeds at once until it is full. Files are never
 * changed in place, so a copy of the whole disk is a copy of its names.
 */
import path from "node:path";
import type { Disk, DiskFile, OpenMode } from "../../src/storage/disk.js";
import { StorageError } from "../../src/storage/storage-error.js";

interface Inode {
  bytes: Uint8Array;
}

export class MemoryDisk implements Disk {
  /** What may still be written before there is no space left. */
  spaceBytes = 4 * 1024 * 1024;
  /** Something has been written, renamed or removed. */
  changed = false;
  readonly #files = new Map<string, Inode>();

  fork(): MemoryDisk {
    const copy = new MemoryDisk();
    for (const [file, { bytes }] of this.#files) copy.#files.set(file, { bytes });
    return copy;
  }

  /** Paths of all files. */
  get paths(): string[] {
    return [...this.#files.keys()];
  }

  contents(file: string): Uint8Array {
    return this.#inode(file).bytes;
  }

  /** Puts other bytes there, behind everybody's back; null: takes the file away. */
  tamper(file: string, bytes: Uint8Array | null): void {
    if (bytes === null) this.#files.delete(file);
    else this.#files.set(file, { bytes: new Uint8Array(bytes) });
  }

  async open(file: string, mode: OpenMode): Promise<DiskFile> {
    if (mode === "create") {
      if (this.#files.has(file)) throw failure("EEXIST", file);
      this.#files.set(file, { bytes: new Uint8Array(0) });
      this.changed = true;
    }
    const inode = this.#inode(file);
    return {
      write: (bytes, offset, done) => {
        const error = this.#write(inode, bytes, offset) ? null : failure("ENOSPC", file);
        queueMicrotask(() => done(error));
      },
      read: async (into, offset) => {
        const part = inode.bytes.subarray(offset, offset + into.length);
        into.set(part);
        return part.length;
      },
      size: async () => inode.bytes.length,
      sync: async () => {},
      close: async () => {},
    };
  }

  async rename(from: string, to: string): Promise<void> {
    this.#files.set(to, this.#inode(from));
    this.#files.delete(from);
    this.changed = true;
  }

  async unlink(file: string): Promise<void> {
    this.#inode(file);
    this.#files.delete(file);
    this.changed = true;
  }

  async list(directory: string): Promise<string[]> {
    const prefix = `${directory}/`;
    const names = new Set<string>();
    for (const file of this.#files.keys()) {
      if (file.startsWith(prefix)) names.add(file.slice(prefix.length).split("/")[0] as string);
    }
    return [...names].sort();
  }

  async makeDirectory(): Promise<void> {}

  async syncDirectory(): Promise<void> {}

  #write(inode: Inode, bytes: Uint8Array, offset: number): boolean {
    const end = offset + bytes.length;
    this.spaceBytes -= bytes.length + Math.max(0, offset - inode.bytes.length);
    if (this.spaceBytes < 0) return false;
    const after = new Uint8Array(Math.max(inode.bytes.length, end));
    after.set(inode.bytes);
    after.set(bytes, offset);
    inode.bytes = after;
    this.changed = true;
    return true;
  }

  #inode(file: string): Inode {
    const inode = this.#files.get(file);
    if (inode === undefined) throw failure("ENOENT", file);
    return inode;
  }
}

function failure(code: string, file: string): StorageError {
  return new StorageError("io", `${code}: ${path.basename(file)}`, { file });
}
