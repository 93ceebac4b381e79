/** `kvraft outcome ID` */
import type { Command } from "commander";
import { EXIT } from "../../base/exit-status.js";
import { type Clerk, ClerkError } from "../../clerk/clerk.js";
import { escapeBytes, jsonBytes, jsonDocument } from "../format.js";
import type { Invocation } from "../invocation.js";
import type { Settings } from "../settings.js";
import { type KeptNote, Notebook } from "../unfinished/notebook.js";

const EXAMPLES = `Examples:
  kvraft outcome 1f3a-mhw2k1x0
`;

const WHAT = `
Afterwards it is settled: what was applied, and what cannot be told any more, is
struck out; what was not applied never will be by itself, and kvraft resume does
it anew. A delete that found no such key counts as not applied.
`;

type Outcome =
  | { readonly outcome: "applied"; readonly index: number }
  | { readonly outcome: "not-applied" }
  | { readonly outcome: "session-expired" };

export function define(program: Command, invocation: Invocation): void {
  program
    .command("outcome")
    .summary("tell what became of a write whose outcome was unknown")
    .description(
      "Tells what became of a write: applied at an index of the log, not applied, or not to be told any more.",
    )
    .argument("<id>", "as printed by the write that was given up")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", WHAT)
    .action(async (id: string, _options: unknown, command: Command) => {
      const settings = await invocation.settings(command.optsWithGlobals());
      const note = new Notebook(invocation.environment).claim(id);
      const outcome =
        note === null ? NOT_APPLIED : await outcomeOf(invocation, note, settings).finally(() => note.letGo());
      if (settings.output === "json") {
        const index = outcome.outcome === "applied" ? { index: String(outcome.index) } : {};
        const write = note === null ? {} : { command: note.write.command, key: jsonBytes(note.write.key) };
        await invocation.output.write(jsonDocument({ id, ...write, outcome: outcome.outcome, ...index }));
      } else {
        await invocation.output.write(`${describe(outcome)}\n`);
      }
      if (outcome.outcome === "session-expired") invocation.exitStatus = EXIT.unknown;
    });
}

const NOT_APPLIED: Outcome = { outcome: "not-applied" };

async function outcomeOf(invocation: Invocation, note: KeptNote, settings: Settings): Promise<Outcome> {
  // Nothing was sent.
  if (note.resumed === null) return NOT_APPLIED;
  const { command, key, endpoints } = note.write;
  const operation = {
    name: `outcome of ${command} "${escapeBytes(key)}"`,
    isWrite: false,
    settings: { ...settings, endpoints },
  };
  // The session is only looked at: what is noted of it stays until the answer is there.
  const sessions = { resumed: note.resumed, sending: () => {} };
  const settle = async (clerk: Clerk): Promise<Outcome> => {
    const index = await clerk.preclude();
    if (index === null) note.forgetSession();
    else note.strike();
    return index === null ? NOT_APPLIED : { outcome: "applied", index };
  };
  try {
    return await invocation.withClerk(operation, settle, sessions);
  } catch (error) {
    if (!(error instanceof ClerkError)) throw error;
    if (error.code === "value-over-limit") {
      note.strike();
      return NOT_APPLIED;
    }
    if (error.code !== "session-expired") throw error;
    note.strike();
    return { outcome: "session-expired" };
  }
}

function describe(outcome: Outcome): string {
  switch (outcome.outcome) {
    case "applied":
      return `applied at index ${outcome.index}`;
    case "not-applied":
      return "not applied";
    case "session-expired":
      return "session expired: it cannot be told";
  }
}
