/** `kvraft get KEY` */
import type { Command } from "commander";
import { endWithoutKey } from "../absent-key.js";
import { escapeBytes, jsonBytes, jsonDocument } from "../format.js";
import { addKeyHex, type HexFlags, keyBytes } from "../hex.js";
import type { Invocation } from "../invocation.js";
import type { ShortLine } from "../short-line.js";
import { type ConsistencyFlag, consistencyOption, describeReads, jsonRead } from "../stale-read.js";

const EXAMPLES = `Examples:
  kvraft get greeting
  kvraft get backup/notes | tar x
  kvraft get greeting -o json              {"version":1,"key":{…},"value":{…}}
  kvraft get --consistency stale greeting  any member may answer
`;

const STALE = `
With --consistency stale, stderr says which member answered, and how far behind
what all members together have acknowledged that may be; with -o json the
document does.
`;

type GetFlags = Partial<ConsistencyFlag> & HexFlags;

export function define(program: Command, invocation: Invocation): void {
  const command = program
    .command("get")
    .summary("print a value")
    .description("Prints the exact bytes of a key's value, and on a terminal a newline after them.")
    .argument("<key>", "1 to 4096 bytes")
    .addOption(consistencyOption(program))
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", STALE)
    .action((key: string, flags: GetFlags, command: Command) =>
      run(invocation, { key, value: undefined, flags: command.optsWithGlobals() }, flags),
    );
  addKeyHex(command);
}

export async function run(
  invocation: Invocation,
  { key, flags }: ShortLine,
  { consistency, keyHex }: GetFlags = {},
): Promise<void> {
  const settings = await invocation.settings(flags);
  const bytes = keyBytes(key, keyHex);
  const name = `get "${escapeBytes(bytes)}"`;
  const read = await invocation.withClerk({ name, isWrite: false, settings }, async (clerk) =>
    consistency === "stale" ? await clerk.getStale(bytes) : { value: await clerk.get(bytes) },
  );
  const { value } = read;
  const json = settings.output === "json" && value !== null;
  if ("member" in read && !json) invocation.note(describeReads([read]));
  if (value === null) {
    endWithoutKey(invocation, bytes);
  } else if (json) {
    const pair = { key: jsonBytes(bytes), value: jsonBytes(value) };
    const source = "member" in read ? { read: jsonRead(read) } : {};
    await invocation.output.write(jsonDocument({ ...pair, ...source }));
  } else {
    await invocation.output.write(value);
    if (invocation.output.isTerminal) await invocation.output.write("\n");
  }
}
