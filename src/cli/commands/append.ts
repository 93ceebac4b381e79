/** `kvraft append KEY [VALUE]` */
import type { Command } from "commander";
import type { Invocation } from "../invocation.js";
import type { ShortLine } from "../short-line.js";
import { defineWrite, write } from "../write.js";

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
    .addHelpText("before", EXAMPLES);
  defineWrite(command, "append", invocation);
}

export async function run(invocation: Invocation, line: ShortLine): Promise<void> {
  await write(invocation, line, "append");
}
