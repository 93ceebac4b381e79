/**
 * The command-line tool from its arguments to its exit status. Everything that ends a run passes here: success,
 * failure, Ctrl-C, a reader that has gone, and bugs.
 */
import { exactArguments } from "./argument-bytes.js";
import { Invocation } from "./invocation.js";
import { Output } from "./output.js";
import { describeFailure, run } from "./run.js";

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
    await run(exactArguments(decodedArguments), invocation);
    process.exitCode = invocation.exitStatus;
  } catch (error) {
    await fail(error, invocation);
  }
}

async function fail(error: unknown, invocation: Invocation): Promise<void> {
  const { status, text } = await describeFailure(error, invocation);
  process.exitCode = status;
  process.stderr.write(text);
}

async function interrupt(invocation: Invocation): Promise<void> {
  const { explainInterruption } = await import("./explain.js");
  const { status, text } = explainInterruption(invocation.operation);
  // Nothing that was asked for is wanted any more, neither answers nor pending output.
  process.stderr.write(text, () => process.exit(status));
}
