/**
 * The lines that were typed, in `$XDG_STATE_HOME/kvraft/history`, for their owner alone: they hold keys and values. A convenience: where the
 * file cannot be read or written, there is only the history of this session.
 */
import { appendFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isSystemError } from "../failure.js";
import { makeXdgDirectory, xdgDirectory } from "../xdg.js";

export const HISTORY_LINES_MAX = 1000;
/** Longer lines are values that were pasted, and nobody looks for them. */
const LINE_LENGTH_MAX = 4096;
const PRIVATE = { mode: 0o600 };

export class History {
  readonly #directory: string;
  readonly #path: string;
  #last: string | undefined;
  /** Newest first. */
  readonly lines: readonly string[];

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    this.#directory = xdgDirectory(environment, "XDG_STATE_HOME");
    this.#path = join(this.#directory, "history");
    this.lines = this.#load();
    this.#last = this.lines[0];
  }

  /** False: it is not kept: there is nothing, or the last line again, or it begins with a blank, as what nobody shall see does in shells, or is very long. */
  add(typed: string): boolean {
    const line = typed.trimEnd();
    if (line === "" || line === this.#last) return false;
    if (/^\s/.test(line) || line.length > LINE_LENGTH_MAX) return false;
    this.#last = line;
    // At once, and to the end: sessions at the same time lose nothing of each other.
    attempt(() => {
      if (makeXdgDirectory(this.#directory)) appendFileSync(this.#path, `${line}\n`, PRIVATE);
    });
    return true;
  }

  #load(): readonly string[] {
    const text = attempt(() => readFileSync(this.#path, "utf8")) ?? "";
    const lines = text.split("\n").filter((line) => line !== "");
    const kept = lines.slice(-HISTORY_LINES_MAX);
    if (kept.length < lines.length) {
      attempt(() => {
        const draft = `${this.#path}.${process.pid}`;
        writeFileSync(draft, `${kept.join("\n")}\n`, PRIVATE);
        renameSync(draft, this.#path);
      });
    }
    return kept.reverse();
  }
}

/** Undefined: the system refuses it. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return undefined;
  }
}
