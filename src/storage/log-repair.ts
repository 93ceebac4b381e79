/**
 * Puts the log in order after a crash, once log-recovery.ts has found nothing to refuse: erases what a torn
 * write left and opens the segments that will be written to. Every step may be interrupted and done again.
 */
import path from "node:path";
import { type Disk, writeZeros } from "./disk.js";
import type { FoundSegment, LogOnDisk } from "./log-recovery.js";
import { type OpenSegment, RECORDS_OFFSET } from "./segment.js";
import type { SealedSegment } from "./segment-keeper.js";

export interface RepairedLog {
  /** Null: no segment holds a record yet. */
  readonly active: { readonly segment: OpenSegment; readonly end: number; readonly lastIndex: number } | null;
  readonly sealed: readonly SealedSegment[];
  /** A segment of zeros after the active one. */
  readonly spare: OpenSegment | null;
  readonly notes: readonly string[];
}

export async function repairLog(disk: Disk, directory: string, found: LogOnDisk): Promise<RepairedLog> {
  const notes: string[] = [];
  for (const name of found.leftovers) await disk.unlink(path.join(directory, name));
  const begun = found.segments.filter((segment) => segment.records > 0);
  const sealed = begun
    .slice(0, -1)
    .map(({ path, lastIndex, end }) => ({ path, lastIndex, usedBytes: end - RECORDS_OFFSET }));
  const last = begun.at(-1);
  const empty = found.segments.find((segment) => segment.records === 0);
  const spare = empty === undefined ? null : await openSpare(disk, directory, empty, notes);
  if (last === undefined) return { active: null, sealed, spare, notes };
  const segment = await openForWriting(disk, last);
  if (last.tail.kind !== "blank") {
    await writeZeros(segment.file, { from: last.end, to: last.tail.to });
    notes.push(
      `${last.path}: erased an unfinished write at offset ${last.end}, which nothing was acknowledged of`,
    );
  }
  if (last.fileBytes < last.sizeBytes) {
    await writeZeros(segment.file, { from: last.fileBytes, to: last.sizeBytes });
    notes.push(`${last.path}: gave back unused space that had been cut off at offset ${last.fileBytes}`);
  }
  return { active: { segment, end: last.end, lastIndex: last.lastIndex }, sealed, spare, notes };
}

/**
 * Keeps a segment without records if it is all zeros; otherwise it goes, so that a clean one takes its name.
 */
async function openSpare(
  disk: Disk,
  directory: string,
  empty: FoundSegment,
  notes: string[],
): Promise<OpenSegment | null> {
  if (empty.tail.kind === "blank" && empty.fileBytes === empty.sizeBytes) return openForWriting(disk, empty);
  await disk.unlink(empty.path);
  await disk.syncDirectory(directory);
  notes.push(`${empty.path}: removed an unfinished write, which nothing was acknowledged of`);
  return null;
}

async function openForWriting(
  disk: Disk,
  { path, sequence, sizeBytes, seed }: FoundSegment,
): Promise<OpenSegment> {
  return { path, sequence, sizeBytes, seed, file: await disk.open(path, "write") };
}
