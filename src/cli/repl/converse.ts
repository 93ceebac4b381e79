/** The shell with a person: one line after the other until Ctrl-D or exit, whatever becomes of each. */
import type { Command } from "commander";
import { keysLike } from "../completion/keys.js";
import { completeLine } from "./completer.js";
import { History } from "./history.js";
import { Shell, type ShellOptions } from "./shell.js";
import { Terminal } from "./terminal.js";

const UNREADABLE = 'kvraft: the line is not valid UTF-8\nkvraft: Try: "\\xff" for such bytes, or --key-hex\n';

/** `context`: whose settings are in force; null: none is asked for. */
export async function converse(options: Omit<ShellOptions, "input">, context: string | null): Promise<void> {
  const terminal: Terminal = new Terminal({
    history: new History(options.environment),
    complete: async (line) =>
      completeLine(line, await grammarOf(shell), (flags, prefix) =>
        keysLike(shell.invocation(), flags, prefix),
      ),
    onInterrupt: () => shell.interrupt(),
  });
  const shell = new Shell({ ...options, input: () => terminal.input() });
  const prompt = () => `${[context, shell.leaderId].filter((name) => name !== null).join("/") || "kvraft"}> `;
  try {
    while (!shell.isOver) {
      if (shell.leaderId === null) void shell.meet().then(() => terminal.prompt(prompt()));
      const line = await terminal.read(prompt());
      if (line === null) return;
      // What readline could not decode it has replaced, and the line would mean another key.
      if (line.includes("\ufffd")) process.stderr.write(UNREADABLE);
      else await shell.run(line);
    }
  } finally {
    terminal.close();
    await shell.close();
  }
}

async function grammarOf(shell: Shell): Promise<Command> {
  const { buildProgram } = await import("../program.js");
  const { commands } = shell;
  return await buildProgram(["help"], shell.invocation(), { version: "", say: () => {}, commands });
}
