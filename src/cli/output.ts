/**
 * stdout, for data alone: waits for a slow reader, and tells a reader that has gone from a full disk.
 */
import type { Writable } from "node:stream";
import { EXIT } from "../base/exit-status.js";
import { CliError, OutputClosedError } from "./failure.js";

interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export class Output {
  /** A person is looking at it. */
  readonly isTerminal: boolean;
  readonly #stream: Writable & Terminal;

  constructor(stream: Writable & Terminal) {
    this.isTerminal = stream.isTTY === true;
    this.#stream = stream;
    // Every failed write is reported to its own callback as well; this event alone would end the process.
    stream.on("error", () => {});
  }

  /** How long a line may be; Infinity: nobody looks. A terminal that does not tell (0) has 80. */
  get columns(): number {
    return this.isTerminal ? this.#stream.columns || 80 : Number.POSITIVE_INFINITY;
  }

  /** Resolves when the bytes have left this process. @throws OutputClosedError, CliError 74 */
  write(data: string | Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#stream.write(data, (error) => {
        if (error) reject(outputFailure(error));
        else resolve();
      });
    });
  }
}

function outputFailure(error: Error): Error {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "EPIPE" || code === "ERR_STREAM_DESTROYED")
    return new OutputClosedError("the reader of stdout has gone");
  return new CliError(EXIT.io, `stdout cannot be written: ${error.message}`);
}
