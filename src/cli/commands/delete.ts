/** `kvraft delete KEY` */
import type { Command } from "commander";
import { EXIT } from "../../base/exit-status.js";
import { argumentBytes } from "../argument-bytes.js";
import { escapeBytes, JSON_VERSION } from "../format.js";
import type { Invocation } from "../invocation.js";
import type { ShortLine } from "../short-line.js";

const EXAMPLES = `Examples:
  kvraft delete greeting
`;

export function define(program: Command, invocation: Invocation): void {
  program
    .command("delete")
    .summary("remove a key")
    .description("Removes a key. Prints nothing.")
    .argument("<key>", "1 to 4096 bytes")
    .addHelpText("before", EXAMPLES)
    .action((key: string, _options: unknown, command: Command) =>
      run(invocation, { key, value: undefined, flags: command.optsWithGlobals() }),
    );
}

export async function run(invocation: Invocation, { key, flags }: ShortLine): Promise<void> {
  const settings = await invocation.settings(flags);
  const keyBytes = argumentBytes(key);
  const name = `delete "${escapeBytes(keyBytes)}"`;
  const write = { command: "delete", key: keyBytes, value: new Uint8Array() } as const;
  const deleted = await invocation.withWrite({ name, settings, ...write }, (clerk) => clerk.delete(keyBytes));
  if (!deleted) {
    invocation.exitStatus = EXIT.absent;
    invocation.remark(`there is no key "${escapeBytes(keyBytes)}"`);
  }
  if (settings.output === "json") {
    await invocation.output.write(`${JSON.stringify({ version: JSON_VERSION, deleted })}\n`);
  }
}
