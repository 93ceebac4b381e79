/** Lines from a pipe or a file, as `sh -e` takes them: without a prompt, up to the first that fails. */
import { Buffer } from "node:buffer";
import { EXIT, type ExitStatus } from "../../base/exit-status.js";
import { decodeEscaped } from "../argument-bytes.js";
import { CliError, usageError } from "../failure.js";
import { onInterrupt } from "../interrupts.js";
import type { Input } from "../invocation.js";
import { Shell, type ShellOptions } from "./shell.js";

/** More than any command that a member would take. */
export const LINE_BYTES_MAX = 64 * 2 ** 20;
const NEWLINE = 0x0a;

/** Runs the lines of stdin. `note` takes which of them has failed. Resolves to its status, or 0. */
export async function obey(
  options: Omit<ShellOptions, "input">,
  note: (text: string) => void,
): Promise<ExitStatus> {
  const shell = new Shell({ ...options, input: noInput });
  const release = onInterrupt(() => {
    if (shell.isBusy) shell.interrupt();
    else process.exit(EXIT.interrupted);
  });
  try {
    return await runScript(shell, process.stdin, note);
  } finally {
    release();
    await shell.close();
  }
}

export async function runScript(
  shell: Pick<Shell, "run" | "isOver">,
  input: AsyncIterable<Uint8Array>,
  note: (text: string) => void,
): Promise<ExitStatus> {
  let number = 0;
  for await (const line of linesOf(input)) {
    number++;
    const status = await shell.run(line);
    if (status !== EXIT.done)
      note(`line ${number} of stdin ended with status ${status}; nothing after it was run`);
    if (status !== EXIT.done || shell.isOver) return status;
  }
  return EXIT.done;
}

/** What a command that asks for stdin is told. */
function noInput(): Input {
  throw usageError("stdin holds the commands; give a VALUE, or @FILE", "repl");
}

/** Without their ends; bytes that are not UTF-8 as in `argument-bytes.ts`. @throws CliError 65: one is too long */
export async function* linesOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  let pieces: Uint8Array[] = [];
  let lengthBytes = 0;
  const take = (last: Uint8Array): string => {
    const bytes = Buffer.concat([...pieces, last]);
    pieces = [];
    lengthBytes = 0;
    return decodeEscaped(bytes).replace(/\r$/, "");
  };
  for await (const chunk of input) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      yield take(chunk.subarray(from, end));
      from = end + 1;
    }
    pieces.push(chunk.subarray(from));
    lengthBytes += chunk.length - from;
    if (lengthBytes > LINE_BYTES_MAX) {
      throw new CliError(EXIT.data, `a line of stdin is longer than ${LINE_BYTES_MAX / 2 ** 20} MiB`);
    }
  }
  if (lengthBytes > 0) yield take(new Uint8Array());
}
