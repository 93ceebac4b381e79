/**
 * A disk in memory that keeps the promises of the Disk port and no others. Power loss leaves of a write that
 * had not completed any set of its sectors, and of names that were not synced any set of the changes,
 * whatever their order; an injected failure leaves the same. Nothing happens but through `schedule`, so that
 * one seed decides a run.
 */
import path from "node:path";
import type { Random } from "../../src/base/random.js";
import type { Disk, DiskFile, OpenMode } from "../../src/storage/disk.js";
import { StorageError } from "../../src/storage/storage-error.js";

const SECTOR_BYTES = 512;

export type OperationKind =
  | "open"
  | "write"
  | "read"
  | "size"
  | "sync"
  | "close"
  | "rename"
  | "unlink"
  | "list"
  | "makeDirectory"
  | "syncDirectory";

export interface Operation {
  readonly kind: OperationKind;
  readonly path: string;
  /** From 1, in the order in which operations are begun. */
  readonly number: number;
  /** Of a write; 0 for others. */
  readonly bytes: number;
}

/** What becomes of an operation; a string is the name of the error with which it fails. */
export type Fate = "proceed" | "crash" | "EIO" | "ENOSPC";

export interface SimulatedDiskOptions {
  readonly random: Random;
  /** Runs the completion of an operation later, never at once. Microtasks where nothing is given. */
  readonly schedule?: (run: () => void) => void;
}

interface Inode {
  bytes: Uint8Array;
  readonly unfinished: Set<{ readonly bytes: Uint8Array; readonly offset: number }>;
}

type Names = Map<string, Inode>;

interface Directory {
  /** What the running process sees. */
  readonly names: Names;
  /** What power loss cannot take. */
  durable: Names;
  /** Since then. */
  changes: ((names: Names) => void)[];
}

export class SimulatedDisk implements Disk {
  /** Asked before each operation. */
  fate: (operation: Operation) => Fate = () => "proceed";
  /** Operations begun so far. */
  operations = 0;
  /** Resolves when the power is lost. */
  readonly crashed: Promise<void>;
  readonly #options: SimulatedDiskOptions;
  readonly #directories = new Map<string, Directory>();
  #dead = false;
  #onCrash: () => void = () => {};

  constructor(options: SimulatedDiskOptions) {
    this.#options = options;
    this.crashed = new Promise((resolve) => {
      this.#onCrash = resolve;
    });
  }

  /** Power loss: nothing that was begun completes any more, and nothing new does. */
  crash(): void {
    this.#dead = true;
    this.#onCrash();
  }

