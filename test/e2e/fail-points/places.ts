/**
 * Places in the product where a test can stop it: methods of its classes and objects, found from outside. A method
 * that is renamed does not compile here, and one that is not there at run time is refused when it is armed.
 */
import { fileURLToPath } from "node:url";
import type { Disk, DiskFile } from "../../../src/storage/disk.js";
import { nodeDisk } from "../../../src/storage/node-disk.js";

export interface Place {
  /** A prototype, a class or an object: whatever the method is looked up on. */
  readonly target: object;
  readonly method: string;
  /** Whether this call is one that is meant. */
  readonly counts: (self: object, args: readonly unknown[]) => boolean;
}

type Arguments<F> = F extends (...args: infer A) => unknown ? A : never;

export function at<T extends object, M extends keyof T & string>(
  target: T,
  method: M,
  counts: (...args: Arguments<T[M]>) => boolean = () => true,
): Place {
  return { target, method, counts: (_, args) => counts(...(args as Arguments<T[M]>)) };
}

/** What is done to names: `path` is matched against the first argument. */
export function onDisk(
  method: "open" | "rename" | "unlink" | "makeDirectory",
  path: RegExp,
  mode?: string,
): Place {
  return onPath(method, path, (args) => mode === undefined || args[1] === mode);
}

/** The directory's sync right after a rename or an unlink of `path` in it, or of whatever was done there last. */
export function onDirectorySync(path: RegExp): Place {
  return onPath("syncDirectory", path);
}

/** What is done to an open file that was opened as `path`; of writes, those that are `alike`. */
export function onFile(
  method: "write" | "sync",
  path: RegExp,
  alike: (write: { readonly bytes: number; readonly offset: number }) => boolean = () => true,
): Place {
  const counts = (self: object, [bytes, offset]: readonly unknown[]): boolean => {
    if (!path.test(pathOf(self))) return false;
    return !(bytes instanceof Uint8Array) || alike({ bytes: bytes.length, offset: Number(offset) });
  };
  return { target: fileMethods, method, counts };
}

function onPath(
  method: keyof Disk & string,
  path: RegExp,
  alike: (args: readonly unknown[]) => boolean = () => true,
): Place {
  return {
    target: nodeDisk,
    method,
    counts: (_, args) => path.test(String(args[0])) && alike(args),
  };
}

const paths = new WeakMap<object, string>();

function pathOf(file: object): string {
  return paths.get(file) ?? "";
}

/** All files share their methods; any file will do to find them. */
async function methodsOfFiles(): Promise<object> {
  const file = await nodeDisk.open(fileURLToPath(import.meta.url), "read");
  await file.close();
  return Object.getPrototypeOf(file) as object;
}

const fileMethods = await methodsOfFiles();
const { open } = nodeDisk;
nodeDisk.open = async (path, mode): Promise<DiskFile> => {
  const file = await open(path, mode);
  paths.set(file, path);
  return file;
};
