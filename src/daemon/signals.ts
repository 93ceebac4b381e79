/** What asks a running daemon to stop, or to read its configuration again. */
import { isatty } from "node:tty";
import { EXIT } from "../base/exit-status.js";

/** As a number: process.stdin would be made by looking at it. */
const STDIN = 0;

export interface SignalHandlers {
  /** Called at the first request. A second one ends the process at once, which its log survives as any crash. */
  readonly stop: (reason: string) => void;
  readonly reload: () => void;
}

export function handleSignals({ stop, reload }: SignalHandlers): void {
  let requested = false;
  const request = (reason: string): void => {
    if (requested) process.exit(EXIT.done);
    requested = true;
    stop(reason);
  };
  process.on("SIGTERM", request);
  process.on("SIGINT", request);
  // At a terminal SIGHUP means what it is named after: the line has been hung up.
  process.on("SIGHUP", isatty(STDIN) ? request : reload);
  const { KVRAFTD_EXIT_WITH_PARENT } = process.env;
  if (KVRAFTD_EXIT_WITH_PARENT === "1") {
    // Stdin is a pipe from a parent that never writes: it ends when the parent does, even by SIGKILL.
    process.stdin.once("close", () => request("the parent has gone"));
    process.stdin.on("error", () => {});
    process.stdin.resume();
  }
}
