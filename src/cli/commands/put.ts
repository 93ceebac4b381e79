/** `kvraft put KEY [VALUE]` */
import type { Command } from "commander";
import type { Invocation } from "../invocation.js";
import type { ShortLine } from "../short-line.js";
import { defineWrite, write } from "../write.js";

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
    .addHelpText("before", EXAMPLES);
  defineWrite(command, "put", invocation);
}

export async function run(invocation: Invocation, line: ShortLine): Promise<void> {
  await write(invocation, line, "put");
}
