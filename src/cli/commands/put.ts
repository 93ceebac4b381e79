/** `kvraft put KEY [VALUE]` */
import type { Command } from "commander";
import { addKeyHex, addValueHex, type HexFlags } from "../hex.js";
import type { Invocation } from "../invocation.js";
import type { ShortLine } from "../short-line.js";
import { VALUE_HELP } from "../value.js";
import { write } from "../write.js";

const EXAMPLES = `Examples:
  kvraft put greeting hello
  date | kvraft put now
  kvraft put avatar @cat.png
  kvraft put -- -5 "a key that begins with a dash"
`;

export function define(program: Command, invocation: Invocation): void {
  const command = program
    .command("put")
    .summary("store a value")
    .description("Stores a value under a key. Prints nothing.")
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
    command: "put",
    call: (clerk, bytes) => clerk.put(bytes.key, bytes.value),
  });
}
