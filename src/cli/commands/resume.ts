/** `kvraft resume [ID]` */
import type { Command } from "commander";
import { EXIT } from "../../base/exit-status.js";
import { type Clerk, ClerkError } from "../../clerk/clerk.js";
import { explain } from "../explain.js";
import { CliError } from "../failure.js";
import { escapeBytes, jsonBytes, jsonDocument } from "../format.js";
import type { Invocation } from "../invocation.js";
import type { Settings } from "../settings.js";
import type { UnfinishedWrite } from "../unfinished/note.js";
import { Notebook } from "../unfinished/notebook.js";

const EXAMPLES = `Examples:
  kvraft resume                            everything that was left undone
  kvraft resume 1f3a-mhw2k1x0
`;

const WHAT = `
put, append and delete note what they are about to do in $XDG_STATE_HOME/kvraft
(else ~/.local/state/kvraft), and strike it out when it is known to be done or
not. What is left there after a timeout, a Ctrl-C or a crash of the tool is
finished by this command: exactly once, however often it is called, as long as
the cluster keeps the session (an hour).
`;

export function define(program: Command, invocation: Invocation): void {
  program
    .command("resume")
    .summary("finish writes whose outcome is unknown, exactly once")
    .description("Finishes writes that were begun and are not known to be done, exactly once. One line each.")
    .argument("[id]", "as printed by the write that was given up")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", WHAT)
    .action(async (id: string | undefined, _options: unknown, command: Command) => {
      const settings = await invocation.settings(command.optsWithGlobals());
      const notebook = new Notebook(invocation.environment);
      if (id !== undefined) {
        await resume(invocation, { notebook, id, settings });
        return;
      }
      const all = notebook.list();
      if (all.length === 0) invocation.remark("there is no unfinished write");
      // One that cannot be finished holds up none of the others.
      for (const unfinished of all) {
        try {
          await resume(invocation, { notebook, id: unfinished, settings });
        } catch (error) {
          const { status, text } = explain(error, invocation.operation);
          invocation.exitStatus = status;
          process.stderr.write(text);
        }
      }
    });
}

async function resume(
  invocation: Invocation,
  {
    notebook,
    id,
    settings,
  }: { readonly notebook: Notebook; readonly id: string; readonly settings: Settings },
): Promise<void> {
  const note = notebook.claim(id);
  if (note === null) return;
  const { command, key, endpoints } = note.write;
  const name = `${command} "${escapeBytes(key)}"`;
  const operation = { name, isWrite: true, settings: { ...settings, endpoints }, note };
  let done: boolean;
  try {
    done = await invocation.withClerk(operation, (clerk) => carryOut(clerk, note.write));
  } catch (error) {
    if (!(error instanceof ClerkError) || error.code !== "session-expired") throw error;
    throw new CliError(
      EXIT.unknown,
      `${name}: the cluster keeps its session no longer: it cannot be told whether it was done`,
      `Try: kvraft get, to see what is there; then kvraft outcome ${id}, which forgets it`,
    );
  }
  if (settings.output === "json") {
    await invocation.output.write(jsonDocument({ id, command, key: jsonBytes(key), done }));
  } else {
    await invocation.output.write(`${id} ${name}: ${done ? "done" : "done, there was no such key"}\n`);
  }
}

/** False: a delete of a key that was not there. */
async function carryOut(clerk: Clerk, { command, key, value }: UnfinishedWrite): Promise<boolean> {
  if (command === "delete") return await clerk.delete(key);
  if (command === "put") await clerk.put(key, value);
  else await clerk.append(key, value);
  return true;
}