  /**
   * The disk as it is found when the power is back. This one stays as it is: several restarts may be tried.
   */
  restart(random: Random = this.#options.random): SimulatedDisk {
    const next = new SimulatedDisk({ ...this.#options, random });
    const survivors = new Map<Inode, Inode>();
    for (const [name, { durable, changes }] of this.#directories) {
      const kept = new Map(durable);
      for (const change of changes) if (random.below(2) === 0) change(kept);
      for (const [file, inode] of kept) {
        const survivor = survivors.get(inode) ?? {
          bytes: afterPowerLoss(inode, random),
          unfinished: new Set(),
        };
        survivors.set(inode, survivor);
        kept.set(file, survivor);
      }
      next.#directories.set(name, { names: new Map(kept), durable: kept, changes: [] });
    }
    return next;
  }

  /** Paths of all files, sorted. */
  paths(): string[] {
    const paths = [...this.#directories].flatMap(([name, { names }]) =>
      [...names.keys()].map((file) => path.join(name, file)),
    );
    return paths.sort();
  }

  /** A copy of what is in a file. */
  contents(file: string): Uint8Array {
    return this.#inode(file).bytes.slice();
  }

  /** Puts other bytes into a file, behind everybody's back. */
  tamper(file: string, change: (bytes: Uint8Array) => Uint8Array | undefined): void {
    const inode = this.#inode(file);
    inode.bytes = change(inode.bytes) ?? inode.bytes;
  }

  /** Takes a file away, behind everybody's back. */
  lose(file: string): void {
    const directory = this.#directory(path.dirname(file));
    directory.names.delete(path.basename(file));
    directory.durable.delete(path.basename(file));
  }

  open(file: string, mode: OpenMode): Promise<DiskFile> {
    return this.#run("open", file, () => {
      const directory = this.#directory(path.dirname(file));
      const name = path.basename(file);
      if (mode === "create") {
        if (directory.names.has(name)) throw failure("EEXIST", "open", file);
        const inode: Inode = { bytes: new Uint8Array(0), unfinished: new Set() };
        change(directory, (names) => names.set(name, inode));
      }
      const inode = this.#inode(file);
      return {
        write: (bytes, offset, done) => this.#write(inode, file, { bytes, offset }, done),
        read: (into, offset) =>
          this.#run("read", file, () => {
            const part = inode.bytes.subarray(offset, offset + into.length);
            into.set(part);
            return part.length;
          }),
        size: () => this.#run("size", file, () => inode.bytes.length),
        sync: () => this.#run("sync", file, () => {}),
        close: () => this.#run("close", file, () => {}),
      };
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.#run("rename", to, () => {
      const inode = this.#inode(from);
      change(this.#directory(path.dirname(to)), (names) => {
        names.delete(path.basename(from));
        names.set(path.basename(to), inode);
      });
    });
  }

  unlink(file: string): Promise<void> {
    return this.#run("unlink", file, () => {
      this.#inode(file);
      change(this.#directory(path.dirname(file)), (names) => names.delete(path.basename(file)));
    });
  }

  list(directory: string): Promise<string[]> {
    return this.#run("list", directory, () => {
      const below = [...this.#directories.keys()].filter(
        (other) => path.dirname(other) === directory && other !== directory,
      );
      return [
        ...this.#directory(directory).names.keys(),
        ...below.map((other) => path.basename(other)),
      ].sort();
    });
  }

  makeDirectory(directory: string): Promise<void> {
    return this.#run("makeDirectory", directory, () => {
      if (this.#directories.has(directory)) return;
      this.#directories.set(directory, { names: new Map(), durable: new Map(), changes: [] });
    });
  }

  syncDirectory(directory: string): Promise<void> {
    return this.#run("syncDirectory", directory, () => {
      const synced = this.#directory(directory);
      synced.durable = new Map(synced.names);
      synced.changes = [];
    });
  }

  #write(
    inode: Inode,
    file: string,
    write: { readonly bytes: Uint8Array; readonly offset: number },
    done: (error: StorageError | null) => void,
  ): void {
    const fate = this.#begin("write", file, write.bytes.length);
    if (fate === "dead") return;
    inode.unfinished.add(write);
    if (fate === "crash") {
      this.crash();
      return;
    }
    this.#schedule(() => {
      inode.unfinished.delete(write);
      if (fate !== "proceed") {
        inode.bytes = withSomeSectors(inode.bytes, write, this.#options.random);
        return done(failure(fate, "write", file));
      }
      inode.bytes = withBytes(inode.bytes, write);
      done(null);
    });
  }

  /**
   * An operation that happens at once when it completes; power loss at it may come just before or just after.
   */
  #run<T>(kind: OperationKind, file: string, effect: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const fate = this.#begin(kind, file);
      if (fate === "dead") return;
      if (fate === "crash") {
        if (kind !== "syncDirectory" && this.#options.random.below(2) === 0) effect();
        return this.crash();
      }
      this.#schedule(() => {
        if (fate !== "proceed") return reject(failure(fate, kind, file));
        try {
          resolve(effect());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  #begin(kind: OperationKind, file: string, bytes = 0): Fate | "dead" {
    if (this.#dead) return "dead";
    this.operations++;
    return this.fate({ kind, path: file, number: this.operations, bytes });
  }

  #schedule(run: () => void): void {
    (this.#options.schedule ?? queueMicrotask)(() => {
      if (!this.#dead) run();
    });
  }

  #directory(name: string): Directory {
    const directory = this.#directories.get(name);
    if (directory === undefined) throw failure("ENOENT", "open", name);
    return directory;
  }

  #inode(file: string): Inode {
    const inode = this.#directory(path.dirname(file)).names.get(path.basename(file));
    if (inode === undefined) throw failure("ENOENT", "open", file);
    return inode;
  }
}

function change(directory: Directory, apply: (names: Names) => void): void {
  apply(directory.names);
  directory.changes.push(apply);
}

function failure(code: string, kind: string, file: string): StorageError {
  return new StorageError("io", `${code}: simulated failure of ${kind}`, { file });
}

function afterPowerLoss(inode: Inode, random: Random): Uint8Array {
  let bytes: Uint8Array = inode.bytes.slice();
  for (const write of inode.unfinished) bytes = withSomeSectors(bytes, write, random);
  return bytes;
}

/** All, none, the first ones, or a random choice of the sectors that a write touches. */
function withSomeSectors(
  bytes: Uint8Array,
  write: { readonly bytes: Uint8Array; readonly offset: number },
  random: Random,
): Uint8Array {
  const writeEnd = write.offset + write.bytes.length;
  const ends: number[] = [];
  for (let at = write.offset; at < writeEnd; ) {
    at = Math.min((Math.floor(at / SECTOR_BYTES) + 1) * SECTOR_BYTES, writeEnd);
    ends.push(at);
  }
  const odds = [0, 1, 2, 4, "first", "first"][random.below(6)] ?? 0;
  const first = 1 + random.below(Math.max(1, ends.length - 1));
  let result: Uint8Array = bytes;
  ends.forEach((end, number) => {
    const stays =
      odds === "first" ? number < first : typeof odds === "number" && odds > 0 && random.below(odds) === 0;
    if (!stays) return;
    const start = ends[number - 1] ?? write.offset;
    const sector = { bytes: write.bytes.subarray(start - write.offset, end - write.offset), offset: start };
    result = withBytes(result === bytes ? bytes.slice() : result, sector);
  });
  return result;
}

function withBytes(
  bytes: Uint8Array,
  write: { readonly bytes: Uint8Array; readonly offset: number },
): Uint8Array {
  const end = write.offset + write.bytes.length;
  let result: Uint8Array = bytes;
  if (end > bytes.length) {
    result = new Uint8Array(end);
    result.set(bytes);
  }
  result.set(write.bytes, write.offset);
  return result;
}
