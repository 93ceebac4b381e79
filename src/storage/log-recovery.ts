/**
 * Reads the whole log, oldest segment first, and changes nothing: whatever is refused is refused before the
 * first byte is written (PITFALLS 42, 47). Records are numbered across segments, so that none can be missing
 * unnoticed.
 */
import type { SnapshotMetadata } from "../raft/entry.js";
import type { LogRecord } from "../server/ports.js";
import { decodeLogRecord } from "../wire/disk-codec.js";
import { WireError } from "../wire/errors.js";
import type { Disk } from "./disk.js";
import { type FoldedLog, LogFold } from "./log-fold.js";
import { listSegments, openHeader, type SegmentHeader, segmentPath } from "./segment.js";
import { type ScannedSegment, scanSegment } from "./segment-scan.js";
import { StorageError } from "./storage-error.js";

export interface FoundSegment extends SegmentHeader, ScannedSegment {
  readonly path: string;
  /** Of the file; fewer than `sizeBytes` where the end of unused space was cut off. */
  readonly fileBytes: number;
  /** The highest index of an entry in it, 0 where it holds none. */
  readonly lastIndex: number;
}

export interface LogOnDisk extends FoldedLog {
  /** Oldest first, contiguous; all but the last hold records. Empty: there is no log yet. */
  readonly segments: readonly FoundSegment[];
  readonly nextRecordNumber: number;
  /** The newest snapshot that the log knows of. */
  readonly mark: SnapshotMetadata | null;
  /** Files of an interrupted preparation. */
  readonly leftovers: readonly string[];
}

/** `snapshot`: the newest durable one, index 0 where there is none. `onProgress` is called after each segment. */
export async function readLog(
  disk: Disk,
  directory: string,
  snapshot: SnapshotMetadata,
  onProgress: () => void = () => {},
): Promise<LogOnDisk> {
  const { sequences, leftovers } = await listSegments(disk, directory);
  const oldest = sequences[0] ?? 1;
  const fold = new LogFold(oldest > 1);
  const segments: FoundSegment[] = [];
  let nextRecordNumber: number | null = oldest > 1 ? null : 1;
  for (const sequence of sequences) {
    const path = segmentPath(directory, sequence);
    const previous = segments.at(-1);
    if (previous !== undefined && previous.sequence + 1 !== sequence) {
      const file = segmentPath(directory, previous.sequence + 1);
      throw new StorageError("missing", "this segment of the log is not there, newer ones are", { file });
    }
    const segment = await readSegment(disk, { path, sequence, firstNumber: nextRecordNumber }, fold);
    if (previous !== undefined) checkSucceeds(previous, segment);
    segments.push(segment);
    if (segment.records > 0) nextRecordNumber = segment.nextNumber;
    onProgress();
  }
  if (sequences.length > 0 && nextRecordNumber === null) {
    throw new StorageError("missing", "the log has no record left, although it had some", {
      file: segmentPath(directory, oldest),
    });
  }
  if (sequences.length === 0 && snapshot.lastIncludedIndex > 0) {
    throw new StorageError("missing", "there is a snapshot, but no log", { file: directory });
  }
  return {
    ...fold.finish(snapshot),
    segments,
    nextRecordNumber: nextRecordNumber ?? 1,
    mark: fold.mark,
    leftovers,
  };
}

async function readSegment(
  disk: Disk,
  { path, sequence, firstNumber }: { path: string; sequence: number; firstNumber: number | null },
  fold: LogFold,
): Promise<FoundSegment & { readonly nextNumber: number }> {
  const bytes = await readFile(disk, path);
  const header = openHeader(bytes, path, sequence);
  if (bytes.length > header.sizeBytes) {
    const what = `the file is longer than the ${header.sizeBytes} bytes that it was made with`;
    throw new StorageError("corrupt", what, { file: path, offset: header.sizeBytes });
  }
  let lastIndex = 0;
  let nextNumber = 0;
  const scanned = scanSegment({ ...header, file: path, bytes }, firstNumber, (body, { number, offset }) => {
    const origin = { file: path, offset };
    const record = decode(body, origin);
    if (nextNumber === 0 && record.hardState === null) {
      throw new StorageError(
        "corrupt",
        "the first record of the segment does not restate the hard state",
        origin,
      );
    }
    fold.add(record, origin);
    lastIndex = Math.max(lastIndex, record.entries.at(-1)?.index ?? 0);
    nextNumber = number + 1;
  });
  return { ...header, ...scanned, path, fileBytes: bytes.length, lastIndex, nextNumber };
}

/** What `next` holds proves that everything in `previous` was durable when it was begun. */
function checkSucceeds(previous: FoundSegment, next: FoundSegment): void {
  const begun = next.records > 0 || next.tail.kind !== "blank";
  if (previous.records > 0 && !(begun && previous.tail.kind === "torn")) return;
  const what = "a record is incomplete or gone although the next segment was begun after it";
  throw new StorageError("corrupt", what, { file: previous.path, offset: previous.end });
}

async function readFile(disk: Disk, path: string): Promise<Buffer> {
  const file = await disk.open(path, "read");
  try {
    const bytes = Buffer.allocUnsafeSlow(await file.size());
    const length = await file.read(bytes, 0);
    return bytes.subarray(0, length);
  } finally {
    await file.close();
  }
}

function decode(body: Uint8Array, origin: { readonly file: string; readonly offset: number }): LogRecord {
  try {
    return decodeLogRecord(body);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new StorageError("corrupt", `a record cannot be understood: ${error.message}`, {
      ...origin,
      cause: error,
    });
  }
}
