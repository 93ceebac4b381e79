/**
 * The errors that commands raise themselves. What becomes of them is decided in `explain.ts`.
 */
import { EXIT, type ExitStatus } from "../base/exit-status.js";

/** A failure that a command has understood. `message` says what happened, `advice` what to do next. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly status: ExitStatus;
  readonly advice: string;

  constructor(status: ExitStatus, message: string, advice = "") {
    super(message);
    this.status = status;
    this.advice = advice;
  }
}

/** Whoever read our stdout has gone (`kvraft scan | head`): nothing is wrong, and nobody is told. */
export class OutputClosedError extends Error {
  override readonly name = "OutputClosedError";
}

/** What the operating system refuses is no bug; its message names the call and the file. */
export function isSystemError(error: unknown): error is Error {
  return error instanceof Error && "syscall" in error && "code" in error;
}

/** Of opening a file that is to be new. @throws CliError 74 where it is there already; else `error` */
export function refuseExisting(error: unknown, path: string, advice: string): never {
  if (!isSystemError(error) || (error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  throw new CliError(EXIT.io, `${path} is there already`, advice);
}

export function usageError(message: string, command?: string): CliError {
  return new CliError(EXIT.usage, message, `Try: kvraft ${command === undefined ? "" : `${command} `}--help`);
}
