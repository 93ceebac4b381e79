/** Keys and values given in hexadecimal, for bytes that are hard to type. */
import { Buffer } from "node:buffer";
import type { Command } from "commander";
import { argumentBytes } from "./argument-bytes.js";
import { usageError } from "./failure.js";

/** `--key-hex` and `--value-hex`. */
export interface HexFlags {
  readonly keyHex?: true;
  readonly valueHex?: true;
}

export function addKeyHex(command: Command, what = "KEY is hexadecimal"): Command {
  return command.option("--key-hex", what);
}

export function addValueHex(command: Command): Command {
  return command.option("--value-hex", "VALUE is hexadecimal, wherever it comes from");
}

/** What an argument stands for. `isHex`: as the flag says. @throws CliError 64: it is no hexadecimal */
export function keyBytes(argument: string, isHex: true | undefined): Uint8Array {
  return isHex ? hexBytes(argument, "--key-hex") : argumentBytes(argument);
}

/** What the text of a value stands for; white space at its end is not part of it. */
export function valueBytes(value: Uint8Array, isHex: true | undefined): Uint8Array {
  return isHex ? hexBytes(Buffer.from(value).toString("latin1").trimEnd(), "--value-hex") : value;
}

function hexBytes(text: string, flag: string): Uint8Array {
  if (/^([0-9a-fA-F]{2})*$/.test(text)) return Buffer.from(text, "hex");
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  throw usageError(`${flag}: ${JSON.stringify(shown)} is not pairs of hexadecimal digits`);
}
