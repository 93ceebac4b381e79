/** `kvraft append KEY [VALUE]` */
import type { Command } from "commander";
import { addKeyHex, addValueHex, type HexFlags } from "../hex.js";
import type { Invocation } from "../invocation.js";
import type { ShortLine } from "../short-line.js";
import { VALUE_HELP } from "../value.js";
import { write } from "../write.js";

const EXAMPLES = `Examples:
  kvraft append journal "one more line
"
  dmesg | tail -1 | kvraft append journal
`;

export function define(program: Command, invocation: Invocation): void {
  const command = program
    .command("append")
    .summary("add to the end of a value, exactly once")
    .description(
      "Adds to the end of a key's value, once and only once; an absent key starts empty. Prints nothing.",
    )
    .argument("<key>", "1 to 4096 bytes")
    .argument("[value]", VALUE_HELP)
    .addHelpText("before", EXAMPLES)
    .action((key: string, value: string | undefined, hex: HexFlags, command: Command) =>
      run(invocation, { key, value, flags: command.optsWithGlobals() }, hex),
    );
  addValueHex(addKeyHex(command));
}

export async function run(invocation: Invocation, line: ShortLine, hex: HexFlags = {}): Promise<void> {
  await write(invocation, line, {
    hex,
    command: "append",
    call: (clerk, bytes) => clerk.append(bytes.key, bytes.value),
  });
}
