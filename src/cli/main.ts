/**
 * The command-line tool from its arguments to its exit status. Everything that ends a run passes here: success,
 * failure, Ctrl-C, a reader that has gone, and bugs.
 */
import { readFileSync } from "node:fs";
import { EXIT } from "../base/exit-status.js";
import { exactArguments } from "./argument-bytes.js";
import { Invocation } from "./invocation.js";
import { Output } from "./output.js";
import { buildProgram } from "./program.js";

/**
 * Runs one command and sets the exit status of the process. The process ends by itself once its output has
 * left: ending it by force would cut off what a slow pipe has not taken yet.
 */
export async function main(decodedArguments: readonly string[]): Promise<void> {
  const invocation = new Invocation({ output: new Output(process.stdout), environment: process.env });
  process.on("SIGINT", () => {
    if (!invocation.handlesInterrupt) void interrupt(invocation);
  });
  // Neither has a handler nearer to its cause, so both are bugs.
  process.on("uncaughtException", (error) => void fail(error, invocation).then(() => process.exit()));
  try {
    await runProgram(decodedArguments, invocation);
    process.exitCode = invocation.exitStatus;
  } catch (error) {
    await fail(error, invocation);
  }
}

async function runProgram(decodedArguments: readonly string[], invocation: Invocation): Promise<void> {
  let said = "";
  const say = (text: string) => {
    said += text;
  };
  try {
    const argv = exactArguments(decodedArguments);
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
    readFileSync(new URL("../../../package.json", import.meta.url), "utf8"),
  );
  return (manifest as { readonly version: string }).version;
}
