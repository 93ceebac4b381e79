import { Writable } from "node:stream";
import type { Command } from "commander";
import { Invocation } from "../../src/cli/invocation.js";
import { Output } from "../../src/cli/output.js";
import { buildProgram } from "../../src/cli/program.js";

/** The grammar for these arguments; `help`: all of it. What it prints goes to `say`. */
export async function grammar(
  argv: readonly string[],
  { version = "", say = () => {} }: { readonly version?: string; readonly say?: (text: string) => void } = {},
): Promise<Command> {
  const output = new Output(new Writable({ write: (_chunk, _encoding, done) => done() }));
  const invocation = new Invocation({ output, environment: { XDG_CONFIG_HOME: "/nonexistent" } });
  return await buildProgram(argv, invocation, { version, say });
}

/** A command and all below it that help speaks of. */
export function visible(command: Command): readonly Command[] {
  return [command, ...command.createHelp().visibleCommands(command).flatMap(visible)];
}
