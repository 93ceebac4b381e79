/**
 * The one error family of storage: what happened, where, and what a person can do about it. Every one of them
 * is final for the process that sees it: nothing here is retried, and nothing is acknowledged afterwards.
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

/**
 * An old copy has forgotten votes and acknowledgements that others count on: going on with one can lose data.
 */
const NO_OLD_COPY =
  "Do not go on with an empty or older copy under the same name: this member has made promises that such a copy does not know";

const ADVICE: Readonly<Record<StorageErrorCode, string>> = {
  io: "Nothing is acknowledged after such a fault; put the disk in order and start again",
  corrupt: `Nothing was changed; keep the directory, the other members hold the data. ${NO_OLD_COPY}`,
  missing: `Nothing was changed; put back what is missing. ${NO_OLD_COPY}`,
  "unknown-format": "Nothing was changed; run the version that wrote it, or a newer one",
  "in-use": "Stop that process first, or choose another data directory",
  "wrong-member":
    "Nothing was changed; start it under the name that it was made for, or choose another data directory",
  "wrong-cluster": "Nothing was changed; choose another data directory",
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
      `${describePlace(place)}${what}. ${ADVICE[code]}.`,
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
