/**
 * What put and append have in common: the value is read first, then one write is made of it.
 */
import type { Command } from "commander";
import { escapeBytes, jsonDocument } from "./format.js";
import { addKeyHex, addValueHex, type HexFlags, keyBytes, valueBytes } from "./hex.js";
import type { Invocation } from "./invocation.js";
import type { ShortLine } from "./short-line.js";
import { readValue, VALUE_HELP } from "./value.js";

/** Of the commands, and of the Clerk's methods for them. */
export type WriteName = "put" | "append";

/** Adds to the command `name` what it takes, and what it does. */
export function defineWrite(command: Command, name: WriteName, invocation: Invocation): void {
  command
    .argument("<key>", "1 to 4096 bytes")
    .argument("[value]", VALUE_HELP)
    .action((key: string, value: string | undefined, hex: HexFlags) =>
      write(invocation, { key, value, flags: command.optsWithGlobals() }, name, hex),
    );
  addValueHex(addKeyHex(command));
}

export async function write(
  invocation: Invocation,
  { key, value, flags }: ShortLine,
  command: WriteName,
  hex: HexFlags = {},
): Promise<void> {
  const settings = await invocation.settings(flags);
  const text = await readValue(value, { command, stdin: invocation.input });
  const bytes = { key: keyBytes(key, hex.keyHex), value: valueBytes(text, hex.valueHex) };
  const name = `${command} "${escapeBytes(bytes.key)}"`;
  await invocation.withWrite({ name, settings, command, ...bytes }, (clerk) =>
    clerk[command](bytes.key, bytes.value),
  );
  if (settings.output === "json") {
    await invocation.output.write(jsonDocument({ done: true }));
  }
}
