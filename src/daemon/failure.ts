/**
 * Why a daemon did not start, or stopped: the one place where an error becomes an exit status.
 */
import { EXIT, type ExitStatus } from "../base/exit-status.js";
import { NetError, type NetErrorCode } from "../net/net-error.js";
import { StorageError, type StorageErrorCode } from "../storage/storage-error.js";

/** The daemon cannot start as it was told to. `message` is for the person who started it. */
export class StartError extends Error {
  override readonly name = "StartError";
  readonly status: ExitStatus;

  constructor(status: ExitStatus, message: string) {
    super(message);
    this.status = status;
  }
}

const STORAGE_STATUS: Readonly<Record<StorageErrorCode, ExitStatus>> = {
  io: EXIT.io,
  corrupt: EXIT.io,
  missing: EXIT.io,
  "unknown-format": EXIT.io,
  "in-use": EXIT.configuration,
  "wrong-member": EXIT.configuration,
  "wrong-cluster": EXIT.configuration,
};

const NET_STATUS: Readonly<Record<NetErrorCode, ExitStatus>> = {
  "address-invalid": EXIT.configuration,
  "address-in-use": EXIT.unavailable,
  "address-denied": EXIT.denied,
  "address-unavailable": EXIT.configuration,
  "listen-failed": EXIT.unavailable,
};

export function exitStatusOf(error: unknown): ExitStatus {
  if (error instanceof StartError) return error.status;
  if (error instanceof StorageError) return STORAGE_STATUS[error.code];
  if (error instanceof NetError) return NET_STATUS[error.code];
  return EXIT.bug;
}

/** For stderr: what a person can act on; of a bug everything that is known. */
export function failureText(error: unknown): string {
  if (exitStatusOf(error) !== EXIT.bug) return `kvraftd: ${(error as Error).message}\n`;
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `kvraftd: this is a bug in kvraft; please report it with what follows\n${trace}\n`;
}
