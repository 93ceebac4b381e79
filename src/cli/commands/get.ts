/** `kvraft get KEY` */
import type { Command } from "commander";
import { EXIT } from "../../base/exit-status.js";
import { argumentBytes } from "../argument-bytes.js";
import { escapeBytes, JSON_VERSION, jsonBytes } from "../format.js";
import type { Invocation } from "../invocation.js";

const EXAMPLES = `Examples:
  kvraft get greeting
  kvraft get backup/notes | tar x
  kvraft get greeting -o json              {"version":1,"key":{"base64":…,"utf8":…},"value":{…}}
`;

export function define(program: Command, invocation: Invocation): void {
  program
    .command("get")
    .summary("print a value")
    .description("Prints the exact bytes of a key's value, and on a terminal a newline after them.")
    .argument("<key>", "1 to 4096 bytes")
    .addHelpText("before", EXAMPLES)
    .action(async (key: string, _options: unknown, command: Command) => {
      const settings = await invocation.settings(command.optsWithGlobals());
      const keyBytes = argumentBytes(key);
      const name = `get "${escapeBytes(keyBytes)}"`;
      const value = await invocation.withClerk({ name, isWrite: false, settings }, (clerk) =>
        clerk.get(keyBytes),
      );
      if (value === null) {
        invocation.exitStatus = EXIT.absent;
        invocation.remark(`there is no key "${escapeBytes(keyBytes)}"`);
      } else if (settings.output === "json") {
        const document = { version: JSON_VERSION, key: jsonBytes(keyBytes), value: jsonBytes(value) };
        await invocation.output.write(`${JSON.stringify(document)}\n`);
      } else {
        await invocation.output.write(value);
        if (invocation.output.isTerminal) await invocation.output.write("\n");
      }
    });
}
