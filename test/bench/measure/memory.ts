/** What members occupy, in memory and on disk. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const BLOCK_BYTES = 512;

/** Resident memory of a process, MiB. */
export function residentMiB(pid: number): number {
  const match = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"));
  if (match === null) throw new Error(`process ${pid} has no memory`);
  return Number(match[1]) / 1024;
}

/** What the files of a directory occupy on its disk, MiB. A file that vanishes meanwhile counts nothing. */
export function directoryMiB(directory: string): number {
  let bytes = 0;
  for (const name of readdirSync(directory, { recursive: true, encoding: "utf8" })) {
    const stat = statSync(join(directory, name), { throwIfNoEntry: false });
    if (stat?.isFile() === true) bytes += stat.blocks * BLOCK_BYTES;
  }
  return bytes / 2 ** 20;
}
