/** The file that a history is kept in: new, and opened before there is anything to write, since a history cannot be had twice. */
import { type FileHandle, open, unlink } from "node:fs/promises";
import { formatHistory } from "../../lin/history-file.js";
import type { Operation } from "../../lin/operation.js";
import { refuseExisting } from "../failure.js";

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
      return refuseExisting(error, path, "Nothing was sent, nothing was changed. Try: another file");
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
