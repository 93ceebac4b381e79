/**
 * The one error family of storage: what happened, where, and what a person can do about it.
 * Every one of them is final for the process that sees it: nothing here is retried, and nothing
 * is acknowledged afterwards.
 */

export type StorageErrorCode =
  /** The operating system refused or failed: no space, no permission, a broken device. */
  | "io"
  /** Bytes on disk are not what was written there. */
  | "corrupt"
  /** A file that must be there is not. */
  | "missing"
  /** Written by a version of this program that this one does not know. */
  | "unknown-format"
  /** Another process uses the data directory. */
  | "in-use"
  /** The data belongs to another member. */
  | "wrong-member"
  /** The data belongs to another cluster. */
  | "wrong-cluster";

const ADVICE: Readonly<Record<StorageErrorCode, string>> = {
  io: "Nothing was acknowledged after this fault; put the disk in order and start again.",
  corrupt:
    "Nothing was changed. Restore this data directory from a copy, or let the member join again with an empty one.",
  missing:
    "Nothing was changed. Put the missing file back, or let the member join again with an empty data directory.",
  "unknown-format": "Nothing was changed. Run the version that wrote it, or a newer one.",
  "in-use": "Stop the other process first, or choose another data directory.",
  "wrong-member":
    "Nothing was changed. Start it under the name that it was made for, or choose another data directory.",
  "wrong-cluster": "Nothing was changed. Choose another data directory.",
};

export interface StoragePlace {
  readonly file?: string | undefined;
  /** Bytes from the start of `file`. */
  readonly offset?: number | undefined;
  readonly cause?: unknown;
}

export class StorageError extends Error {
  override readonly name = "StorageError";
  readonly code: StorageErrorCode;
  readonly file: string | undefined;
  readonly offset: number | undefined;

  constructor(code: StorageErrorCode, what: string, place: StoragePlace = {}) {
    super(
      `${describePlace(place)}${what}. ${ADVICE[code]}`,
      place.cause === undefined ? undefined : { cause: place.cause },
    );
    this.code = code;
    this.file = place.file;
    this.offset = place.offset;
  }
}

function describePlace({ file, offset }: StoragePlace): string {
  if (file === undefined) return "";
  return offset === undefined ? `${file}: ` : `${file}, offset ${offset}: `;
}
