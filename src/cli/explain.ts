/**
 * The one table from errors to exit statuses and text: what happened, what was tried, what to do next, in one or
 * two lines. Loaded only when something has gone wrong.
 */
import { CommanderError } from "commander";
import { EXIT, type ExitStatus } from "../base/exit-status.js";
import { ClerkError } from "../clerk/clerk-error.js";
import { CliError, isSystemError, OutputClosedError } from "./failure.js";
import type { Operation } from "./invocation.js";

export interface Failure {
  readonly status: ExitStatus;
  /** For stderr, whole lines; empty: nothing more is said. */
  readonly text: string;
}

/** `operation`: what was being asked of the cluster; null: nothing was sent. */
export function explain(error: unknown, operation: Operation | null): Failure {
  if (error instanceof OutputClosedError) return { status: EXIT.done, text: "" };
  if (error instanceof CommanderError) return explainCommander(error);
  if (error instanceof CliError) return failure(error.status, error.message, error.advice);
  if (error instanceof ClerkError) return explainClerk(error, operation);
  if (isSystemError(error)) return failure(EXIT.io, error.message, "");
  return explainBug(error);
}

/**
 * SIGINT: whoever pressed Ctrl-C during a write must know that it may have happened. `error`: what it failed with for that reason, where
 * somebody waited for it.
 */
export function explainInterruption(operation: Operation | null, error?: unknown): Failure {
  if (operation === null || !operation.isWrite) return { status: EXIT.interrupted, text: "" };
  if (operation.note !== undefined && error instanceof ClerkError && !error.outcomeUnknown)
    return failure(EXIT.interrupted, `interrupted: ${operation.name} was not sent`, "");
  const message = `interrupted: the outcome of ${operation.name} is unknown, it may take effect or not`;
  return failure(EXIT.interrupted, message, `Try: ${next(operation, "kvraft get, to see what is there")}`);
}

/** `command`: whose help says more. */
function explainCommander(error: CommanderError & { readonly command?: string }): Failure {
  if (error.exitCode === 0) return { status: EXIT.done, text: "" };
  // Without a command the help has been printed in the place of a message.
  if (error.code === "commander.help") return { status: EXIT.usage, text: "" };
  const [message = "", suggestion = ""] = error.message.replace(/^error: /, "").split("\n");
  const dashed = /^unknown option '-[^-]/.test(message) ? ", or -- before what begins with a dash" : "";
  const help = error.command === undefined ? "kvraft --help" : `kvraft ${error.command} --help`;
  return failure(EXIT.usage, [message, suggestion].join(" ").trim(), `Try: ${help}${dashed}`);
}

function explainClerk(error: ClerkError, operation: Operation | null): Failure {
  // The Clerk's message says what each member did already.
  const message = operation === null ? error.message : `${operation.name}: ${error.message}`;
  if (error.outcomeUnknown)
    return failure(EXIT.unknown, message, `The outcome is unknown. Try: ${next(operation, "kvraft status")}`);
  const status = CLERK_STATUS[error.code];
  const advice = [];
  if (operation?.isWrite) advice.push("Nothing was done.");
  if (status === EXIT.unavailable) advice.push("Try: kvraft status");
  return failure(status, message, advice.join(" "));
}

/** What to do about a write whose outcome is unknown. */
function next(operation: Operation | null, otherwise: string): string {
  const { note } = operation ?? {};
  return note === undefined ? otherwise : `kvraft resume ${note.id}, which does it exactly once`;
}

/** Errors that say for certain that nothing was done. */
const CLERK_STATUS: Readonly<Record<ClerkError["code"], ExitStatus>> = {
  "no-leader": EXIT.unavailable,
  unreachable: EXIT.unavailable,
  timeout: EXIT.unavailable,
  overloaded: EXIT.unavailable,
  "session-expired": EXIT.unavailable,
  closed: EXIT.unavailable,
  "key-empty": EXIT.data,
  "key-too-large": EXIT.data,
  "value-too-large": EXIT.data,
  "value-over-limit": EXIT.data,
  invalid: EXIT.data,
};

function explainBug(error: unknown): Failure {
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return failure(EXIT.bug, "this is a bug in kvraft; please report it with what follows", trace);
}

function failure(status: ExitStatus, message: string, advice: string): Failure {
  return { status, text: `kvraft: ${message}\n${advice === "" ? "" : `kvraft: ${advice}\n`}` };
}
