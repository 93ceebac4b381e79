/**
 * The command-line tool from its arguments to its exit status. Everything that ends a run passes here: success,
 * failure, Ctrl-C, a reader that has gone, and bugs.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EXIT } from "../base/exit-status.js";
import { exactArguments } from "./argument-bytes.js";
import { SHORT_COMMANDS } from "./command-table.js";
import { Invocation } from "./invocation.js";
import { Output } from "./output.js";
import { readShortLine } from "./short-line.js";

/**
 * Runs one command and sets the exit status of the process. The process ends by itself once its output has
 * left: ending it by force would cut off what a slow pipe has not taken yet.
 */
export async function main(decodedArguments: readonly string[]): Promise<void> {
  const invocation = new Invocation({ output: new Output(process.stdout), environment: process.env });
  process.on("SIGINT", () => {
    if (!invocation.handlesInterrupt) void interrupt(invocation);
  });
  // Neither has a handler nearer to its cause, so both are bugs. Once: where explaining one fails as well, Node says so and ends.
  process.once("uncaughtException", (error) => void fail(error, invocation).then(() => process.exit()));
  try {
    await run(decodedArguments, invocation);
    process.exitCode = invocation.exitStatus;
  } catch (error) {
    await fail(error, invocation);
  }
}

async function run(decodedArguments: readonly string[], invocation: Invocation): Promise<void> {
  const argv = exactArguments(decodedArguments);
  const short = readShortLine(argv);
  if (short === null) return await runProgram(argv, invocation);
  const command = await SHORT_COMMANDS[short.name]();
  await command.run(invocation, short.line);
}

async function runProgram(argv: readonly string[], invocation: Invocation): Promise<void> {
  let said = "";
  const say = (text: string) => {
    said += text;
  };
  try {
    const { buildProgram } = await import("./program.js");
    const program = await buildProgram(argv, invocation, { version: softwareVersion(), say });
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

async function fail(error: unknown, invocation: Invocation): Promise<void> {
  const { explain } = await import("./explain.js");
  const { status, text } = explain(error, invocation.operation);
  process.exitCode = status;
  process.stderr.write(text);
}

async function interrupt(invocation: Invocation): Promise<void> {
  const { explainInterruption } = await import("./explain.js");
  const { status, text } = explainInterruption(invocation.operation);
  // Nothing that was asked for is wanted any more, neither answers nor pending output.
  process.stderr.write(text, () => process.exit(status));
}

function softwareVersion(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(join(import.meta.dirname, "../../../package.json"), "utf8"),
  );
  return (manifest as { readonly version: string }).version;
}
