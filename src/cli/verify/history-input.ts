/** A recorded history, from a file or stdin. */
import { isUtf8 } from "node:buffer";
import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { EXIT } from "../../base/exit-status.js";
import { HistoryLineError, parseHistory } from "../../lin/history-file.js";
import type { Operation } from "../../lin/operation.js";
import { CliError } from "../failure.js";
import type { Input } from "../invocation.js";

/** `path`: `-` stands for `stdin`. @throws CliError 65: a line is no operation; a system error */
export async function readHistory(path: string, stdin: () => Input): Promise<Operation[]> {
  const bytes = path === "-" ? await buffer(stdin()) : await readFile(path);
  try {
    if (!isUtf8(bytes)) throw new HistoryLineError(firstBadLine(bytes), "this is not UTF-8");
    return parseHistory(bytes.toString());
  } catch (error) {
    if (!(error instanceof HistoryLineError)) throw error;
    const name = path === "-" ? "stdin" : path;
    throw new CliError(EXIT.data, `${name}:${error.line}: ${error.message}`);
  }
}

/** The number of the first line that is not UTF-8. */
function firstBadLine(bytes: Buffer): number {
  let line = 1;
  for (let from = 0; ; line++) {
    const end = bytes.indexOf("\n", from);
    if (end === -1 || !isUtf8(bytes.subarray(from, end))) return line;
    from = end + 1;
  }
}
