/** `kvraft delete KEY` */
import type { Command } from "commander";
import { endWithoutKey } from "../absent-key.js";
import { escapeBytes, jsonDocument } from "../format.js";
import { addKeyHex, type HexFlags, keyBytes } from "../hex.js";
import type { Invocation } from "../invocation.js";
import type { ShortLine } from "../short-line.js";

const EXAMPLES = `Examples:
  kvraft delete greeting
`;

export function define(program: Command, invocation: Invocation): void {
  const command = program
    .command("delete")
    .summary("remove a key")
    .description("Removes a key. Prints nothing.")
    .argument("<key>", "1 to 4096 bytes")
    .addHelpText("before", EXAMPLES)
    .action((key: string, hex: HexFlags, command: Command) =>
      run(invocation, { key, value: undefined, flags: command.optsWithGlobals() }, hex),
    );
  addKeyHex(command);
}

export async function run(
  invocation: Invocation,
  { key, flags }: ShortLine,
  { keyHex }: HexFlags = {},
): Promise<void> {
  const settings = await invocation.settings(flags);
  const bytes = keyBytes(key, keyHex);
  const name = `delete "${escapeBytes(bytes)}"`;
  const write = { command: "delete", key: bytes, value: new Uint8Array() } as const;
  const deleted = await invocation.withWrite({ name, settings, ...write }, (clerk) => clerk.delete(bytes));
  if (!deleted) endWithoutKey(invocation, bytes);
  if (settings.output === "json") {
    await invocation.output.write(jsonDocument({ deleted }));
  }
}
