/** The process that `--kill-leader` names: a daemon of kvraft, on this machine, and nothing else. */
import { readFileSync } from "node:fs";
import { EXIT } from "../../base/exit-status.js";
import { CliError, usageError } from "../failure.js";

export class Victim {
  readonly pid: number;

  /** @throws CliError: 64 where there is no such process or it is no kvraftd, 77 where it is somebody else's */
  constructor(pid: number) {
    this.pid = pid;
    this.#signal(0);
    const command = commandLineOf(pid);
    if (command !== null && !/kvraftd/.test(command)) {
      throw usageError(`--kill-leader: process ${pid} is no kvraftd but ${JSON.stringify(command)}`, "bench");
    }
  }

  /** @throws CliError 64: it has ended by itself */
  kill(): void {
    this.#signal("SIGKILL");
  }

  #signal(signal: NodeJS.Signals | 0): void {
    try {
      process.kill(this.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EPERM")
        throw usageError(`--kill-leader: there is no process ${this.pid}`, "bench");
      throw new CliError(EXIT.denied, `--kill-leader: process ${this.pid} belongs to somebody else`);
    }
  }
}

/** Null: this system does not say. */
function commandLineOf(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return null;
  }
}
