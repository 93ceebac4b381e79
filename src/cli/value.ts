/**
 * Where the VALUE of put and append comes from: the argument itself, stdin, or a file. Its bytes are
 * taken as they are, and never more of them than the largest value there can be.
 */
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { EXIT } from "../base/exit-status.js";
import { VALUE_BYTES_MAX } from "../wire/limits.js";
import { argumentBytes } from "./argument-bytes.js";
import { CliError, usageError } from "./failure.js";
import type { Input } from "./invocation.js";

/** Says in help texts what this file does. */
export const VALUE_HELP = "the value itself; - or absent with a pipe: stdin; @FILE: the bytes of a file";

/**
 * @throws CliError 64: no value and nobody to type one; 65: too long; 74: it cannot be read.
 */
export async function readValue(
  argument: string | undefined,
  { command, stdin }: { readonly command: string; readonly stdin: () => Input },
): Promise<Uint8Array> {
  if (argument === undefined && stdin().isTTY === true) {
    throw usageError(`${command} needs a VALUE: an argument, a pipe on stdin, or @FILE`, command);
  }
  if (argument === undefined || argument === "-") return readAll(stdin(), "stdin");
  if (argument.startsWith("@")) {
    const path = argument.slice(1);
    return readAll(createReadStream(Buffer.from(argumentBytes(path))), path);
  }
  return argumentBytes(argument);
}

async function readAll(stream: Readable, name: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let lengthBytes = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      lengthBytes += chunk.length;
      if (lengthBytes > VALUE_BYTES_MAX) break;
      chunks.push(chunk);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(EXIT.io, `the value cannot be read from ${name}: ${reason}`, "Nothing was sent.");
  }
  if (lengthBytes > VALUE_BYTES_MAX) {
    const limit = `${VALUE_BYTES_MAX / 2 ** 20} MiB`;
    throw new CliError(
      EXIT.data,
      `the value from ${name} is longer than ${limit}, the most a key can hold`,
      "Nothing was sent.",
    );
  }
  return Buffer.concat(chunks);
}
