/**
 * stdout, for data alone: waits for a slow reader, and tells a reader that has gone from a full disk.
 */
import type { Writable } from "node:stream";
import { EXIT } from "../base/exit-status.js";
import { CliError, OutputClosedError } from "./failure.js";

export class Output {
  /** A person is looking at it. */
  readonly isTerminal: boolean;
  readonly #stream: Writable;

  constructor(stream: Writable & { readonly isTTY?: boolean }) {
    this.isTerminal = stream.isTTY === true;
    this.#stream = stream;
    // Every failed write is reported to its own callback as well; this event alone would end the process.
    stream.on("error", () => {});
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
