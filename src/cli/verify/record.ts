/** The file that a history is kept in: new, and opened before there is anything to write, since a history cannot be had twice. */
import { type FileHandle, open, unlink } from "node:fs/promises";
import { EXIT } from "../../base/exit-status.js";
import { formatHistory } from "../../lin/history-file.js";
import type { Operation } from "../../lin/operation.js";
import { CliError, isSystemError } from "../failure.js";

const OPERATIONS_PER_WRITE = 10_000;

export class HistoryRecord {
  readonly path: string;
  readonly #file: FileHandle;

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.#file = file;
  }

  /** @throws CliError 74: it is there already; a system error */
  static async create(path: string): Promise<HistoryRecord> {
    try {
      return new HistoryRecord(path, await open(path, "wx", 0o600));
    } catch (error) {
      if (!isSystemError(error) || (error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      throw new CliError(
        EXIT.io,
        `${path} is there already`,
        "Nothing was sent, nothing was changed. Try: another file",
      );
    }
  }

  /** All of it, at once; ends with it. */
  async write(history: readonly Operation[]): Promise<void> {
    try {
      for (let at = 0; at < history.length; at += OPERATIONS_PER_WRITE) {
        await this.#file.appendFile(formatHistory(history.slice(at, at + OPERATIONS_PER_WRITE)));
      }
    } finally {
      await this.#file.close();
    }
  }

  /** There is no history to be kept. */
  async discard(): Promise<void> {
    await this.#file.close();
    await unlink(this.path);
  }
}
