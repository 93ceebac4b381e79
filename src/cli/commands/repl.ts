/** `kvraft repl` */
import type { Command } from "commander";
import type { Invocation } from "../invocation.js";
import { obey } from "../repl/script.js";
import { askedContext, type Flags, readSettings } from "../settings.js";

const EXAMPLES = `Examples:
  kvraft repl
  kvraft repl < commands                   stops at the first that fails
  printf 'put a 1\\nappend a 2\\nget a\\n' | kvraft repl
`;

const LINES = `
Lines are commands as in a shell, without "kvraft":
  put "a key" 'a value' # a comment
In "…" there are the escapes \\n \\t \\r \\\\ \\" \\xff. The options given to
repl hold for each line that does not name its own. All lines share one
connection and one session.

On a terminal: Tab completes commands, options and keys; Ctrl-C clears the line
or interrupts the command, Ctrl-D and exit end. Lines are kept for the next
time, but for those that begin with a blank.
`;

export function define(program: Command, invocation: Invocation): void {
  program
    .command("repl")
    .summary("run many commands on one connection, typed or from a pipe")
    .description("Reads commands line by line and runs them on one connection.")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", LINES)
    .action(async (_options: unknown, command: Command) => {
      const flags: Flags = command.optsWithGlobals();
      const sources = await invocation.settingSources(flags);
      const { output, environment } = invocation;
      const options = { output, environment, flags, settings: readSettings(sources) };
      invocation.handlesInterrupt = true;
      if (process.stdin.isTTY && process.stderr.isTTY) {
        const { converse } = await import("../repl/converse.js");
        await converse(options, askedContext(sources).name ?? null);
      } else {
        invocation.exitStatus = await obey(options, (text) => invocation.note(text));
      }
    });
}
