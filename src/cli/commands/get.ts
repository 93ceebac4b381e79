/** `kvraft get KEY` */
import type { Command } from "commander";
import { EXIT } from "../../base/exit-status.js";
import { argumentBytes } from "../argument-bytes.js";
import { escapeBytes, JSON_VERSION, jsonBytes } from "../format.js";
import type { Invocation } from "../invocation.js";
import type { ShortLine } from "../short-line.js";
import {
  type Consistency,
  type ConsistencyFlag,
  consistencyOption,
  describeReads,
  jsonRead,
} from "../stale-read.js";

const EXAMPLES = `Examples:
  kvraft get greeting
  kvraft get backup/notes | tar x
  kvraft get greeting -o json              {"version":1,"key":{"base64":…,"utf8":…},"value":{…}}
  kvraft get --consistency stale greeting  from any member, also while nobody leads
`;

const STALE = `
With --consistency stale, stderr says which member answered, and how far behind what all members
together have acknowledged that may be; with -o json the document does.
`;

export function define(program: Command, invocation: Invocation): void {
  program
    .command("get")
    .summary("print a value")
    .description("Prints the exact bytes of a key's value, and on a terminal a newline after them.")
    .argument("<key>", "1 to 4096 bytes")
    .addOption(consistencyOption(program))
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", STALE)
    .action((key: string, { consistency }: ConsistencyFlag, command: Command) =>
      run(invocation, { key, value: undefined, flags: command.optsWithGlobals() }, consistency),
    );
}

export async function run(
  invocation: Invocation,
  { key, flags }: ShortLine,
  consistency: Consistency = "linearizable",
): Promise<void> {
  const settings = await invocation.settings(flags);
  const keyBytes = argumentBytes(key);
  const name = `get "${escapeBytes(keyBytes)}"`;
  const read = await invocation.withClerk({ name, isWrite: false, settings }, async (clerk) =>
    consistency === "stale" ? await clerk.getStale(keyBytes) : { value: await clerk.get(keyBytes) },
  );
  const { value } = read;
  const json = settings.output === "json" && value !== null;
  if ("member" in read && !json) invocation.note(describeReads([read]));
  if (value === null) {
    invocation.exitStatus = EXIT.absent;
    invocation.remark(`there is no key "${escapeBytes(keyBytes)}"`);
  } else if (json) {
    const pair = { key: jsonBytes(keyBytes), value: jsonBytes(value) };
    const source = "member" in read ? { read: jsonRead(read) } : {};
    const document = { version: JSON_VERSION, ...pair, ...source };
    await invocation.output.write(`${JSON.stringify(document)}\n`);
  } else {
    await invocation.output.write(value);
    if (invocation.output.isTerminal) await invocation.output.write("\n");
  }
}
