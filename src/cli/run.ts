/**
 * One command line, from its words to its end or its failure. Whether the process ends with it is for the caller to decide.
 */
import { EXIT } from "../base/exit-status.js";
import { softwareVersion } from "../daemon/software-version.js";
import { COMMANDS, type CommandTable, SHORT_COMMANDS } from "./command-table.js";
import type { Failure } from "./explain.js";
import type { Invocation } from "./invocation.js";
import { readShortLine } from "./short-line.js";

/** Resolves when the command is done. @throws what {@link describeFailure} understands */
export async function run(
  argv: readonly string[],
  invocation: Invocation,
  commands: CommandTable = COMMANDS,
): Promise<void> {
  const short = readShortLine(argv);
  if (short === null) return await runProgram(argv, invocation, commands);
  const command = await SHORT_COMMANDS[short.name]();
  await command.run(invocation, short.line);
}

/** What `error` comes to. */
export async function describeFailure(error: unknown, invocation: Invocation): Promise<Failure> {
  const { explain } = await import("./explain.js");
  return explain(error, invocation.operation);
}

async function runProgram(
  argv: readonly string[],
  invocation: Invocation,
  commands: CommandTable,
): Promise<void> {
  let said = "";
  const say = (text: string) => {
    said += text;
  };
  try {
    const { buildProgram } = await import("./program.js");
    const program = await buildProgram(argv, invocation, { version: softwareVersion(), say, commands });
    await program.parseAsync(argv, { from: "user" });
  } catch (error) {
    // Help that was asked for is data; help in the place of a missing command is not.
    if (said !== "" && isSuccess(error)) await invocation.output.write(said);
    else if (said !== "") process.stderr.write(said);
    throw error;
  }
}

function isSuccess(error: unknown): boolean {
  return error instanceof Error && "exitCode" in error && error.exitCode === EXIT.done;
}
