/** `kvraft config show [--origin]` */
import type { Command } from "commander";
import { jsonDocument } from "../format.js";
import type { Invocation } from "../invocation.js";
import { findTexts, parseTexts, SETTING_NAMES } from "../settings.js";

const EXAMPLES = `Examples:
  kvraft config show --origin
  kvraft --context staging config show
`;

export function define(program: Command, invocation: Invocation): void {
  const config = program
    .command("config")
    .summary("show the settings in force")
    .description("What flags, environment and configuration files come to.")
    .helpCommand(false);
  config
    .command("show")
    .summary("print the settings in force")
    .description("Prints the settings in force, one a line.")
    .option("--origin", "and who says so")
    .addHelpText("before", EXAMPLES)
    .action(async ({ origin }: { readonly origin?: true }, command: Command) => {
      const texts = findTexts(await invocation.settingSources(command.optsWithGlobals()));
      const { output } = parseTexts(texts);
      if (output === "json") {
        const settings = Object.fromEntries(
          SETTING_NAMES.map((name) => [name, { value: texts[name].text, origin: texts[name].origin }]),
        );
        await invocation.output.write(jsonDocument({ settings }));
        return;
      }
      for (const name of SETTING_NAMES) {
        const { text, origin: by } = texts[name];
        await invocation.output.write(`${name}\t${text}${origin === true ? `\t${by}` : ""}\n`);
      }
    });
}
